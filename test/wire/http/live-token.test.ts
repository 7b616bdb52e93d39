/** The customary `auth: {token}` of Socket.IO: who is let in by it, how a refusal looks, and what a session of nobody may do. */
import { io, type ManagerOptions, type SocketOptions } from "socket.io-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import type { ConnectRefusal } from "../../../src/contract/live/events.ts";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { createStandingClock } from "../../support/clock/standing-clock.ts";
import { type AccessWorld, openAccessWorld } from "../../support/hub/access-world.ts";
import { type HubAddress, startHub } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { until, within } from "../../support/until.ts";

const POLLING = "/socket.io/?EIO=4&transport=polling";
const LOGIN_NEEDED = { code: "LOGIN_NEEDED", status: 401 };

type Refused = Error & { readonly data?: ConnectRefusal };

/** "in", or why not. */
async function attempt(url: string, options: Partial<ManagerOptions & SocketOptions>): Promise<"in" | Refused> {
  const socket = io(url, { transports: ["websocket"], reconnection: false, forceNew: true, ...options });
  onTestFinished(() => void socket.disconnect());
  const outcome = new Promise<"in" | Refused>((resolve) => {
    socket.once("connect", () => resolve("in")).once("connect_error", resolve);
  });
  return within("it is let in or refused", outcome);
}

const codeOf = (outcome: "in" | Refused): string => (outcome === "in" ? outcome : (outcome.data?.code ?? "no code"));

const counted = async ({ owner }: AccessWorld): Promise<Record<string, number>> =>
  (await owner.ask<{ counts: Record<string, number> }>("/api/refusals")).body.counts;

const sessions = async ({ owner }: AccessWorld): Promise<number> =>
  Number(/^aerie_live_sessions (\d+)$/m.exec((await owner.ask("/metrics")).text)?.[1]);

const clients = async (hub: HubAddress): Promise<number> =>
  (await ask<{ connectedClients: number }>(hub, "/websocket/status")).body.connectedClients;

const sidIn = (text: string): string => (JSON.parse(text.slice(1)) as { sid: string }).sid;

/** An Engine.IO session of nobody; undefined: refused. */
async function openSession(hub: HubAddress): Promise<string | undefined> {
  const { status, text } = await ask(hub, POLLING);
  return status === 200 ? sidIn(text) : undefined;
}

describe.each(["polling", "websocket"])("over %s", (transport) => {
  const transports = [transport];

  test("a token of each level is let in or refused as its level says, and gets the readings that are stored", async () => {
    const { hub, token, board } = await openAccessWorld();
    const { secret: password } = await board("cellar");
    const [metrics, viewer, operator] = [await token("metrics"), await token("viewer"), await token("operator")];

    const client = await openLiveClient(hub.url, { transports, auth: { token: viewer.secret } });
    const codes = [metrics, viewer, operator].map(async ({ secret }) =>
      codeOf(await attempt(hub.url, { transports, auth: { token: secret } })),
    );
    const cellar = await connectJs(hub.mqttUrl, { username: "cellar", password });
    await cellar.publish("devices/cellar/telemetry", '{"temperature":21.5}', { qos: 1 });

    expect(await Promise.all(codes)).toEqual(["LEVEL_TOO_LOW", "in", "in"]);
    expect((await client.next("sensorData")).data["temperature"]).toBe(21.5);
  });

  test("a refusal is a connect_error with a sentence, and a code and status as HTTP has them", async () => {
    const { hub, token, board } = await openAccessWorld();
    const metrics = await token("metrics");
    const { secret: ofBoard } = await board("cellar");
    const refusedBy = async (auth?: Record<string, unknown>) =>
      (await attempt(hub.url, { transports, ...(auth && { auth }) })) as Refused;

    const [without, wrong, low] = [
      await refusedBy(),
      await refusedBy({ token: "wrong" }),
      await refusedBy({ token: metrics.secret }),
    ];
    const odd = await Promise.all(
      [ofBoard, "", "x".repeat(5_000), `Bearer ${metrics.secret}`, 1, true, [], {}, { toString: "x" }].map(
        async (each) => (await refusedBy({ token: each })).data,
      ),
    );

    expect([without.message, without.data]).toEqual(["Sign in, or send a token, to see this", LOGIN_NEEDED]);
    expect(wrong.message).toBe("The hub does not know this token, or it has expired: send another one in auth.token");
    expect(wrong.data).toEqual(LOGIN_NEEDED);
    expect(low.message).toMatch(/^This account or token may not do this/);
    expect(low.data).toEqual({ code: "LEVEL_TOO_LOW", status: 403 });
    expect(odd).toEqual(odd.map(() => LOGIN_NEEDED));
  });

  test("a token that is removed ends its connections at once, and no other", async () => {
    const clock = createStandingClock(); // so that the check every 2 s cannot do it
    const { hub, owner, token } = await openAccessWorld({ clock });
    const [gone, stays] = [await token("viewer"), await token("viewer")];
    const [first, second] = await Promise.all(
      [gone, stays].map(({ secret }) => openLiveClient(hub.url, { transports, auth: { token: secret } })),
    );

    await owner.ask(`/api/tokens/${gone.id}`, { method: "DELETE" });

    await until("the hub has cut it off", async () => (await clients(hub)) === 1);
    clock.advance(100); // its poll is answered
    await until("it knows", () => first?.socket.connected === false);
    expect(second?.socket.connected).toBe(true);
    expect(codeOf(await attempt(hub.url, { transports, auth: { token: gone.secret } }))).toBe("LOGIN_NEEDED");
  });

  test("a token has its limit of sessions, however they send it; one too many is closed and tries again by itself", async () => {
    const world = await openAccessWorld({ settings: { maxLiveSessionsPerAccount: 2 } });
    const { hub } = world;
    const { secret, headers } = await world.token("viewer");
    const other = await world.token("viewer");

    const first = await openLiveClient(hub.url, { transports, auth: { token: secret } });
    await openLiveClient(hub.url, { transports, extraHeaders: { ...headers } });
    const third = io(hub.url, { transports, auth: { token: secret }, forceNew: true, reconnectionDelay: 100 });
    onTestFinished(() => void third.disconnect());
    await until("it is refused", async () => ((await counted(world))["TOO_MANY_LIVE_SESSIONS_OF_ACCOUNT"] ?? 0) > 0);
    const ofOther = await attempt(hub.url, { transports, auth: { token: other.secret } });
    expect(third.connected).toBe(false);
    first.socket.disconnect();

    await until("it is let in", () => third.connected);
    expect(ofOther).toBe("in");
  });
});

