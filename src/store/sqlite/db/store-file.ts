/** What the store is called in its data directory. */
export const STORE_FILE = "aerie.db";
