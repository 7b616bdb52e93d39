/** Socket.IO's sessions have limits: how many, how fast, and until when. An honest browser meets none of them. */
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { type LiveClient, openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { openAccessWorld } from "../../support/hub/access-world.ts";
import { type HubAddress, startHub } from "../../support/hub/hub.ts";
import { metricsOf } from "../../support/hub/metrics.ts";
import { ask, refusedCount } from "../../support/hub/rest.ts";
import { besiege } from "../../support/load/siege.ts";
import { pause, until, within } from "../../support/until.ts";

const POLLING = "/socket.io/?EIO=4&transport=polling";
const TRANSPORTS = ["polling", "websocket"] as const;
type Headers = Readonly<Record<string, string>>;

/** An Engine.IO session, and nothing said in it. Undefined: it was refused. */
const OPEN = {
  polling: async (hub: HubAddress, headers: Headers = {}) => {
    const { status, text } = await ask(hub, POLLING, { headers });
    return status === 200 ? sidIn(text) : undefined;
  },
  websocket: (hub: HubAddress, headers: Headers = {}) => {
    const socket = new WebSocket(`${hub.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`, { headers });
    onTestFinished(() => socket.terminate());
    return within(
      "it is answered",
      new Promise<string | undefined>((resolve) => {
        socket.once("message", (data) => resolve(sidIn(String(data)))).once("error", () => resolve(undefined));
        socket.once("close", () => resolve(undefined));
      }),
    );
  },
} as const;

const sidIn = (text: string): string => (JSON.parse(text.slice(1)) as { sid: string }).sid;

/** A poll of a session, and its status. */
const poll = async (hub: HubAddress, sid: string): Promise<number> => (await ask(hub, `${POLLING}&sid=${sid}`)).status;

describe.each(TRANSPORTS)("over %s", (transport) => {
  const open = OPEN[transport];

  test("so many sessions in all; another when one has ended", async () => {
    const hub = await startHub({ settings: { maxLiveSessions: 3 } });
    const browsers = await Promise.all([1, 2, 3].map(() => openLiveClient(hub.url, { transports: [transport] })));

    const refused = [await open(hub), await open(hub)];
    browsers[0]?.socket.disconnect();
    await until("there is room again", async () => (await open(hub)) !== undefined);

    expect(refused).toEqual([undefined, undefined]);
    expect(await refusedCount(hub, "TOO_MANY_LIVE_SESSIONS")).toBeGreaterThanOrEqual(2);
    expect((await metricsOf(hub, "aerie_live_sessions"))[0]).toBe(3);
  });

  test("so many of an address, and of a person by any of his sign-ins, and of a token", async () => {
    const world = await openAccessWorld({ settings: { maxLiveSessionsPerAddress: 5, maxLiveSessionsPerAccount: 2 } });
    const { hub } = world;
    const [one, other, token] = [
      await world.person("Ada", "viewer"),
      await world.person("Bob", "viewer"),
      await world.token("viewer"),
    ];
    const counts = async () => (await world.owner.ask<{ counts: Record<string, number> }>("/api/refusals")).body.counts;

    const opened: boolean[] = [];
    for (const { headers } of [one, one, one, other, other, token, token]) {
      opened.push((await open(hub, headers)) !== undefined);
    }

    expect(opened).toEqual([true, true, false, true, true, true, false]);
    expect(await counts()).toMatchObject({
      TOO_MANY_LIVE_SESSIONS_OF_ACCOUNT: 1,
      TOO_MANY_LIVE_SESSIONS_OF_ADDRESS: 1,
    });
  });

  test("one that does not say CONNECT in time ends, and is counted", async () => {
    const hub = await startHub({ settings: { connectTimeoutMs: 300, maxLiveSessions: 20 } });
    const browser = await openLiveClient(hub.url, { transports: [transport] });

    const opened = await Promise.all(Array.from({ length: 19 }, () => open(hub)));
    await until("they have ended", async () => (await refusedCount(hub, "CONNECT_TIMEOUT")) === 19);

    expect(opened).not.toContain(undefined);
    expect((await metricsOf(hub, "aerie_live_sessions"))[0]).toBe(1);
    if (transport === "polling") expect(await poll(hub, opened[0] ?? "")).toBe(400);
    expect((await browser.subscribe({ batch: true })).ok).toBe(true);
  });
});

test("sessions that are asked for in one breath are no more than may be", async () => {
  const hub = await startHub({ settings: { maxLiveSessions: 3 } });
  const request = `GET ${POLLING} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  const asker = besiege(hub, hub.httpPort, request.repeat(20));

  await until("all are answered", () => asker.said().split("HTTP/1.1").length === 21);

  expect((await metricsOf(hub, "aerie_live_sessions"))[0]).toBeLessThanOrEqual(3);
});

test("a session is one client, however many CONNECTs it sends in one breath; after DISCONNECT it may CONNECT again", async () => {
  const hub = await startHub();
  const [honest, greedy] = [(await OPEN.polling(hub)) ?? "", (await OPEN.polling(hub)) ?? ""];
  const post = (sid: string, ...packets: readonly string[]) =>
    ask(hub, `${POLLING}&sid=${sid}`, { method: "POST", body: packets.join("\x1e") });
  const clients = async () => (await ask<{ connectedClients: number }>(hub, "/websocket/status")).body.connectedClients;

  await post(greedy, ...Array<string>(50).fill("40"));
  await until("it is closed", async () => (await poll(hub, greedy)) === 400);
  await post(honest, "40");
  await until("it is connected", async () => (await clients()) === 1);
  await post(honest, "41");
  await until("it is disconnected", async () => (await clients()) === 0);
  await post(honest, "40");

  await until("it is connected again", async () => (await clients()) === 1);
  expect(await refusedCount(hub, "REQUEST_MALFORMED")).toBeGreaterThanOrEqual(1);
});

test("a connection that sends CONNECT and DISCONNECT in turn leaves no listeners behind", async () => {
  const hub = await startHub();
  const sid = (await OPEN.polling(hub)) ?? "";
  const warnings: string[] = [];
  const note = ({ name }: Error): void => void warnings.push(name);
  process.on("warning", note);
  onTestFinished(() => void process.off("warning", note));
  const post = (body: string) => ask(hub, `${POLLING}&sid=${sid}`, { method: "POST", body });
  const clients = async () => (await ask<{ connectedClients: number }>(hub, "/websocket/status")).body.connectedClients;

  for (let round = 0; round < 12; round++) {
    await post("40");
    await until("it is connected", async () => (await clients()) === 1, { everyMs: 2 });
    await post("41");
    await until("it is disconnected", async () => (await clients()) === 0, { everyMs: 2 });
  }

  expect(warnings).not.toContain("MaxListenersExceededWarning"); // of Node, at the eleventh listener of a kind
});

test("a browser that polls asks ten times a second at most, misses nothing, and is never told that it asks too much", async () => {
  const hub = await startHub({ settings: { maxRequestsPerMinute: 30 } }); // and 120 polls
  const browser = await openLiveClient(hub.url, { transports: ["polling"] });
  const board = await connectJs(hub.mqttUrl);
  const fromMs = performance.now();

  const [rounds, each] = [60, 4];
  for (let round = 0; round < rounds; round++) {
    await Promise.all(
      Array.from({ length: each }, () => board.publish("devices/a/telemetry", `{"round":${round}}`, { qos: 1 })),
    );
    await pause(20); // a second of steady readings
  }
  // Where the machine is busy, some are left out and told of.
  const told = (): number => browser.of("dropped").reduce((sum, { event }) => sum + event.count, 0);
  await until("all came", () => browser.of("sensorData").length + told() === rounds * each);
  const tookMs = performance.now() - fromMs;

  // What comes with one poll comes at once.
  const polls = browser.of("sensorData").filter(({ atMs }, at, all) => atMs - (all[at - 1]?.atMs ?? 0) > 10).length;
  expect(polls).toBeGreaterThan(2);
  expect(polls).toBeLessThanOrEqual(tookMs / 100 + 2);
  expect(browser.socket.connected).toBe(true);
});

test("what only looks like a browser's next poll costs a request", async () => {
  const perMinute = 12;
  const hub = await startHub({ settings: { maxRequestsPerMinute: perMinute } });
  const sid = (await OPEN.polling(hub)) ?? "";
  const like = [
    `${POLLING}&sid=${sid}x`,
    `${POLLING}&sid=${sid}&sid=nope`,
    `${POLLING}&sid=${sid}&transport=pigeon`,
    `/socket.io/?EIO=3&transport=polling&sid=${sid}`,
    `/socket.io/?EIO=4&transport=websocket&sid=${sid}`,
    `/socket.io/?transport=polling&sid=${sid}`,
    `/socket.io/?EIO=4&EIO=3&transport=polling&sid=${sid}`,
    `${POLLING}&sid=__proto__`,
  ];

  const statuses: number[] = [];
  for (const path of [...like, ...like]) statuses.push((await ask(hub, path)).status);

  expect(statuses.slice(0, like.length)).toEqual(like.map(() => 400));
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(2 * like.length - perMinute);
});

test("a poll of a session that is on WebSocket, which nobody answers, ends in a minute", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  const browser = await openLiveClient(hub.url);
  const path = `/socket.io/?EIO=4&transport=websocket&sid=${browser.socket.io.engine.id}`;
  const asker = besiege(hub, hub.httpPort, `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await ask(hub, "/healthz"); // the poll came before
  await until("it waits", () => asker.isOpen());

  clock.skip(61_000);

  await within("it is closed", asker.closed, 10_000);
  expect(asker.said()).toBe("");
});

test("of a session that polls twice at once, the second poll costs a request and ends it", async () => {
  const hub = await startHub();
  const sid = (await OPEN.polling(hub)) ?? "";

  const statuses = await within("they are answered", Promise.all([1, 2].map(() => poll(hub, sid).catch(() => 0))));

  expect(statuses).toContain(400);
  expect(await poll(hub, sid)).toBe(400);
});

const FLOODS: Record<string, (socket: WebSocket) => void> = {
  events: (socket) => socket.send('42["subscribe",{"batch":true}]'),
  "namespaces that are not there": (socket) => socket.send("40/nope,"),
  "answers to pings that never came": (socket) => socket.send("3"),
  "packets that say nothing": (socket) => socket.send("6"),
  "pings of WebSocket": (socket) => socket.ping(),
  "pongs of WebSocket": (socket) => socket.pong(),
};

test.each(Object.keys(FLOODS))("a WebSocket that floods the hub with %s is closed and counted", async (flood) => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock, settings: { maxRequestsPerMinute: 100 } });
  const flooding = new WebSocket(`${hub.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
  onTestFinished(() => flooding.terminate());
  const closed = new Promise((resolve) => flooding.once("close", resolve));
  const connected = new Promise<void>((resolve) => {
    flooding.once("open", () => flooding.send("40"));
    flooding.on("message", (text) => String(text).startsWith("40") && resolve());
  });
  await within("it is connected", connected);

  for (let sent = 0; sent < 200; sent++) FLOODS[flood]?.(flooding);
  await within("it is closed", closed);

  clock.skip(61_000);
  expect(await refusedCount(hub, "TOO_MANY_REQUESTS")).toBeGreaterThanOrEqual(1);
});

test("payloads of many packets that are posted cost as much", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock, settings: { maxRequestsPerMinute: 100 } });
  const sid = (await OPEN.polling(hub)) ?? "";

  await ask(hub, `${POLLING}&sid=${sid}`, { method: "POST", body: ["40", ...Array(200).fill("6")].join("\x1e") });

  clock.skip(61_000);
  expect(await poll(hub, sid)).toBe(400);
  expect(await refusedCount(hub, "TOO_MANY_REQUESTS")).toBeGreaterThanOrEqual(1);
});

test("so is one that was only to take over from polling", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock, settings: { maxRequestsPerMinute: 100 } });
  const sid = await OPEN.polling(hub);
  const url = `${hub.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket&sid=${sid}`;
  const flooding = new WebSocket(url);
  onTestFinished(() => flooding.terminate());
  const closed = new Promise((resolve) => flooding.once("close", resolve));
  await within("it opens", new Promise((resolve) => flooding.once("open", resolve)));

  for (let sent = 0; sent < 200; sent++) flooding.ping();
  await within("it is closed", closed);

  clock.skip(61_000);
  expect(await refusedCount(hub, "TOO_MANY_REQUESTS")).toBeGreaterThanOrEqual(1);
});

/** 64 texts of 250 bytes. */
const LARGE = JSON.stringify(Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`m${at}`, "x".repeat(250)])));

/** Readings that it was sent, and those that it knows to be left out. */
function seenBy(browser: LiveClient): number {
  const got = browser.of("readings").reduce((sum, { event }) => sum + event.length, 0);
  return browser.of("dropped").reduce((sum, { event }) => sum + event.count, got);
}

test("browsers that read nothing hold 64 MB together at most, and are cut off before one that reads", async () => {
  const hub = await startHub();
  const browser = await openLiveClient(hub.url);
  await browser.subscribe({ batch: true });
  const board = await connectJs(hub.mqttUrl);
  const silent = await Promise.all(Array.from({ length: 30 }, () => OPEN.polling(hub)));
  const post = (sid = "", body = ""): Promise<unknown> => ask(hub, `${POLLING}&sid=${sid}`, { method: "POST", body });
  await Promise.all(silent.map((sid) => post(sid, "40").then(() => post(sid, '42["subscribe",{"batch":true}]'))));

  let sent = 0;
  const isOver = (): boolean =>
    hub.logged.some(({ event }) => event === "a browser did not read its live values and was disconnected");
  while (!isOver() && sent < 1_000) {
    await Promise.all(Array.from({ length: 20 }, () => board.publish("devices/a/telemetry", LARGE, { qos: 1 })));
    sent += 20;
    // Sent to all, or left out on a busy machine, so that no flush holds more than these.
    await until("the readings were sent", () => isOver() || seenBy(browser) >= sent, { everyMs: 5 });
  }

  const cutOff = hub.logged.find(
    ({ event }) => event === "a browser did not read its live values and was disconnected",
  );
  expect(cutOff?.fields["waitingBytes"]).toBeLessThan(4 * 1024 * 1024); // as much as one alone may hold
  expect(browser.socket.connected).toBe(true);
  expect(await refusedCount(hub, "READER_TOO_SLOW")).toBeGreaterThanOrEqual(1);
});

test("polls cost requests where more come of an address than its browsers need", async () => {
  const [perMinute, free] = [6, 24];
  const clock = createShiftedClock();
  const hub = await startHub({ clock, settings: { maxRequestsPerMinute: perMinute } });
  const board = await connectJs(hub.mqttUrl);
  const sid = (await OPEN.polling(hub)) ?? "";
  await ask(hub, `${POLLING}&sid=${sid}`, { method: "POST", body: "40" });

  let polls = 0;
  while ((await poll(hub, sid)) === 200 && polls < free + perMinute) {
    polls++;
    clock.skip(100);
    await board.publish("devices/a/telemetry", "1", { qos: 1 });
  }

  expect(polls).toBeGreaterThanOrEqual(free);
  expect(polls).toBeLessThan(free + perMinute);
  clock.skip(61_000);
  expect(await refusedCount(hub, "TOO_MANY_REQUESTS")).toBeGreaterThanOrEqual(1);
});

test.each(TRANSPORTS)("a session over %s that has not said CONNECT ends with its token", async (transport) => {
  const { hub, owner, token } = await openAccessWorld();
  const { id, headers } = await token("viewer");
  const live = async () => /^aerie_live_sessions (\d+)$/m.exec((await owner.ask("/metrics")).text)?.[1];
  expect(await OPEN[transport](hub, headers)).not.toBe(undefined);

  await owner.ask(`/api/tokens/${id}`, { method: "DELETE" });

  await until("it has ended", async () => (await live()) === "0", { withinMs: 3_000 });
});
