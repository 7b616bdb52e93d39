/** Finds records of access by hash or id, and enters in them when each was used last. */
import type { AccessRecords, BoardRecord } from "./access-records.ts";
import { loginsOf } from "./board-spec.ts";

export type AccessIndex = ReturnType<typeof indexOf>;

export function indexOf({ signIns, tokens, boards, applications }: AccessRecords) {
  const byHash = <Item extends { readonly hash: string }>(items: readonly Item[]): Map<string, Item> =>
    new Map(items.map((item) => [item.hash, item]));
  const lastUsedMs = new Map<string, number | undefined>([
    ...signIns.map(({ hash, lastUsedAtMs }) => [hash, lastUsedAtMs] as const),
    ...[...tokens, ...applications].map(({ id, lastUsedAtMs }) => [id, lastUsedAtMs] as const),
    ...boards.map(({ deviceId, lastUsedAtMs }) => [deviceId, lastUsedAtMs] as const),
  ]);
  return {
    signIns: byHash(signIns),
    tokens: byHash(tokens),
    boards: byHash(boards),
    boardOf: new Map(boards.map((board) => [board.deviceId, board])),
    boardOfLogin: byLogin(boards),
    applications: byHash(applications),
    lastUsedMs,
  };
}

/** By device id first. A name by which a board with a password of its own is found belongs to no other. */
function byLogin(boards: readonly BoardRecord[]): Map<string, BoardRecord> {
  const found = new Map(boards.map((board) => [board.deviceId, board]));
  for (const board of boards) {
    if (board.family === undefined) continue;
    for (const name of loginsOf(board)) if (!found.has(name)) found.set(name, board);
  }
  return found;
}

export function withUses(records: AccessRecords, uses: ReadonlyMap<string, number>): AccessRecords {
  if (uses.size === 0) return records;
  const used = <Item extends { readonly lastUsedAtMs?: number }>(item: Item, key: string): Item => {
    const lastUsedAtMs = uses.get(key);
    return lastUsedAtMs === undefined ? item : { ...item, lastUsedAtMs };
  };
  return {
    ...records,
    signIns: records.signIns.map((each) => used(each, each.hash)),
    tokens: records.tokens.map((each) => used(each, each.id)),
    boards: records.boards.map((each) => used(each, each.deviceId)),
    applications: records.applications.map((each) => used(each, each.id)),
  };
}
