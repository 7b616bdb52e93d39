/** Large answers: few of one caller at once, byte for byte what they were, and made in another thread than the one that answers boards. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { expect, test } from "vitest";
import type { Problem } from "../../../src/contract/problem.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { type HubAddress, spawnHub, startHub } from "../../support/hub/hub.ts";
import { ask, refusedCount } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

const HOUR_MS = 3_600_000;
/** 2 KB. */
const NOTES = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`note${index}`, "x".repeat(190)]));
const AT_ONCE = 4;
const MOST_WAITING = 50;
const TOO_MANY = 7;
/** In which CPU time is measured, and the answers of each. */
const ROUNDS = 5;
const ANSWERS = 5;

async function publish(hub: HubAddress, count: number, metrics: (seq: number) => object): Promise<void> {
  const board = await connectJs(hub.mqttUrl);
  const firstMs = Date.now() - HOUR_MS;
  for (let from = 0; from < count; from += 100) {
    const some = Array.from({ length: Math.min(100, count - from) }, (_, index) => ({
      ts: firstMs + (from + index) * 100,
      ...metrics(from + index),
    }));
    await board.publish("devices/a/telemetry", JSON.stringify(some), { qos: 1 });
  }
}

/** Settles with the head of the answer; nobody reads on. */
function begin(hub: HubAddress, path: string, localAddress = "127.0.0.1"): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { host, httpPort: port } = hub;
    request({ host, port, path, agent: false, localAddress }, resolve).on("error", reject).end();
  });
}

test("a caller has four large answers at once: more wait, too many are refused and counted, and others are answered", async () => {
  const hub = await startHub();
  await publish(hub, 4_000, (seq) => ({ seq, ...NOTES }));
  const page = "/api/devices/a/readings?limit=10000";
  const held = await Promise.all(Array.from({ length: AT_ONCE }, () => begin(hub, page)));

  const more = Array.from({ length: MOST_WAITING + TOO_MANY }, () => ask<Problem>(hub, "/api/devices?limit=1"));
  const answered: Awaited<(typeof more)[number]>[] = [];
  for (const each of more) void each.then((answer) => answered.push(answer));
  await until("too many are refused", () => answered.length === TOO_MANY);

  for (const { status, headers, body } of answered) {
    expect({ status, code: body.code }).toEqual({ status: 429, code: "TOO_MANY_LARGE_REQUESTS" });
    expect(Number(headers["retry-after"])).toBeGreaterThanOrEqual(1);
  }
  expect(await refusedCount(hub, "TOO_MANY_LARGE_REQUESTS")).toBe(TOO_MANY);
  expect((await begin(hub, "/api/devices", "127.0.0.9")).statusCode).toBe(200);
  expect((await begin(hub, "/api/export?devices=a")).statusCode).toBe(200);
  expect((await ask(hub, "/api/devices/a/latest")).status).toBe(200);
  expect(answered).toHaveLength(TOO_MANY);

  held[0]?.destroy();
  const statuses = (await Promise.all(more)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(MOST_WAITING);
});

test("a reader that takes nothing of its page for a minute is cut off and counted, and its turn is another's", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  await publish(hub, 4_000, (seq) => ({ seq, ...NOTES }));
  const page = "/api/devices/a/readings?limit=10000";
  const held = await Promise.all(Array.from({ length: AT_ONCE }, () => begin(hub, page)));
  const closed = held.map(
    (each) => new Promise<void>((resolve) => void each.on("error", resolve).on("close", resolve)),
  );
  const paused = await begin(hub, "/api/export?devices=a&format=ndjson");
  const waits = ask(hub, "/api/devices?limit=1");
  await refusedCount(hub, "READER_TOO_SLOW"); // the request before has come

  clock.skip(50_000);
  expect(await refusedCount(hub, "READER_TOO_SLOW")).toBe(0);
  // Until the sockets are full each piece has its own minute.
  await until("they are cut off", async () => {
    clock.skip(60_001);
    return (await refusedCount(hub, "READER_TOO_SLOW")) === AT_ONCE;
  });
  expect((await waits).status).toBe(200);
  for (const each of held) each.resume();
  await Promise.all(closed);
  expect(held.map(({ complete }) => complete)).toEqual([false, false, false, false]);
  await drained(paused);
  expect(paused.complete).toBe(true);
});

