/** What a file is called until it is whole. */

export const partOf = (file: string): string => `${file}.part`;
