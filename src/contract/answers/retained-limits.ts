/** Retained messages of one answer, and of one removal. */
export const MOST_RETAINED = 200;
