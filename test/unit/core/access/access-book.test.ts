/** What of accounts holds while their file can and cannot be written, and what is there after a kill. */
import { expect, test } from "vitest";
import type { AccessBook } from "../../../../src/core/access/access-book.ts";
import type { AccessRecords, BoardRecord, UserRecord } from "../../../../src/core/access/access-records.ts";
import { AccessFileError } from "../../../../src/core/access/access-writer.ts";
import { FULL, openBook } from "../../../support/memory/held-book.ts";
import { until } from "../../../support/until.ts";

const user = (id: string, role: UserRecord["role"] = "viewer"): UserRecord => ({
  id,
  name: id,
  role,
  password: `password of ${id}`,
  createdAtMs: 1,
});
const token = (id: string) => ({ id, name: id, scope: "viewer", hash: `hash of ${id}`, createdAtMs: 1 }) as const;
const board = (deviceId: string, secret: string): BoardRecord => ({ deviceId, hash: secret, createdAtMs: 1 });
const application = (id: string) => ({ ...token(id), publish: [], subscribe: [] });
const signIn = (hash: string, userId: string) => ({ hash, userId, createdAtMs: 1, lastUsedAtMs: 1 });

const START: AccessRecords = {
  users: [user("ada", "owner"), user("vera", "operator")],
  signIns: [signIn("vera's", "vera"), signIn("ada's", "ada")],
  tokens: [token("grafana")],
  boards: [board("cellar", "old")],
  applications: [application("panel")],
};

const GIVING: Readonly<Record<string, (book: AccessBook) => Promise<unknown>>> = {
  "a user": (book) => book.addUser(user("new", "owner")),
  "a higher role": (book) => book.changeUser("vera", { role: "owner" }),
  "a password": (book) => book.changeUser("vera", { password: "new" }),
  "a token": (book) => book.addToken(token("new")),
  "a board": (book) => book.putBoard(board("attic", "new"), false),
  "a board's new secret": (book) => book.putBoard(board("cellar", "new"), true),
  "an application": (book) => book.addApplication(application("new")),
};

const TAKING: Readonly<Record<string, (book: AccessBook) => Promise<unknown>>> = {
  "a user": (book) => book.removeUser("vera"),
  "a role": (book) => book.lowerUser("vera", { role: "viewer" }),
  "a role, with a new password": (book) => book.lowerUser("vera", { role: "viewer", password: "new" }),
  "a sign-in": (book) => book.endSignIns(["vera's"]),
  "a token": (book) => book.removeToken("grafana"),
  "a board": (book) => book.removeBoard("cellar"),
  "an application": (book) => book.removeApplication("panel"),
};

const heldBy = (book: AccessBook): AccessRecords => ({
  users: book.users(),
  signIns: book.signIns(),
  tokens: book.tokens(),
  boards: book.boards(),
  applications: book.applications(),
});

test.each(Object.entries(GIVING))(
  "%s that cannot be written was never made; one that can holds when it is on disk",
  async (_, give) => {
    const { book, disk, full, hold, finish, isWriting } = openBook(START);
    full(true);
    const refused = await give(book).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(AccessFileError);
    expect(refused).toMatchObject({ isInForce: false, message: FULL.message });
    expect([heldBy(book), disk()]).toEqual([START, START]);
    expect(book.problem()).toContain("the disk is full");
    full(false);
    hold(true);
    const given = give(book);
    expect([isWriting(), heldBy(book)]).toEqual([true, START]);
    finish();
    expect(await given).not.toBe(false);
    expect(heldBy(book)).not.toEqual(START);
    expect(disk()).toEqual(heldBy(book));
    expect(book.problem()).toBeUndefined();
  },
);

test.each(Object.entries(TAKING))(
  "%s that is taken away is gone at once, stays gone on a full disk, and is written when that can be",
  async (_, take) => {
    const { book, clock, log, disk, full } = openBook(START);
    full(true);
    const taking = take(book);
    const now = heldBy(book);
    expect(now).not.toEqual(START);
    expect(await taking.catch((error: unknown) => error)).toMatchObject({ isInForce: true, message: FULL.message });
    expect([heldBy(book), disk()]).toEqual([now, START]);
    expect(book.problem()).toContain("1 change is in force but not saved: a crash would undo it");
    for (let tries = 0; tries < 3; tries++) {
      clock.advance(2_000);
      await until("it was tried", () => clock.timers() === 2);
    }
    full(false);
    clock.advance(2_000);
    await until("it is written", () => book.problem() === undefined);
    expect([heldBy(book), disk()]).toEqual([now, now]);
    expect(log.lines.map(({ level, event }) => `${level} ${event}`)).toEqual([
      "error accounts and secrets cannot be saved; the hub tries again every two seconds",
      "info accounts and secrets can be saved again",
    ]);
  },
);

