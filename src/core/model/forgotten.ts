/** The words with which a store refuses a reading of a time that it has forgotten, and how they are known again. Forgets nothing. */

const BEGINNING = "The hub has forgotten the readings before ";

export const forgottenReason = (rawSinceMs: number): string =>
  `${BEGINNING}${new Date(rawSinceMs).toISOString()}, and takes none of that time any more`;

export const isForgottenReason = (reason: string): boolean => reason.startsWith(BEGINNING);
