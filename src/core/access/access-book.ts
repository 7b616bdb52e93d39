/** All records of access in memory, indexed, and written to disk at every change. */

import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { type AccessIndex, indexOf } from "./access-index.ts";
import type {
  AccessRecords,
  AccessStore,
  ApplicationRecord,
  BoardRecord,
  SignInRecord,
  TokenRecord,
  UserRecord,
} from "./access-records.ts";
import { createAccessWriter } from "./access-writer.ts";

/**
 * What gives somebody access is in force when it is on disk; where it cannot be written nothing has changed. What takes
 * access away is in force at once, and stays so; where it cannot be written the hub tries again until it can. Either
 * promise settles when the change is on disk, and rejects with an AccessFileError. False: the records do not allow it.
 */
export interface AccessBook {
  users(): readonly UserRecord[];
  /** False: the name is taken. */
  addUser(user: UserRecord): Promise<boolean>;
  /** A higher role, or another password. Sign-ins made before it end. */
  changeUser(id: string, patch: Partial<Pick<UserRecord, "role" | "password">>): Promise<boolean>;
  /** Takes away: a lower role, and a new password with it where one is given. Sign-ins end. */
  lowerUser(id: string, patch: Pick<UserRecord, "role"> & Partial<Pick<UserRecord, "password">>): Promise<void>;
  /** The person's sign-ins end with the account. */
  removeUser(id: string): Promise<void>;
  signIns(): readonly SignInRecord[];
  signIn(hash: string): SignInRecord | undefined;
  /** Nobody waits for the disk to sign in: it is in force at once, and lost where the hub is killed before it is on disk. */
  putSignIn(signIn: SignInRecord, ended: readonly string[]): void;
  endSignIns(hashes: readonly string[]): Promise<void>;
  tokens(): readonly TokenRecord[];
  tokenByHash(hash: string): TokenRecord | undefined;
  addToken(token: TokenRecord): Promise<void>;
  removeToken(id: string): Promise<void>;
  boards(): readonly BoardRecord[];
  board(deviceId: string): BoardRecord | undefined;
  boardByHash(hash: string): BoardRecord | undefined;
  /** A board that logs in by this name. */
  boardByLogin(name: string): BoardRecord | undefined;
  /** False: the device has a secret, and it was not to be replaced; or the credential may not be beside the others. */
  putBoard(board: BoardRecord, replaces: boolean, mayBe?: MayBeBeside): Promise<boolean>;
  /** The same secret, for another device or with other topics. False: the former is gone, or the other may not be. */
  replaceBoard(former: string, board: BoardRecord, mayBe: MayBeBeside): Promise<boolean>;
  removeBoard(deviceId: string): Promise<void>;
  applications(): readonly ApplicationRecord[];
  applicationByHash(hash: string): ApplicationRecord | undefined;
  addApplication(application: ApplicationRecord): Promise<void>;
  removeApplication(id: string): Promise<void>;
  /** Noted in memory, and written from time to time. `key`: a sign-in's hash, a token's or application's id, a device id. */
  used(key: string, atMs: number): void;
  lastUsedMs(key: string): number | undefined;
  /** In words for the owner, while something is not on disk that should be. */
  problem(): string | undefined;
  close(): Promise<void>;
}

export type MayBeBeside = (others: readonly BoardRecord[]) => boolean;

const SAVE_USE_MS = 10 * 60_000;

