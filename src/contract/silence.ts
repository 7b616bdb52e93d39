/** How long a device may be silent: one factor for presence, gaps in charts and alerts, so that they never contradict each other. */

/** So many usual intervals may pass without a reading. */
export const MISSED_INTERVALS = 3;

/** However often it speaks: a board that lost its connection needs some time to connect again. */
const LEAST_SILENCE_MS = 60_000;

/** Zigbee2MQTT sends all that it knows with each report: of a value that did not change one is stored in this time. */
export const UNCHANGED_MS = 10 * 60_000;

/** `intervalMs`: its usual interval; undefined: unknown. */
export const allowedSilenceMs = (intervalMs: number | undefined): number =>
  Math.max(MISSED_INTERVALS * (intervalMs ?? 0), LEAST_SILENCE_MS);