test("the token in auth decides alone, beside a cookie or another token too", async () => {
  const { hub, owner, token } = await openAccessWorld();
  const [viewer, metrics] = [await token("viewer"), await token("metrics")];
  const { cookie = "", origin = "" } = owner.headers;
  const wrong = { authorization: "Bearer wrong" };

  const outcomes = [
    await attempt(hub.url, { auth: { token: "wrong" }, extraHeaders: { cookie, origin } }),
    await attempt(hub.url, { auth: { token: metrics.secret }, extraHeaders: { ...viewer.headers } }),
    await attempt(hub.url, { auth: { token: viewer.secret }, extraHeaders: wrong }),
    await attempt(hub.url, { auth: { token: null }, extraHeaders: { ...viewer.headers } }),
    await attempt(hub.url, { auth: { other: "x" }, extraHeaders: { cookie, origin } }),
    await attempt(hub.url, { extraHeaders: wrong }),
  ];

  expect(outcomes.map(codeOf)).toEqual(["LOGIN_NEEDED", "LEVEL_TOO_LOW", "in", "in", "in", "LOGIN_NEEDED"]);
});

test("a token anywhere else lets nobody in, nor does one for another namespace", async () => {
  const { hub, token } = await openAccessWorld();
  const { secret } = await token("viewer");

  const elsewhere = [
    { query: { token: secret } },
    { query: { auth: JSON.stringify({ token: secret }), authorization: `Bearer ${secret}` } },
    { auth: { authorization: `Bearer ${secret}`, Token: secret, tokens: [secret] } },
    { extraHeaders: { token: secret, "x-auth-token": secret, cookie: `token=${secret}` } },
  ];
  const codes = await Promise.all(elsewhere.map(async (options) => codeOf(await attempt(hub.url, options))));
  const namespace = await attempt(`${hub.url}/nope`, { auth: { token: secret } });

  expect(codes).toEqual(elsewhere.map(() => "LOGIN_NEEDED"));
  expect(namespace).toMatchObject({ message: "Invalid namespace" });
});

test("without accounts everybody is let in, whatever token comes", async () => {
  const hub = await startHub();

  expect(await attempt(hub.url, { auth: { token: "wrong" } })).toBe("in");
});

test("refusals of Origin and Host stay answers of HTTP, with a valid token too", async () => {
  const { hub, token } = await openAccessWorld();
  const { secret } = await token("viewer");
  const auth = { token: secret };

  const foreign = [{ origin: "http://evil.example" }, { host: "evil.example" }];
  const outcomes = await Promise.all(foreign.map((extraHeaders) => attempt(hub.url, { auth, extraHeaders })));

  expect(outcomes.map((outcome) => outcome !== "in" && outcome.data)).toEqual([undefined, undefined]);
  expect((await ask(hub, POLLING, { headers: { origin: "http://evil.example" } })).status).toBe(403);
});

