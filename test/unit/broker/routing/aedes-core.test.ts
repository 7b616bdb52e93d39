/**
 * What we use of Aedes and its documents do not promise. It fails where a new version changes that; then read
 * src/broker/routing/aedes-core.ts again before the version in package.json is raised.
 */
import { readFileSync } from "node:fs";
import { Aedes } from "aedes";
import { afterEach, expect, test } from "vitest";
import {
  type AedesCore,
  MAX_TOPIC_LEVELS,
  openAedesCore,
  type RegisteredClient,
} from "../../../../src/broker/routing/aedes-core.ts";
import { type Routing, routingOf } from "../../../../src/broker/routing/router.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";
import { type MessageWish, message, textOf } from "../../../support/packets/publications.ts";

const open: AedesCore[] = [];
afterEach(async () => {
  for (const core of open.splice(0)) await core.close();
});

const routing = (wish: MessageWish = {}): Routing => routingOf(message(wish), undefined);

/** A core, and what it did, in order. */
async function start() {
  const seen: [what: "retain" | "route", routing: Routing][] = [];
  const log = createMemoryLog();
  const core = await openAedesCore({
    isWanted: () => true,
    id: "hub",
    log,
    retain: (each) => void seen.push(["retain", each]),
    route: (each) => void seen.push(["route", each]),
  });
  open.push(core);
  const about = (): string[] =>
    seen.map(
      ([
        what,
        {
          message: { topic, payload },
        },
      ]) => `${what} ${topic} ${textOf(payload)}`,
    );
  return { core, seen, about, log, forget: () => seen.splice(0) };
}

/** What src/broker/client/client.ts registers: this and nothing else. */
function client(id: string, calls: string[] = []): RegisteredClient {
  const fields: RegisteredClient = {
    id,
    version: 5,
    clean: true,
    closed: false,
    close: (done) => {
      calls.push(`close ${id}`);
      done();
    },
  };
  return recording(fields, calls, `client`);
}

/** Notes each name that is asked for and is not there. */
function recording<Part extends object>(part: Part, calls: string[], name: string): Part {
  return new Proxy(part, {
    get: (target, key, receiver) => {
      if (typeof key === "string" && !(key in target)) calls.push(`${name}.${key}`);
      return Reflect.get(target, key, receiver);
    },
  });
}

test("the version of Aedes is pinned, since all this holds for one version", () => {
  const { dependencies } = JSON.parse(readFileSync(new URL("../../../../package.json", import.meta.url), "utf8"));
  expect(dependencies.aedes).toMatch(/^\d+\.\d+\.\d+$/);
});

test("a message of any QoS has been routed when publish returns, and its routing is the very same object", async () => {
  const { core, seen, forget } = await start();
  for (const qos of [0, 1, 2] as const) {
    forget();
    const sent = routing({ qos });
    core.publish(sent);
    expect(seen.map(([what]) => what)).toEqual(["route"]);
    expect(seen[0]?.[1]).toBe(sent);
  }
});

test("a retained message is kept before it is routed, and both have happened when publish returns", async () => {
  const { core, seen, forget } = await start();
  for (const qos of [0, 1, 2] as const) {
    for (const text of ["on", ""]) {
      forget();
      const sent = routing({ qos, retain: true, text });
      core.publish(sent);
      expect(seen.map(([what]) => what)).toEqual(["retain", "route"]);
      expect(seen.every(([, each]) => each === sent)).toBe(true);
    }
  }
});

test("a message that is published while another one is routed goes its whole way at once", async () => {
  const order: string[] = [];
  const core = await openAedesCore({
    isWanted: () => true,
    id: "hub",
    log: createMemoryLog(),
    retain: () => undefined,
    route: ({ message: { topic } }) => {
      order.push(`begin ${topic}`);
      if (topic === "outer") core.publish(routing({ topic: "inner", qos: 2 }));
      order.push(`end ${topic}`);
    },
  });
  open.push(core);
  order.splice(0);
  core.publish(routing({ topic: "outer", qos: 1 }));
  expect(order).toEqual(["begin outer", "begin inner", "end inner", "end outer"]);
});

