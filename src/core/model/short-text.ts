/** Texts that are kept longer than the message that they came in. */

/** The engine keeps the whole text that a part was taken of, up to 4 MiB of a message: a copy keeps itself only. */
export const copyOf = (text: string): string => JSON.parse(JSON.stringify(text));

export const shortText = (text: string, most: number): string =>
  text.length <= most ? text : copyOf(text.slice(0, most));