test("who goes away gives back its turn and its place in the queue, at whatever moment", async () => {
  const hub = await startHub();
  await publish(hub, 100, (seq) => ({ seq, ...NOTES }));
  const { host, httpPort: port } = hub;
  const path = "/api/devices/a/readings?limit=10000";
  for (let index = 0; index < 20; index++) {
    const asked = request({ host, port, path, agent: false }, (response) => response.destroy());
    const gone = new Promise<void>((resolve) => void asked.on("error", () => undefined).on("close", resolve));
    asked.end(() => index % 2 === 0 && setImmediate(() => asked.destroy()));
    await gone;
  }
  // More than begin in one turn of the event loop, gone before it is theirs.
  const hasty = Array.from({ length: 100 }, () => connect({ host, port }).on("error", () => undefined));
  await Promise.all(hasty.map((socket) => once(socket, "connect")));
  for (const socket of hasty) socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`, () => socket.destroy());
  await until("all have gone", async () => {
    const answers = await Promise.all(Array.from({ length: AT_ONCE + MOST_WAITING }, () => ask(hub, path)));
    return answers.every(({ status }) => status === 200);
  });
});

test("pages, charts and lists are byte for byte what JSON.stringify makes of them, compressed or not", async () => {
  const hub = await startHub();
  const odd = ["", 'a"b', "ä€😀", "\\\u2028\n", "-0", "1e21"];
  const board = await connectJs(hub.mqttUrl);
  const spaced = `[ { "ts": ${Date.now() - HOUR_MS}, "b": 1.50, "a": -0, "b": 2e3 }, {"text":"\\u00e4\\/"} ]`;
  await board.publish("devices/a/telemetry", spaced, { qos: 1 });
  await publish(hub, 150, (seq) => ({ seq, ratio: seq / 7, huge: 1e21 * seq, on: seq % 2 === 0, text: odd[seq % 6] }));

  for (const path of [
    "/api/devices/a/readings?limit=40",
    "/api/devices/a/readings?limit=10000&order=asc",
    "/api/devices/a/readings?from=1&to=2",
    "/api/devices/a/series?metrics=seq,ratio,huge,on,text,none&points=1000",
    "/api/devices/a/series?metrics=ratio&points=7",
    "/api/devices",
    "/api/devices?search=nobody",
  ]) {
    const { status, headers, text, body } = await ask(hub, path);
    const packed = await fetch(hub.url + path, { headers: { "accept-encoding": "gzip" } });
    const head = await ask(hub, path, { method: "HEAD" });
    expect({ path, status, text }).toEqual({ path, status: 200, text: JSON.stringify(body) });
    expect(headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    expect(Object.keys((await packed.json()) as object)).toEqual(Object.keys(body as object));
    expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: "" });
  }
  const { text } = await ask(hub, "/api/devices/a/readings?order=asc&limit=1");
  expect(text).toMatch(/^{"readings":\[{"_id":"a-[^"]+","deviceId":"a","timestamp":"[^"]+","receivedAt":"[^"]+",/);
  expect(text).toMatch(/"metrics":{"b":2000,"a":0}}\],"nextCursor":"[^"]+"}$/);
});

test("a large answer costs the hub's main thread less than to read and write its text once", async () => {
  const hub = await spawnHub();
  const names = Array.from({ length: 14 }, (_, index) => `metric${index}`);
  await publish(hub, 2_000, (seq) => Object.fromEntries(names.map((name, index) => [name, seq / (index + 3)])));
  const paths = [
    "/api/devices/a/readings?limit=10000",
    `/api/devices/a/series?metrics=${names.join(",")}&points=10000`,
  ] as const;
  for (const path of paths) {
    const { text } = await ask(hub, path);
    // Both sides are compiled and have their memory only after some rounds, and whatever else runs on the machine adds to either: of each
    // side its cheapest round counts.
    const answering: number[] = [];
    const parsing: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const before = mainThreadMs(hub.pid);
      await Promise.all(Array.from({ length: ANSWERS }, () => begin(hub, path).then(drained)));
      answering.push(mainThreadMs(hub.pid) - before);
      const since = process.cpuUsage();
      for (let time = 0; time < ANSWERS; time++) JSON.stringify(JSON.parse(text));
      const { user, system } = process.cpuUsage(since);
      parsing.push((user + system) / 1_000);
    }
    expect(Math.min(...answering), path).toBeLessThan(Math.min(...parsing));
  }
});

/** CPU time so far. */
const mainThreadMs = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;

const drained = (response: IncomingMessage): Promise<void> =>
  new Promise((resolve) => void response.resume().on("end", resolve));

test("who asks for /metrics at the same moment is given the same text", async () => {
  const hub = await startHub();
  const [first, ...others] = await Promise.all(Array.from({ length: 10 }, () => ask(hub, "/metrics")));
  expect(first?.text).toContain("process_cpu_seconds_total");
  for (const { text } of others) expect(text).toBe(first?.text);
});