export function createAccessBook({
  store,
  clock,
  log,
  isInForce = () => true,
}: {
  readonly store: AccessStore;
  readonly clock: Clock;
  readonly log: Log;
  /** One that is not hinders no other, and is deleted where the other is for the same device. Left out: all are. */
  readonly isInForce?: (board: BoardRecord) => boolean;
}): AccessBook {
  /** Uses that are not in the records yet. */
  const uses = new Map<string, number>();
  const writer = createAccessWriter({ store, clock, log, uses });
  let indexed: AccessRecords | undefined;
  let index: AccessIndex;
  const stop = clock.every(SAVE_USE_MS, () => {
    if (uses.size > 0) writer.saveUses();
  });

  function found(): AccessIndex {
    const records = writer.records();
    if (records !== indexed) {
      index = indexOf(records);
      indexed = records;
    }
    return index;
  }

  const give = (change: (records: AccessRecords) => AccessRecords | undefined): Promise<boolean> =>
    writer.change(change, "when it is on disk");
  const add = async (change: (records: AccessRecords) => AccessRecords): Promise<void> => void (await give(change));
  const takeAway = async (change: (records: AccessRecords) => AccessRecords): Promise<void> =>
    void (await writer.change(change, "at once"));

  return {
    users: () => writer.records().users,
    addUser: (user) =>
      give((records) =>
        records.users.some(({ name }) => name.toLowerCase() === user.name.toLowerCase())
          ? undefined
          : { ...records, users: [...records.users, user] },
      ),
    changeUser: (id, patch) => give((records) => withPatch(records, id, patch)),
    lowerUser: (id, patch) => takeAway((records) => withPatch(records, id, patch) ?? records),
    removeUser: (id) =>
      takeAway((records) => ({
        ...withoutSignInsOf(records, id),
        users: without(records.users, (user) => user.id === id),
      })),
    signIns: () => writer.records().signIns,
    signIn: (hash) => found().signIns.get(hash),
    putSignIn: (signIn, ended) => {
      const change = (records: AccessRecords) => ({
        ...records,
        signIns: [...without(records.signIns, ({ hash }) => ended.includes(hash)), signIn],
      });
      writer.change(change, "at once").catch(() => undefined); // the failure is logged and the write tried again
    },
    endSignIns: (hashes) =>
      hashes.some((hash) => found().signIns.has(hash))
        ? takeAway((records) => ({
            ...records,
            signIns: without(records.signIns, ({ hash }) => hashes.includes(hash)),
          }))
        : Promise.resolve(),
    tokens: () => writer.records().tokens,
    tokenByHash: (hash) => found().tokens.get(hash),
    addToken: (token) => add((records) => ({ ...records, tokens: [...records.tokens, token] })),
    removeToken: (id) =>
      takeAway((records) => ({ ...records, tokens: without(records.tokens, (each) => each.id === id) })),
    boards: () => writer.records().boards,
    board: (deviceId) => found().boardOf.get(deviceId),
    boardByHash: (hash) => found().boards.get(hash),
    boardByLogin: (name) => found().boardOfLogin.get(name),
    putBoard: (board, replaces, mayBe) =>
      give((records) => {
        const valid = records.boards.filter(isInForce);
        const others = without(valid, isFor(board));
        if (!replaces && others.length < valid.length) return undefined;
        if (mayBe?.(others) === false) return undefined;
        return { ...records, boards: [...without(records.boards, isFor(board)), board] };
      }),
    replaceBoard: (former, board, mayBe) =>
      give((records) => {
        const others = without(records.boards, ({ deviceId, hash }) => deviceId === former && hash === board.hash);
        const isGone = others.length === records.boards.length;
        const valid = others.filter(isInForce);
        if (isGone || valid.some(isFor(board)) || !mayBe(valid)) return undefined;
        return { ...records, boards: [...without(others, isFor(board)), board] };
      }),
    removeBoard: (id) =>
      takeAway((records) => ({ ...records, boards: without(records.boards, ({ deviceId }) => deviceId === id) })),
    applications: () => writer.records().applications,
    applicationByHash: (hash) => found().applications.get(hash),
    addApplication: (application) =>
      add((records) => ({ ...records, applications: [...records.applications, application] })),
    removeApplication: (id) =>
      takeAway((records) => ({
        ...records,
        applications: without(records.applications, (each) => each.id === id),
      })),
    used: (key, atMs) => void uses.set(key, atMs),
    lastUsedMs: (key) => uses.get(key) ?? found().lastUsedMs.get(key),
    problem: writer.problem,
    close: async () => {
      stop();
      await writer.close();
    },
  };
}

const without = <Item>(items: readonly Item[], isGone: (item: Item) => boolean): Item[] =>
  items.filter((item) => !isGone(item));

const isFor =
  (board: BoardRecord) =>
  ({ deviceId }: BoardRecord): boolean =>
    deviceId === board.deviceId;

const withoutSignInsOf = (records: AccessRecords, id: string): AccessRecords => ({
  ...records,
  signIns: without(records.signIns, ({ userId }) => userId === id),
});

/** Undefined: there is no such user any more. */
function withPatch(records: AccessRecords, id: string, patch: Partial<UserRecord>): AccessRecords | undefined {
  if (!records.users.some((user) => user.id === id)) return undefined;
  return {
    ...withoutSignInsOf(records, id),
    users: records.users.map((user) => (user.id === id ? { ...user, ...patch } : user)),
  };
}