test("a token that expires while it is connected is cut off", async () => {
  const clock = createShiftedClock();
  const world = await openAccessWorld({ clock });
  const { secret } = await world.token("viewer", 1);
  const { socket } = await openLiveClient(world.hub.url, { auth: { token: secret } });

  clock.skip(86_500_000);

  await until("it is cut off", () => !socket.connected);
});

test("nobody gets an event before a valid CONNECT, or after a refused one", async () => {
  const { hub, board } = await openAccessWorld();
  const { secret: password } = await board("cellar");
  const socket = new WebSocket(`${hub.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
  onTestFinished(() => socket.terminate());
  const said: string[] = [];
  socket.on("message", (text) => void said.push(String(text)));
  await within("it opens", new Promise((resolve) => socket.once("open", resolve)));

  socket.send('40{"token":"wrong"}');
  await until("it is refused", () => said.some((text) => text.startsWith("44")));
  const cellar = await connectJs(hub.mqttUrl, { username: "cellar", password });
  await cellar.publish("devices/cellar/telemetry", '{"temperature":21.5}', { qos: 1 });
  socket.send("40"); // its refusal comes behind whatever came before
  await until("it is refused again", () => said.filter((text) => text.startsWith("44")).length === 2);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.send('42["subscribe",{}]');

  await within("an event of nobody ends the session", closed);
  expect(said.map((text) => text.slice(0, 2))).toEqual(["0{", "44", "44"]);
});

test("a session of nobody ends in 5 s, also if it goes on guessing; one that is let in stays", async () => {
  const clock = createStandingClock();
  const world = await openAccessWorld({ clock });
  const { hub } = world;
  const viewer = await world.token("viewer");
  const client = await openLiveClient(hub.url, { auth: { token: viewer.secret } });
  const sids = [await openSession(hub), await openSession(hub)];
  await ask(hub, `${POLLING}&sid=${sids[1]}`, { method: "POST", body: '40{"token":"wrong"}' });
  expect(await sessions(world)).toBe(3);

  clock.advance(4_999);
  expect((await counted(world))["CONNECT_TIMEOUT"]).toBeUndefined();
  clock.advance(1);

  expect((await counted(world))["CONNECT_TIMEOUT"]).toBe(2);
  clock.advance(1_000); // the hub makes its metrics once a second at most
  expect(await sessions(world)).toBe(1);
  expect((await client.subscribe({ batch: true })).ok).toBe(true);
});

test("an address has 20 sessions of nobody: they keep out a client that sends its token in auth, and none with a cookie or header", async () => {
  const settings = { maxLiveSessions: 3, maxLiveSessionsPerAddress: 3 };
  const world = await openAccessWorld({ settings, clock: createStandingClock() }); // none of them ends meanwhile
  const { hub, owner } = world;
  const viewer = await world.token("viewer");

  const opened = await Promise.all(Array.from({ length: 40 }, () => openSession(hub)));
  const full = await attempt(hub.url, { auth: { token: viewer.secret } });
  await openLiveClient(hub.url, { extraHeaders: { ...viewer.headers } });
  const { cookie = "", origin = "" } = owner.headers;
  await openLiveClient(hub.url, { extraHeaders: { cookie, origin } });
  expect(opened.filter((sid) => sid !== undefined)).toHaveLength(20);
  expect(codeOf(full)).toBe("no code"); // the handshake itself was refused, so Socket.IO tries again

  // One that CONNECTs with its token makes room for another one of nobody.
  const [sid] = opened.filter((each) => each !== undefined);
  await ask(hub, `${POLLING}&sid=${sid}`, { method: "POST", body: `40${JSON.stringify({ token: viewer.secret })}` });
  await until("it is let in", async () => (await clients(hub)) === 3);
  expect(await openSession(hub)).toBeDefined();
  expect(await openSession(hub)).toBeUndefined();
  expect((await counted(world))["TOO_MANY_LIVE_SESSIONS_OF_NOBODY"]).toBeGreaterThanOrEqual(20);
});

test("a session of nobody may send no more than a CONNECT needs", async () => {
  const { hub } = await openAccessWorld();
  const closedBy = async (...packets: readonly (string | Buffer)[]) => {
    const socket = new WebSocket(`${hub.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
    onTestFinished(() => socket.terminate());
    await within("it opens", new Promise((resolve) => socket.once("open", resolve)));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    for (const packet of packets) socket.send(packet);
    await within("it is closed", closed, 3_000);
  };

  await closedBy(`40{"token":"${"x".repeat(17_000)}"}`);
  await closedBy('4510-["a",{"_placeholder":true,"num":0}]', Buffer.alloc(9_000), Buffer.alloc(9_000));
});