test("a person who signs in on a full disk is in, and is there after the next write", async () => {
  const { book, disk, full } = openBook(START);
  full(true);
  book.putSignIn(signIn("new", "ada"), []);
  await until("the write failed", () => book.problem());
  expect(book.signIn("new")).toBeDefined();
  full(false);
  await book.removeToken("grafana");
  expect(disk().signIns.map(({ hash }) => hash)).toContain("new");
});

test("of two who ask for the same name or the same device's first secret at once, one gets it", async () => {
  const { book, hold, finish } = openBook(START);
  hold(true);
  const asked = [
    book.addUser(user("new")),
    book.addUser({ ...user("other"), name: "NEW" }),
    book.putBoard(board("attic", "first"), false),
    book.putBoard(board("attic", "second"), false),
  ];
  hold(false);
  finish();
  expect(await Promise.all(asked)).toEqual([true, false, true, false]);
  expect(book.board("attic")?.hash).toBe("first");
});

test("what is on its way to a disk that is slow is written at the stop; a stop on a full disk says what is lost", async () => {
  const { book, disk, log, full, hold, finish } = openBook(START);
  hold(true);
  const given = book.addToken(token("new"));
  book.used("grafana", 77);
  const closing = book.close();
  hold(false);
  finish();
  await Promise.all([given, closing]);
  expect(disk().tokens).toEqual([{ ...token("grafana"), lastUsedAtMs: 77 }, token("new")]);
  full(true);
  await book.removeToken("new").catch(() => undefined);
  await book.close();
  expect(log.lines.at(-1)).toMatchObject({ level: "error", fields: { count: 1 } });
});

/** An operation on one name, and how it was answered so far. */
interface Asked {
  readonly name: string;
  /** Undefined: taken away. */
  readonly value: string | undefined;
  answer?: "done" | "refused" | "failed";
}

/** What a name holds if these were carried out in their order. */
function after(operations: readonly Asked[], counts: (each: Asked) => boolean): Record<string, string> {
  const held: Record<string, string> = {};
  for (const each of operations) {
    if (!counts(each)) continue;
    if (each.value === undefined) delete held[each.name];
    else held[each.name] = each.value;
  }
  return held;
}

const secretsOf = ({ boards }: { readonly boards: readonly BoardRecord[] }): Record<string, string> =>
  Object.fromEntries(boards.map(({ deviceId, hash }) => [deviceId, hash]));

test("however changes, failures and retries fall, what was answered is what holds and what is on disk", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    let state = seed;
    const random = (below: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    const { book, clock, disk, full, hold, finish } = openBook();
    const asked: Asked[] = [];
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    hold(true);
    for (let step = 0; step < 60; step++) {
      const name = `board-${random(3)}`;
      const kind = random(6);
      if (kind <= 2) {
        const operation: Asked = { name, value: kind === 0 ? undefined : `secret ${step}` };
        asked.push(operation);
        const done =
          operation.value === undefined
            ? book.removeBoard(name)
            : book.putBoard(board(name, operation.value), kind === 1);
        const answered = (answer: Asked["answer"]) => Object.assign(operation, { answer });
        done.then(
          (isDone) => answered(isDone === false ? "refused" : "done"),
          () => answered("failed"),
        );
      } else if (kind === 3) full(random(2) === 0);
      else if (kind === 4) finish();
      else clock.advance(2_000);
      await turn();
      const inForce = after(asked, ({ value, answer }) => value === undefined || answer === "done");
      expect(secretsOf({ boards: book.boards() }), `in force, seed ${seed}, step ${step}`).toEqual(inForce);
      for (const each of ["board-0", "board-1", "board-2"]) {
        const ofIt = asked.filter(({ name }) => name === each);
        // Of a name about which no answer is open, and nothing failed, a killed hub knows what it answered.
        if (ofIt.some(({ answer }) => answer === undefined || answer === "failed")) continue;
        const told = after(ofIt, ({ answer }) => answer === "done")[each];
        expect(secretsOf(disk())[each], `on disk, seed ${seed}, step ${step}`).toBe(told);
      }
    }
    full(false);
    hold(false);
    finish();
    clock.advance(2_000);
    await turn();
    expect(asked.filter(({ answer }) => answer === undefined)).toEqual([]);
    expect(book.problem()).toBeUndefined();
    expect(secretsOf(disk())).toEqual(secretsOf({ boards: book.boards() }));
  }
});
