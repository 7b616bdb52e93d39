/** The access book without the credentials of boards that a replacement revoked: nobody finds them, until it is undone. */
import type { AccessBook } from "../access/access-book.ts";
import type { BoardRecord } from "../access/access-records.ts";
import { loginsOf } from "../access/board-spec.ts";

export function withoutRevoked(book: AccessBook, isInForce: (board: BoardRecord) => boolean): AccessBook {
  const valid = (board: BoardRecord | undefined): BoardRecord | undefined =>
    board !== undefined && isInForce(board) ? board : undefined;
  return {
    ...book,
    boards: () => book.boards().filter(isInForce),
    board: (deviceId) => valid(book.board(deviceId)),
    boardByHash: (hash) => valid(book.boardByHash(hash)),
    boardByLogin: (name) => {
      const found = book.boardByLogin(name);
      if (found === undefined || isInForce(found)) return found;
      // Another one may log in by this name meanwhile.
      return book.boards().find((board) => isInForce(board) && loginsOf(board).includes(name));
    },
  };
}
