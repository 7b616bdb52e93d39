/** Boards, applications and an owner that load a hub with accounts, whatever happens to it: they come back and go on. */
import { expect, onTestFinished } from "vitest";
import type { BoardAnswer, TokenAnswer, WithSecret } from "../../../src/contract/access.ts";
import { type Asker, signIn } from "../hub/access-world.ts";
import type { HubAddress } from "../hub/hub.ts";
import { ask, readingsOf } from "../hub/rest.ts";
import { type Faults, faultsOf, NO_FAULTS } from "../steady/delivery-faults.ts";
import type { Login } from "../steady/packet-link.ts";
import { createPublisher, type SentMessage, type SteadyPublisher } from "../steady/steady-publisher.ts";
import { createSubscriber, type SteadySubscriber } from "../steady/steady-subscriber.ts";
import { pause, until } from "../until.ts";

export interface CampaignLoad {
  /** PUBACKs and PUBRECs so far. */
  acknowledged(): number;
  /** A publisher is connected and waits for one. */
  isAsking(): boolean;
  /** Ends connections with a RST: all, or those of which chance says so. */
  reset(isMeant: () => boolean): void;
  /** Nothing new is published; settles when all is acknowledged and delivered, or the time for that is over. */
  settle(): Promise<void>;
  /** Everything that was promised is so, as far as this hub says. */
  expectAllThere(hub: HubAddress): Promise<void>;
}

const BOARDS = [
  { name: "cellar", version: 4 },
  { name: "attic", version: 5 },
] as const;
const SOURCE = "source";
const SINKS = [
  { name: "present", version: 5 },
  { name: "absent", version: 4 },
] as const;
const WINDOW = 20;
const TICK_MS = 20;
const MESSAGES_A_SECOND = 50;
const LOOK_IN_EVERY_MS = 3_000;
const LOOK_IN_MS = 500;
const ACCOUNTS_EVERY_MS = 500;
/** Done, or it cannot be written at the moment. */
const EXPLAINED: readonly number[] = [201, 204, 503];
const SETTLED_WITHIN_MS = 30_000;

interface Promised {
  readonly of: "board" | "token";
  /** Of a board its device, of a token its secret. */
  readonly key: string;
  readonly secret: string;
  isThere: boolean | "unknown";
  /** Of a token. */
  readonly id: string;
}

export async function startCampaignLoad(hub: HubAddress, owner: Asker): Promise<CampaignLoad> {
  const logins = await makeCredentials(owner);
  let isOver = false;
  let budget = 0;
  const publishers = [...BOARDS, { name: SOURCE, version: 5 } as const].map(({ name, version }) => {
    let count = 0;
    const next = (): SentMessage | undefined => (count < budget ? messageOf(name, count++) : undefined);
    return createPublisher({ clientId: name, version, window: WINDOW, login: loginOf(logins, name), next });
  });
  const [present, absent] = SINKS.map(({ name, version }) => createSubscriber(name, version, loginOf(logins, name)));
  if (present === undefined || absent === undefined) throw new Error("there are two");
  for (const sink of [present, absent]) {
    await sink.connect(hub);
    await sink.subscribe(`load/${sink.name}`);
  }
  await absent.leave();

  const timer = setInterval(() => {
    if (isOver) return;
    budget += (MESSAGES_A_SECOND * TICK_MS) / 1_000;
    for (const publisher of publishers) publisher.fill();
  }, TICK_MS);
  onTestFinished(() => {
    isOver = true;
    clearInterval(timer);
  });
  for (const client of [...publishers, present]) keepConnected(client, hub, () => isOver && isDone());
  void lookIn(absent, hub, () => isOver);
  const promised: Promised[] = [];
  const odd = new Set<string>();
  const accounts = changeAccounts(owner, promised, odd, () => isOver);

  const isDone = (): boolean => publishers.every((each) => each.isSettled());
  const faults = (): Record<string, Faults> =>
    Object.fromEntries([present, absent].map((sink) => [sink.name, deliveryFaults(publishers, sink)]));
  return {
    acknowledged: () => publishers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0),
    isAsking: () => publishers.some((each) => each.isOpen() && !each.isSettled()),
    reset: (isMeant) => {
      for (const client of [...publishers, present]) if (client.isOpen() && isMeant()) client.reset();
    },
    settle: async () => {
      isOver = true;
      await accounts;
      await until("all is acknowledged", isDone, { withinMs: SETTLED_WITHIN_MS });
      for (const sink of [present, absent]) if (!sink.isOpen()) await sink.connect(hub);
      const isAllThere = (): boolean => Object.values(faults()).every(({ lost }) => lost.length === 0);
      await until("all is delivered", isAllThere, { withinMs: SETTLED_WITHIN_MS, everyMs: 200 }).catch(() => undefined);
    },
    expectAllThere: async (at) => {
      expect(faults()).toEqual({ present: NO_FAULTS, absent: NO_FAULTS });
      for (const { sessionsPresent } of [...publishers, present, absent])
        expect(sessionsPresent.slice(1)).not.toContain(false);
      const reader = await signIn(at, "Owner");
      for (const [index, { name }] of BOARDS.entries())
        await expectReadings(at, name, publishers[index]?.acknowledged ?? [], reader.headers);
      expect(await accountFaults(at, reader, promised)).toEqual([]);
      expect([...odd], "answers that no fault explains").toEqual([]);
    },
  };
}

function messageOf(name: string, count: number): SentMessage {
  const qos = count % 3 === 0 ? 2 : 1;
  if (name !== SOURCE) {
    const payload = JSON.stringify({ seq: count, temperature: 20 + (count % 100) / 10 });
    return { topic: `devices/${name}/telemetry`, payload, qos, retain: false };
  }
  return { topic: `load/${SINKS[count % 2]?.name}`, payload: String(count), qos, retain: false };
}

