/** Credentials of boards: which logins are theirs, what they become when their family changes, and whom they may not be beside. */
import { describe, expect, test } from "vitest";
import type { BoardRequest } from "../../../../src/contract/access.ts";
import {
  type AccessRecords,
  type BoardRecord,
  NO_RECORDS,
  type Passwords,
} from "../../../../src/core/access/access-records.ts";
import { createCredentials } from "../../../../src/core/access/credentials.ts";
import { createLoginDelay } from "../../../../src/core/access/login-delay.ts";
import type { Identified, MqttLogin } from "../../../../src/core/access/mqtt-login.ts";
import { topicsOf } from "../../../../src/core/access/topics-of.ts";
import { withoutRevoked } from "../../../../src/core/hardware/without-revoked.ts";
import { openBook } from "../../../support/memory/held-book.ts";

const passwords: Passwords = {
  hash: async (password) => `slow ${password}`,
  verify: async (kept, password) => kept === `slow ${password}`,
};

function open(records: AccessRecords = NO_RECORDS, isInForce: (board: BoardRecord) => boolean = () => true) {
  const kept = openBook(records, isInForce);
  const { clock } = kept;
  const book = withoutRevoked(kept.book, isInForce);
  let made = 0;
  const ended: string[] = [];
  const credentials = createCredentials({
    book,
    secrets: {
      make: () => `secret-${++made}`,
      id: () => `id-${++made}`,
      hash: (secret) => `hash of ${secret}`,
      isSame: (a, b) => a === b,
    },
    passwords,
    delay: createLoginDelay({ clock }),
    clock,
    time: {
      nowMs: clock.nowMs,
      sinceMs: () => 0,
      sinceAtMostMs: () => 0,
      dateOf: (ms: number) => new Date(ms),
    } as never,
    unclaimed: { isOpen: () => false },
    onEnded: (owner) => ended.push(owner),
  });
  const secretOf = async (request: BoardRequest): Promise<string> => {
    const answer = await credentials.makeBoard(request);
    if (!answer.ok) throw new Error(`${answer.code} ${answer.fault?.message}`);
    return answer.value.secret;
  };
  const login = (more: Partial<MqttLogin>): Identified | Promise<Identified> =>
    credentials.identify({
      clientId: "esp",
      userName: undefined,
      password: undefined,
      address: "192.0.2.1",
      isOfOwnComputer: false,
      ...more,
    });
  const ownerOf = async (more: Partial<MqttLogin>): Promise<string | undefined> => {
    const found = await login(more);
    return found.ok ? found.owner : found.code;
  };
  return { ...kept, credentials, ended, secretOf, login, ownerOf };
}

const PLUG = { family: "tasmota", name: "plug" } as const;

describe("a login", () => {
  test.each([
    [{ deviceId: "cellar" }, ["", "cellar", "native:cellar"], ["attic", "tasmota:cellar"], "cellar"],
    [PLUG, ["", "plug", "tasmota:plug"], ["plug2", "shelly:plug", "native:plug"], "tasmota:plug"],
    [{ family: "esphome", name: "node" }, ["node", "esphome:node", "ha:node"], ["homie:node"], "ha:node"],
    [{ family: "thingsboard", name: "boiler" }, ["boiler", "thingsboard:boiler"], ["x"], "thingsboard:boiler"],
  ] as const)("of %j has one of its names, or none", async (request, names, others, deviceId) => {
    const { secretOf, ownerOf } = open();
    const password = await secretOf(request);
    for (const userName of names)
      expect([userName, await ownerOf({ userName, password })]).toEqual([userName, deviceId]);
    for (const userName of others)
      expect([userName, await ownerOf({ userName, password })]).toEqual([userName, "CREDENTIAL_WRONG"]);
    expect(await ownerOf({ password })).toBe(deviceId);
    expect(await ownerOf({ userName: names[1], password: "guess" })).toBe("CREDENTIAL_WRONG");
  });

  test("with a token as user name is ThingsBoard's alone, and nobody is told what the token was", async () => {
    const { secretOf, ownerOf, login } = open();
    const token = await secretOf({ family: "thingsboard", name: "boiler" });
    const others = [await secretOf({ deviceId: "cellar" }), await secretOf(PLUG), "guess"];
    for (const password of [undefined, ""]) {
      expect(await ownerOf({ userName: token, password })).toBe("thingsboard:boiler");
      for (const userName of others) {
        const refused = await login({ userName, password });
        expect(refused).toMatchObject({ ok: false, code: "CREDENTIAL_MISSING" });
        expect(JSON.stringify(refused)).not.toContain(userName);
      }
    }
    expect(await login({ userName: token, clientId: token })).toMatchObject({ ok: true, isClientIdSecret: true });
  });

  test("of Tasmota takes its client id, the first that it has and that no other board has", async () => {
    const { secretOf, login, credentials, disk } = open();
    const [one, two] = [await secretOf(PLUG), await secretOf({ family: "tasmota", name: "other" })];
    const readOf = async (password: string, clientId: string): Promise<readonly string[]> => {
      const found = await login({ password, clientId });
      return found.ok && found.who.kind === "board" ? (found.who.foreign?.topics.subscribe ?? []) : [];
    };
    expect(await readOf(one, "a/#")).not.toContain("cmnd/a/#_fb/#");
    expect(await readOf(one, "DVES_15568C")).toContain("cmnd/DVES_15568C_fb/#");
    expect(await readOf(two, "DVES_15568C")).toEqual(["cmnd/other/#", "cmnd/tasmotas/#"]);
    expect(await readOf(two, "DVES_000001")).toContain("cmnd/DVES_000001_fb/#");
    expect(await readOf(one, "DVES_000002")).not.toContain("cmnd/DVES_000002_fb/#");
    expect(await readOf(one, "other")).not.toContain("cmnd/other_fb/#");
    expect(disk().boards.map(({ options }) => options?.clientId)).toEqual(["DVES_15568C", "DVES_000001"]);
    expect(credentials.identityOf("tasmota:plug/x")).toMatchObject({ deviceId: "tasmota:plug", foreign: PLUG });
  });

  test("of Tasmota works where its client id cannot be written", async () => {
    const { secretOf, ownerOf, full } = open();
    const password = await secretOf(PLUG);
    full(true);
    expect(await ownerOf({ password, clientId: "DVES_15568C" })).toBe("tasmota:plug");
  });
});

