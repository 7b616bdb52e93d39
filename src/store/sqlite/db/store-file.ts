/** The store's file name in its data directory. */
export const STORE_FILE = "aerie.db";
