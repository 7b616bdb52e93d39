/** How much may be kept of what one device says about itself. */

/** Characters of keys and data. An inverter that describes each of 400 values needs some 200 KiB. */
export const MAX_LEARNED_CHARS = 256 * 1024;

/** Of one entry in place of all: the rest is for its key, and for another that speaks about the same device. */
export const MAX_ENTRY_CHARS = 240 * 1024;
