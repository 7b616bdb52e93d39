/** Changes of a person's role and password, while the disk is slow or full. */
import { expect, test } from "vitest";
import type { Role } from "../../../../src/contract/levels.ts";
import { NO_RECORDS, type Passwords } from "../../../../src/core/access/access-records.ts";
import { createAccounts } from "../../../../src/core/access/accounts.ts";
import { createLoginDelay } from "../../../../src/core/access/login-delay.ts";
import { createSecrets } from "../../../../src/platform/access/secrets.ts";
import { openBook } from "../../../support/memory/held-book.ts";
import { createMemoryTime } from "../../../support/memory/memory-time.ts";
import { until } from "../../../support/until.ts";

const FORMER = "correct horse battery";
const NEW = "another horse battery";

/** Real ones take tens of milliseconds each. */
const PLAIN: Passwords = {
  hash: async (password) => `hash of ${password}`,
  verify: async (kept, password) => kept === `hash of ${password}`,
};

/** Vera among others, with accounts on a disk that the test holds. */
async function openAccounts(role: Role) {
  const disk = openBook(NO_RECORDS);
  const { book, clock } = disk;
  const accounts = createAccounts({
    book,
    secrets: createSecrets(new Uint8Array(32)),
    passwords: PLAIN,
    delay: createLoginDelay({ clock }),
    clock,
    time: createMemoryTime(clock).start(),
    onEnded: () => undefined,
    onClaimed: () => undefined,
  });
  await accounts.addUser("Ada", FORMER, "owner");
  const added = await accounts.addUser("Vera", FORMER, role);
  if (!added.ok) throw new Error(added.code);
  const roleNow = () => accounts.users().find(({ name }) => name === "Vera")?.role;
  const isIn = async (password: string) => (await accounts.signIn("Vera", password, "::1")).ok;
  return { ...disk, accounts, id: added.value.id, roleNow, isIn };
}

test("a new password, while a higher role is still being written, leaves the higher role", async () => {
  const { accounts, id, roleNow, isIn, hold, finish, isWriting } = await openAccounts("viewer");
  hold(true);
  const raised = accounts.changeUser(id, { role: "operator" });
  await until("the role is being written", isWriting);
  const changed = accounts.changeUser(id, { password: NEW });
  await new Promise(setImmediate); // it waits for the write that is under way
  hold(false);
  finish();
  expect(await raised).toMatchObject({ ok: true, value: { role: "operator" } });
  expect(await changed).toMatchObject({ ok: true, value: { role: "operator" } });
  expect([roleNow(), await isIn(NEW), await isIn(FORMER)]).toEqual(["operator", true, false]);
});

test.each<[Role, { role?: Role; password?: string }, boolean]>([
  ["operator", { role: "viewer", password: NEW }, true],
  ["operator", { role: "viewer" }, true],
  ["viewer", { role: "operator", password: NEW }, false],
  ["viewer", { password: NEW }, false],
])(
  "of a %s %j on a full disk is in force as a whole, or not at all, as the answer says",
  async (role, patch, holds) => {
    const { accounts, id, roleNow, isIn, full, clock, book, disk } = await openAccounts(role);
    full(true);
    await expect(accounts.changeUser(id, patch)).rejects.toMatchObject({ isInForce: holds });
    const isNewPassword = holds && patch.password !== undefined;
    const expected = [holds ? patch.role : role, isNewPassword, !isNewPassword];
    expect([roleNow(), await isIn(NEW), await isIn(FORMER)]).toEqual(expected);
    full(false);
    clock.advance(2_000);
    await until("it is written", () => book.problem() === undefined);
    expect([roleNow(), await isIn(NEW), await isIn(FORMER)]).toEqual(expected);
    expect(disk().users).toEqual(book.users());
  },
);