test("a topic of as many levels as Aedes allows is routed, and one of more is logged", async () => {
  const { core, seen, log, forget } = await start();
  forget();
  const topic = Array.from({ length: MAX_TOPIC_LEVELS }, () => "a").join("/");
  core.publish(routing({ topic }));
  expect([seen.length, log.lines.length]).toEqual([1, 0]);
  core.publish(routing({ topic: `${topic}/a` }));
  expect([seen.length, log.lines.length]).toEqual([1, 1]);
});

test("a client that is registered counts as connected and is named under $SYS, until it is unregistered", async () => {
  const { core, about, forget } = await start();
  forget();
  const board = client("board");
  core.register(board);
  expect(core.connectedClients()).toBe(1);
  core.register(client("other"));
  expect(core.connectedClients()).toBe(2);
  core.unregister(board);
  expect(core.connectedClients()).toBe(1);
  expect(about()).toEqual([
    "route $SYS/hub/new/clients board",
    "route $SYS/hub/new/clients other",
    "route $SYS/hub/disconnect/clients board",
  ]);
});

test("nothing is asked of a client but what we give it, and nothing is called", async () => {
  const { core } = await start();
  const calls: string[] = [];
  const board = client("board", calls);
  core.register(board);
  core.publish(routing({ retain: true }));
  core.unregister(board);
  expect(calls).toEqual([]);
});

test("client ids that are names of an object's own are ids as any other", async () => {
  const { core } = await start();
  const calls: string[] = [];
  const ids = ["__proto__", "constructor", "toString", "close", "closed", "version"];
  const clients = ids.map((id) => client(id, calls));
  for (const each of clients) core.register(each);
  expect(core.connectedClients()).toBe(ids.length);
  for (const each of clients) core.unregister(each);
  expect([core.connectedClients(), calls]).toEqual([0, []]);
});

test("a second registration of the same id closes the first, which our sessions have done before", async () => {
  const { core } = await start();
  const calls: string[] = [];
  core.register(client("board", calls));
  core.register(client("board", calls));
  expect(calls).toEqual(["close board"]);
});

test("closing asks each client that is left to close, and settles", async () => {
  const { core } = await start();
  const calls: string[] = [];
  core.register(client("board", calls));
  await core.close();
  expect(calls).toEqual(["close board"]);
});

/** The parts that our core gives to Aedes, taken from the Aedes that it makes, behind a recorder. */
async function watched() {
  const asked: string[] = [];
  const listen = Aedes.prototype.listen;
  Aedes.prototype.listen = async function watchedListen(this: Aedes) {
    const inner = this as unknown as { mq: object; opts: { persistence: object } };
    inner.mq = recording(inner.mq, asked, "emitter");
    inner.opts.persistence = recording(inner.opts.persistence, asked, "persistence");
    return listen.call(this);
  };
  try {
    return { ...(await start()), asked };
  } finally {
    Aedes.prototype.listen = listen;
  }
}

test("Aedes asks nothing of our persistence and emitter that they have not", async () => {
  const { core, asked } = await watched();
  const board = client("board");
  core.register(board);
  for (const qos of [0, 1, 2] as const) for (const retain of [false, true]) core.publish(routing({ qos, retain }));
  core.publish(routing({ retain: true, text: "" }));
  core.unregister(board);
  await core.close();
  expect(asked).toEqual([]);
});

test("what Aedes does from time to time, heartbeat and wills of other hubs, goes well with our parts", async () => {
  const { setInterval } = globalThis;
  const beats: (() => void)[] = [];
  const later = ((run: () => void) => {
    beats.push(run);
    return setInterval(() => undefined, 1e9).unref();
  }) as typeof setInterval;
  globalThis.setInterval = later;
  const { core, asked, about, log, forget } = await watched().finally(() => {
    globalThis.setInterval = setInterval;
  });
  forget();
  for (const beat of beats) beat();
  await new Promise((resolve) => setImmediate(resolve));
  expect(beats).toHaveLength(2);
  expect(about()).toEqual(["route $SYS/hub/heartbeat hub"]);
  expect([asked, log.lines, core.connectedClients()]).toEqual([[], [], 0]);
});