async function makeCredentials(owner: Asker): Promise<ReadonlyMap<string, Login>> {
  const made = new Map<string, Login>();
  const make = async (path: string, userName: string, body: unknown): Promise<void> => {
    const answer = await owner.ask<{ secret: string }>(path, { method: "POST", body });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    made.set(userName, { userName, password: answer.body.secret });
  };
  for (const { name } of BOARDS) await make("/api/boards", name, { deviceId: name });
  for (const { name } of SINKS) await make("/api/applications", name, { name, publish: [], subscribe: ["load/#"] });
  await make("/api/applications", SOURCE, { name: SOURCE, publish: ["load/#"], subscribe: [] });
  return made;
}

function loginOf(logins: ReadonlyMap<string, Login>, name: string): Login {
  const login = logins.get(name);
  if (login === undefined) throw new Error(`no credential was made for ${name}`);
  return login;
}

interface Client {
  isOpen(): boolean;
  connect(hub: HubAddress): Promise<void>;
}

const CONNECT_AGAIN_MS = 100;

function keepConnected(client: Client, hub: HubAddress, isOver: () => boolean): void {
  let connecting = false;
  const timer = setInterval(() => {
    if (isOver()) clearInterval(timer);
    if (isOver() || connecting || client.isOpen()) return;
    connecting = true;
    void client
      .connect(hub)
      .catch(() => undefined) // it is tried again
      .finally(() => {
        connecting = false;
      });
  }, CONNECT_AGAIN_MS);
  onTestFinished(() => clearInterval(timer));
}

/** Who is mostly away. */
async function lookIn(sink: SteadySubscriber, hub: HubAddress, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await pause(LOOK_IN_EVERY_MS);
    if (isOver()) return;
    await sink.connect(hub).catch(() => undefined);
    await pause(LOOK_IN_MS);
    if (!isOver() && sink.isOpen()) await sink.leave().catch(() => undefined);
  }
}

/** Makes boards and tokens, and takes every other one away again. */
async function changeAccounts(
  owner: Asker,
  promised: Promised[],
  odd: Set<string>,
  isOver: () => boolean,
): Promise<void> {
  const judge = (answer: { status: number; text: string } | undefined): void => {
    if (answer !== undefined && !EXPLAINED.includes(answer.status)) odd.add(`${answer.status} ${answer.text}`);
  };
  for (let count = 0; !isOver(); count += 1) {
    const isBoard = count % 2 === 0;
    const key = `extra-${count}`;
    const made = await owner
      .ask<WithSecret<BoardAnswer & TokenAnswer>>(isBoard ? "/api/boards" : "/api/tokens", {
        method: "POST",
        body: isBoard ? { deviceId: key } : { name: key, scope: "viewer" },
      })
      .catch(() => undefined); // the connection was reset: whether it is made is not known
    judge(made);
    if (made?.status === 201) {
      const { secret, id } = made.body;
      promised.push({ of: isBoard ? "board" : "token", key: isBoard ? key : secret, secret, isThere: true, id });
    } else if (made !== undefined && isBoard) {
      promised.push({ of: "board", key, secret: "", isThere: false, id: "" });
    }
    const oldest = promised.find(({ isThere }) => isThere === true);
    if (count % 4 === 3 && oldest !== undefined) {
      oldest.isThere = "unknown";
      const path = oldest.of === "board" ? `/api/boards/${oldest.key}` : `/api/tokens/${oldest.id}`;
      const gone = await owner.ask(path, { method: "DELETE" }).catch(() => undefined);
      judge(gone);
      if (gone?.status === 204) oldest.isThere = false;
    }
    await pause(ACCOUNTS_EVERY_MS);
  }
}

async function accountFaults(hub: HubAddress, owner: Asker, promised: readonly Promised[]): Promise<string[]> {
  const { body } = await owner.ask<{ boards: BoardAnswer[] }>("/api/boards");
  const boards = new Set(body.boards.map(({ deviceId }) => deviceId));
  const faults: string[] = [];
  for (const { of, key, secret, isThere } of promised) {
    if (isThere === "unknown") continue;
    const headers = { authorization: `Bearer ${secret}` };
    const isSo = of === "board" ? boards.has(key) : (await ask(hub, "/api/devices", { headers })).status === 200;
    if (isSo !== isThere) faults.push(`the ${of} ${key} is ${isSo ? "" : "not "}there`);
  }
  return faults;
}

function deliveryFaults(publishers: readonly SteadyPublisher[], sink: SteadySubscriber): Faults {
  const sent = publishers.flatMap((each) => each.sent).filter(({ topic }) => topic === `load/${sink.name}`);
  return faultsOf(sent, sink.deliveries, { mayMissQos0: false, mayRepeatQos1: "anyhow" });
}

async function expectReadings(
  hub: HubAddress,
  deviceId: string,
  acknowledged: readonly SentMessage[],
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const counts = new Map<number, number>();
  for (const { metrics } of await readingsOf(hub, deviceId, "2020-01-01T00:00:00Z&to=2099-01-01T00:00:00Z", headers))
    counts.set(Number(metrics["seq"]), (counts.get(Number(metrics["seq"])) ?? 0) + 1);
  const seqs = acknowledged.map(({ payload }) => (JSON.parse(payload) as { seq: number }).seq);
  const missing = seqs.filter((seq) => !counts.has(seq));
  const twice = [...counts].flatMap(([seq, count]) => (count > 1 ? [seq] : []));
  expect({ deviceId, missing, twice }).toEqual({ deviceId, missing: [], twice: [] });
}
