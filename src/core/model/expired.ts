/** The reason for which a store refuses a reading of a time whose raw readings retention has deleted. */

const BEGINNING = "Retention has deleted the readings before ";

export const expiredReason = (rawSinceMs: number): string =>
  `${BEGINNING}${new Date(rawSinceMs).toISOString()}, and the hub takes no more of that time`;

/** Whether a store refused a reading for that reason. */
export const isExpiredReason = (reason: string): boolean => reason.startsWith(BEGINNING);