describe("a change of family", () => {
  test("keeps the secret and the user name of the board, gives it the family's topics and disconnects it", async () => {
    const { secretOf, ownerOf, credentials, ended } = open();
    const password = await secretOf({ deviceId: "kitchen" });
    const changed = await credentials.changeBoard("kitchen", PLUG);
    expect(changed).toMatchObject({ ok: true, value: { deviceId: "tasmota:plug", ...PLUG, options: {} } });
    expect(ended.at(-1)).toBe("kitchen");
    for (const userName of ["kitchen", "plug"]) expect(await ownerOf({ userName, password })).toBe("tasmota:plug");
    expect(credentials.boards().map(({ deviceId }) => deviceId)).toEqual(["tasmota:plug"]);
    expect(credentials.hasBoard("kitchen")).toBe(true);
    expect(credentials.topicsOfDevice("kitchen")).toBeUndefined();

    const back = await credentials.changeBoard("tasmota:plug", { family: "native", name: "kitchen" });
    expect(back).toMatchObject({ ok: true, value: { deviceId: "kitchen", family: "native", options: {} } });
    expect(await ownerOf({ userName: "kitchen", password })).toBe("kitchen");
  });

  test.each([
    ["nobody", PLUG, "ACCOUNT_UNKNOWN"],
    ["cellar", { family: "shelly", name: "devices" }, "REQUEST_INVALID"],
    ["cellar", { family: "homie", options: { prefix: "x" } }, "REQUEST_INVALID"],
    ["cellar", { family: "tasmota", name: "taken" }, "DEVICE_HAS_SECRET"],
    ["cellar", { family: "esphome", options: { prefix: "taken" } }, "TOPICS_TAKEN"],
    ["a.b", { family: "tasmota" }, "REQUEST_INVALID"],
    ["cellar", { name: "tasmota:x" }, "REQUEST_INVALID"],
  ] as const)("of %s to %j is refused: %s", async (deviceId, patch, code) => {
    const { secretOf, credentials, ended, disk } = open();
    for (const each of ["cellar", "a.b"]) await secretOf({ deviceId: each });
    await secretOf({ family: "tasmota", name: "taken", options: { fullTopic: "taken/%prefix%" } });
    const before = disk();
    ended.splice(0);
    expect(await credentials.changeBoard(deviceId, patch)).toMatchObject({ ok: false, code });
    expect([disk(), ended]).toEqual([before, []]);
  });
});

test("of two that are made at once and would have each other's topics, one is made", async () => {
  const { credentials, hold, finish } = open();
  hold(true);
  const both = ["one", "two"].map((name) =>
    credentials.makeBoard({ family: "shelly", name, options: { prefix: "home/plug" } }),
  );
  hold(false);
  finish();
  expect((await Promise.all(both)).map(({ ok }) => ok)).toEqual([true, false]);
  expect(credentials.boards().map(({ name }) => name)).toEqual(["one"]);
});

