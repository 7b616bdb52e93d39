/** The access book without the credentials of boards that a replacement revoked: nobody finds them, until it is undone. */
import type { AccessBook } from "../access/access-book.ts";
import type { BoardRecord } from "../access/access-records.ts";

/** Of the board's credential that was made then. */
export type IsRevoked = (deviceId: string, madeAtMs: number) => boolean;

export function withoutRevoked(book: AccessBook, isRevoked: IsRevoked): AccessBook {
  const isValid = ({ deviceId, createdAtMs }: BoardRecord): boolean => !isRevoked(deviceId, createdAtMs);
  const valid = (board: BoardRecord | undefined): BoardRecord | undefined =>
    board !== undefined && isValid(board) ? board : undefined;
  return {
    ...book,
    boards: () => book.boards().filter(isValid),
    board: (deviceId) => valid(book.board(deviceId)),
    boardByHash: (hash) => valid(book.boardByHash(hash)),
    boardByLogin: (name) => valid(book.boardByLogin(name)),
  };
}
