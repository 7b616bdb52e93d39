/** The records of access in memory, found by what they are asked for, and written behind every change. Judges nobody. */
import type {
  AccessRecords,
  AccessStore,
  ApplicationRecord,
  BoardRecord,
  SignInRecord,
  TokenRecord,
  UserRecord,
} from "./access-records.ts";
import { type Clock, type Log, StoreError } from "./ports.ts";

/** A change is true at once, and settles when it is on disk; it rejects with a StoreError where it cannot be written. */
export interface AccessBook {
  users(): readonly UserRecord[];
  putUser(user: UserRecord): Promise<void>;
  /** With all that he is signed in by. */
  removeUser(id: string): Promise<void>;
  signIns(): readonly SignInRecord[];
  signIn(hash: string): SignInRecord | undefined;
  /** Nobody waits for the disk to sign in, or out. */
  putSignIn(signIn: SignInRecord, ended: readonly string[]): void;
  endSignIns(hashes: readonly string[]): void;
  tokens(): readonly TokenRecord[];
  tokenByHash(hash: string): TokenRecord | undefined;
  putToken(token: TokenRecord): Promise<void>;
  removeToken(id: string): Promise<void>;
  boards(): readonly BoardRecord[];
  board(deviceId: string): BoardRecord | undefined;
  boardByHash(hash: string): BoardRecord | undefined;
  /** In the place of one of that device. */
  putBoard(board: BoardRecord): Promise<void>;
  removeBoard(deviceId: string): Promise<void>;
  applications(): readonly ApplicationRecord[];
  applicationByHash(hash: string): ApplicationRecord | undefined;
  putApplication(application: ApplicationRecord): Promise<void>;
  removeApplication(id: string): Promise<void>;
  /** Noted in memory, and written from time to time. `key`: a sign-in's hash, a token's or application's id, a device id. */
  used(key: string, atMs: number): void;
  lastUsedMs(key: string): number | undefined;
  close(): Promise<void>;
}

const SAVE_USE_MS = 10 * 60_000;

export function createAccessBook({
  store,
  clock,
  log,
}: {
  readonly store: AccessStore;
  readonly clock: Clock;
  readonly log: Log;
}): AccessBook {
  let records = store.records;
  let index = indexOf(records);
  /** Uses that are not in the records yet. */
  const uses = new Map<string, number>();
  const stop = clock.every(SAVE_USE_MS, () => {
    if (uses.size > 0) saveBehind({});
  });

  async function change(part: Partial<AccessRecords>): Promise<void> {
    records = withUses({ ...records, ...part }, uses);
    uses.clear();
    index = indexOf(records);
    try {
      await store.save(records);
    } catch (cause) {
      throw new StoreError("the file of accounts cannot be written", true, cause);
    }
  }

  function saveBehind(part: Partial<AccessRecords>): void {
    change(part).catch((cause: unknown) => log.error("accounts are not on disk", { cause }));
  }

  const without = <Item>(items: readonly Item[], isGone: (item: Item) => boolean): Item[] =>
    items.filter((item) => !isGone(item));

  return {
    users: () => records.users,
    putUser: (user) => change({ users: [...without(records.users, ({ id }) => id === user.id), user] }),
    removeUser: (id) =>
      change({
        users: without(records.users, (user) => user.id === id),
        signIns: without(records.signIns, ({ userId }) => userId === id),
      }),
    signIns: () => records.signIns,
    signIn: (hash) => index.signIns.get(hash),
    putSignIn: (signIn, ended) =>
      saveBehind({ signIns: [...without(records.signIns, ({ hash }) => ended.includes(hash)), signIn] }),
    endSignIns: (hashes) => {
      if (hashes.some((hash) => index.signIns.has(hash))) {
        saveBehind({ signIns: without(records.signIns, ({ hash }) => hashes.includes(hash)) });
      }
    },
    tokens: () => records.tokens,
    tokenByHash: (hash) => index.tokens.get(hash),
    putToken: (token) => change({ tokens: [...records.tokens, token] }),
    removeToken: (id) => change({ tokens: without(records.tokens, (token) => token.id === id) }),
    boards: () => records.boards,
    board: (deviceId) => index.boardOf.get(deviceId),
    boardByHash: (hash) => index.boards.get(hash),
    putBoard: (board) =>
      change({ boards: [...without(records.boards, ({ deviceId }) => deviceId === board.deviceId), board] }),
    removeBoard: (id) => change({ boards: without(records.boards, ({ deviceId }) => deviceId === id) }),
    applications: () => records.applications,
    applicationByHash: (hash) => index.applications.get(hash),
    putApplication: (application) => change({ applications: [...records.applications, application] }),
    removeApplication: (id) => change({ applications: without(records.applications, (each) => each.id === id) }),
    used: (key, atMs) => void uses.set(key, atMs),
    lastUsedMs: (key) => uses.get(key) ?? index.lastUsedMs.get(key),
    close: async () => {
      stop();
      if (uses.size > 0) saveBehind({});
    },
  };
}

function indexOf({ signIns, tokens, boards, applications }: AccessRecords) {
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
    applications: byHash(applications),
    lastUsedMs,
  };
}

function withUses(records: AccessRecords, uses: ReadonlyMap<string, number>): AccessRecords {
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
