/** Writes a word as a shell takes it, for commands that are printed to be copied. */

export const quoted = (word: string): string =>
  /^[\w./:@,=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
