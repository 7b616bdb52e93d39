/** Who may add a board, and whether a board needs a password. */
import { reaches, session } from "../hub/session.ts";

/** Boards need no password, from anywhere or from this computer. */
export const isOpen = (): boolean => session.value?.auth !== "on" || session.value.isUnclaimed === true;

export const mayAddBoard = (): boolean => isOpen() || reaches("operator");