test("a new secret for a device that has one keeps its family and its options", async () => {
  const { credentials, secretOf } = open();
  const options = { prefix: "home/plug" };
  const first = await secretOf({ family: "shelly", name: "plug", options });
  expect(await secretOf({ deviceId: "shelly:plug" })).not.toBe(first);
  await secretOf({ family: "shelly", name: "plug" });
  expect(credentials.boards()).toMatchObject([{ deviceId: "shelly:plug", family: "shelly", name: "plug", options }]);
});

test("a native board whose id begins with a family, as it could be once, gets a new secret; a new one gets none", async () => {
  const old = { deviceId: "tasmota:old", hash: "h", createdAtMs: 1 };
  const { credentials } = open({ ...NO_RECORDS, boards: [old] });
  expect(await credentials.makeBoard({ deviceId: "tasmota:old" })).toMatchObject({ ok: true });
  expect(await credentials.makeBoard({ deviceId: "tasmota:new" })).toMatchObject({
    ok: false,
    code: "REQUEST_INVALID",
  });
});

test("topics that a dialect has learned are no board's", async () => {
  const { credentials } = open();
  credentials.reserve(() => [{ label: "a Zigbee bridge", topics: { own: ["z2m/#"], discovery: [], groups: [] } }]);
  const made = await credentials.makeBoard({ family: "shelly", name: "plug", options: { prefix: "z2m" } });
  expect(made).toMatchObject({ ok: false, code: "TOPICS_TAKEN", fault: { field: "options.prefix" } });
  expect(made.ok ? "" : made.fault?.message).toBe("z2m/# overlaps the topics of a Zigbee bridge");
});

test("a password that a person chose is found by each name of its board, which no other board then has", async () => {
  const { credentials, ownerOf } = open();
  const password = "a password of its own";
  const spec = { ...PLUG, options: {} };
  expect(await credentials.adoptBoard(spec, password, "DVES_USER")).toMatchObject({ ok: true });
  for (const userName of ["DVES_USER", "plug", "tasmota:plug"]) {
    expect(await ownerOf({ userName, password })).toBe("tasmota:plug");
    expect(await ownerOf({ userName, password: "a wrong password" })).toBe("CREDENTIAL_WRONG");
  }
  const taken = { ok: false, code: "NAME_TAKEN" };
  expect(await credentials.makeBoard({ deviceId: "plug" })).toMatchObject(taken);
  expect(await credentials.adoptBoard({ ...spec, name: "other" }, password, "DVES_USER")).toMatchObject(taken);
  expect(topicsOf(spec).own).toContain("tele/plug/#");
});

describe("a board whose secret a replacement revoked", () => {
  async function replacedPlug() {
    const revoked = new Set<string>();
    const world = open(NO_RECORDS, ({ hash }) => !revoked.has(hash));
    await world.secretOf({ family: "shelly", name: "old", options: { prefix: "heating" } });
    await world.secretOf({ family: "shelly", name: "new" });
    const former = world.book.board("shelly:old");
    if (former === undefined) throw new Error("it has no secret");
    revoked.add(former.hash);
    return { ...world, former };
  }

  test("leaves its prefix to the new one, and is not valid again while that one has it", async () => {
    const { credentials, former } = await replacedPlug();
    expect(await credentials.changeBoard("shelly:new", { options: { prefix: "heating" } })).toMatchObject({ ok: true });
    expect(credentials.mayReturn(former)).toBe(false);
    expect(await credentials.changeBoard("shelly:new", { options: { prefix: "new" } })).toMatchObject({ ok: true });
    expect(credentials.mayReturn(former)).toBe(true);
  });

  test("leaves its name to the new one, which logs in by it", async () => {
    const { credentials, disk } = await replacedPlug();
    expect(await credentials.changeBoard("shelly:new", { name: "old" })).toMatchObject({ ok: true });
    expect(disk().boards.map(({ deviceId }) => deviceId)).toEqual(["shelly:old"]);
    expect(credentials.hasBoard("old")).toBe(true);
  });

  test("is given a first secret as a board that has none", async () => {
    const { credentials, disk } = await replacedPlug();
    const spec = { family: "shelly", name: "old", options: {} } as const;
    expect(await credentials.makeFirst(spec)).toMatchObject({ ok: true });
    expect(
      disk()
        .boards.map(({ deviceId }) => deviceId)
        .sort(),
    ).toEqual(["shelly:new", "shelly:old"]);
  });

  test("does not keep the new one from the name by which it logs in", async () => {
    const { credentials, ownerOf, disk } = await replacedPlug();
    const spec = { family: "tasmota", name: "plug", options: {} } as const;
    expect(await credentials.adoptBoard(spec, "a long password", "old")).toMatchObject({ ok: true });
    expect(await ownerOf({ userName: "old", password: "a long password" })).toBe("tasmota:plug");
    expect(disk().boards).toHaveLength(3);
  });
});
