/** The REST interface over HTTP: pages, cursors, limits, faults by field, names, deletion, headers, health. */
import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import type { Problem } from "../../../src/contract/problem.ts";
import type { Device, Reading } from "../../../src/contract/readings.ts";
import type {
  DevicesPage,
  LatestAnswer,
  Readiness,
  ReadingsPage,
  RefusalsAnswer,
  SeriesAnswer,
} from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type HubAddress, type InProcessHub, spawnHub, startHub } from "../../support/hub/hub.ts";
import { hubOfFile, unique } from "../../support/hub/hub-of-file.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";

const HOUR_MS = 3_600_000;
/** For tests that look at devices of their own only. */
const hubOf = hubOfFile();

/** `count` readings of a device, a second apart and newest an hour ago; `seq` counts them from 0. */
async function fill(hub: InProcessHub, deviceId: string, count: number): Promise<number> {
  const board = await connectJs(hub.mqttUrl);
  const firstMs = Date.now() - HOUR_MS - count * 1_000;
  const readings = Array.from({ length: count }, (_, seq) => ({
    ts: firstMs + seq * 1_000,
    seq,
    temperature: 20 + seq / 10,
  }));
  for (let from = 0; from < count; from += 1_000) {
    await board.publish(`devices/${deviceId}/telemetry`, JSON.stringify(readings.slice(from, from + 1_000)), {
      qos: 1,
    });
  }
  return firstMs;
}

const seqs = (readings: readonly Reading[]): unknown[] => readings.map(({ metrics }) => metrics["seq"]);
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

test("readings come newest first, 500 at a time, and cursors lead through all of them once", async () => {
  const hub = hubOf();
  const a = unique("a");
  await fill(hub, a, 1_234);
  const pages: ReadingsPage[] = [];
  let cursor: string | null = "";

  while (cursor !== null) {
    const query: string = cursor === "" ? "" : `?cursor=${cursor}`;
    const { body } = await ask<ReadingsPage>(hub, `/api/devices/${a}/readings${query}`);
    pages.push(body);
    cursor = body.nextCursor;
  }

  expect(pages.map(({ readings }) => readings.length)).toEqual([500, 500, 234]);
  expect(seqs(pages.flatMap(({ readings }) => readings))).toEqual(numbers(0, 1_234).reverse());
});

test("a cursor goes on where it was, though readings came before and behind it", async () => {
  const hub = hubOf();
  const a = unique("a");
  const firstMs = await fill(hub, a, 10);
  const first = await ask<ReadingsPage>(hub, `/api/devices/${a}/readings?limit=4&order=asc`);

  const board = await connectJs(hub.mqttUrl);
  const late = [
    { ts: firstMs - 5_000, seq: -1 },
    { ts: firstMs + 10_000, seq: 10 },
  ];
  await board.publish(`devices/${a}/telemetry`, JSON.stringify(late), { qos: 1 });
  const rest = await ask<ReadingsPage>(
    hub,
    `/api/devices/${a}/readings?limit=100&order=asc&cursor=${first.body.nextCursor}`,
  );

  expect(seqs(first.body.readings)).toEqual(numbers(0, 4));
  expect(seqs(rest.body.readings)).toEqual(numbers(4, 11));
  expect(rest.body.nextCursor).toBeNull();
});

test("a page of readings of one instant keeps its order and loses none", async () => {
  const hub = hubOf();
  const a = unique("a");
  const board = await connectJs(hub.mqttUrl);
  const ts = Date.now() - HOUR_MS;
  await board.publish(`devices/${a}/telemetry`, JSON.stringify(numbers(0, 25).map((seq) => ({ ts, seq }))), { qos: 1 });

  const readings: Reading[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const { body } = await ask<ReadingsPage>(hub, `/api/devices/${a}/readings?limit=7&order=asc${query}`);
    readings.push(...body.readings);
    cursor = body.nextCursor;
  }

  expect(seqs(readings)).toEqual(numbers(0, 25));
  expect(new Set(readings.map(({ _id }) => _id)).size).toBe(25);
});

test("from is inclusive, to is not; both take ISO 8601, epoch seconds and epoch milliseconds", async () => {
  const hub = hubOf();
  const a = unique("a");
  const firstMs = await fill(hub, a, 10);
  const [from, to] = [firstMs + 2_000, firstMs + 5_000];
  const iso = (ms: number): string => encodeURIComponent(new Date(ms).toISOString());

  for (const query of [
    `from=${from}&to=${to}`,
    `from=${iso(from)}&to=${iso(to)}`,
    `from=${from / 1000}&to=${to / 1000}`,
  ]) {
    const { body } = await ask<ReadingsPage>(hub, `/api/devices/${a}/readings?order=asc&${query}`);
    expect([query, seqs(body.readings)]).toEqual([query, [2, 3, 4]]);
  }
});

test("a reading older than a day is found when it is asked for, and only then", async () => {
  const hub = hubOf();
  const a = unique("a");
  const board = await connectJs(hub.mqttUrl);
  const ts = Date.now() - 25 * HOUR_MS;
  await board.publish(`devices/${a}/telemetry`, JSON.stringify({ ts, seq: 1 }), { qos: 1 });

  expect(await readingsOf(hub, a)).toHaveLength(1);
  expect((await ask<ReadingsPage>(hub, `/api/devices/${a}/readings`)).body.readings).toEqual([]);
});

test("a series gives raw points while they fit, and buckets with true extremes when they do not", async () => {
  const hub = hubOf();
  const a = unique("a");
  const firstMs = await fill(hub, a, 1_000);

  const raw = await ask<SeriesAnswer>(hub, `/api/devices/${a}/series?metrics=seq,nothing&points=1000`);
  const range = `from=${firstMs}&to=${firstMs + 1_000_000}`;
  const coarse = await ask<SeriesAnswer>(hub, `/api/devices/${a}/series?metrics=seq&points=10&${range}`);

  expect(raw.body.resolution).toBe(0);
  expect(raw.body.metrics["seq"]?.mean).toEqual(numbers(0, 1_000));
  expect(raw.body.metrics["seq"]?.t[1]).toBe(firstMs + 1_000);
  expect(raw.body.metrics["nothing"]).toEqual({ t: [], mean: [], min: [], max: [], count: [] });
  const buckets = coarse.body.metrics["seq"];
  expect(coarse.body.resolution).toBeGreaterThan(0);
  expect(buckets?.t.length).toBeLessThanOrEqual(11);
  expect(buckets?.count.reduce((sum, count) => sum + count, 0)).toBe(1_000);
  expect(Math.min(...(buckets?.min ?? []))).toBe(0);
  expect(Math.max(...(buckets?.max ?? []))).toBe(999);
});

test("devices come in the order of their ids, by pages and by search", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  const ids = numbers(10, 35).map((number) => `board-${number}`);
  for (const id of [...ids].reverse()) await board.publish(`devices/${id}/telemetry/temperature`, "20", { qos: 1 });

  const first = await ask<DevicesPage>(hub, "/api/devices?limit=10");
  const second = await ask<DevicesPage>(hub, `/api/devices?limit=10&cursor=${first.body.nextCursor}`);
  const third = await ask<DevicesPage>(hub, `/api/devices?limit=10&cursor=${second.body.nextCursor}`);
  const found = await ask<DevicesPage>(hub, "/api/devices?search=ARD-2");

  const pages = [first, second, third].map(({ body }) => body);
  expect(pages.flatMap(({ devices }) => devices.map(({ deviceId }) => deviceId))).toEqual(ids);
  expect(pages.map(({ total }) => total)).toEqual([25, 25, 25]);
  expect(third.body.nextCursor).toBeNull();
  expect(found.body.devices.map(({ deviceId }) => deviceId)).toEqual(ids.filter((id) => id.startsWith("board-2")));
  expect(found.body.total).toBe(10);
  expect(first.body.devices[0]).toMatchObject({ presence: "online", latest: { temperature: { value: 20 } } });
});

test("latest is the greatest instant of each metric, whatever came last", async () => {
  const hub = hubOf();
  const a = unique("a");
  const board = await connectJs(hub.mqttUrl);
  const now = Date.now();
  const send = (reading: object) => board.publish(`devices/${a}/telemetry`, JSON.stringify(reading), { qos: 1 });
  await send({ ts: now - 1_000, temperature: 21, humidity: 50 });
  await send({ ts: now - 9_000, temperature: 19, pressure: 1_000 });

  const { body } = await ask<LatestAnswer>(hub, `/api/devices/${a}/latest`);

  const at = (ms: number): string => new Date(ms).toISOString();
  expect(body).toEqual({
    deviceId: a,
    metrics: {
      temperature: { value: 21, timestamp: at(now - 1_000) },
      humidity: { value: 50, timestamp: at(now - 1_000) },
      pressure: { value: 1_000, timestamp: at(now - 9_000) },
    },
  });
});

test.each([
  ["/api/devices?limit=0", "limit"],
  ["/api/devices?limit=1001", "limit"],
  ["/api/devices?limit=ten", "limit"],
  ["/api/devices?limit=1&limit=2", "limit"],
  ["/api/devices?cursor=%21", "cursor"],
  ["/api/devices?colour=red", "colour"],
  ["/api/devices/a/readings?limit=10001", "limit"],
  ["/api/devices/a/readings?order=up", "order"],
  ["/api/devices/a/readings?from=yesterday", "from"],
  ["/api/devices/a/readings?from=2026-01-01T00:00:00", "from"],
  ["/api/devices/a/readings?to=2026-13-01T00:00:00Z", "to"],
  ["/api/devices/a/readings?to=2026-02-30T00:00:00Z", "to"],
  ["/api/devices/a/readings?from=2000&to=1000", "from"],
  ["/api/devices/a/readings?cursor=abc", "cursor"],
  ["/api/devices/a/series", "metrics"],
  ["/api/devices/a/series?metrics=", "metrics"],
  ["/api/devices/a/series?metrics=t&points=0", "points"],
])("GET %s is answered with 400 that names %s", async (path, field) => {
  const hub = hubOf();
  await fill(hub, "a", 1);

  const answer = await ask<Problem>(hub, path);

  expect(answer.status).toBe(400);
  expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
  expect(answer.body).toMatchObject({ type: "about:blank", status: 400, code: "REQUEST_INVALID" });
  expect(answer.body.errors?.map((each) => each.field.split(".")[0])).toContain(field);
});

test.each([
  ["GET", "/api/devices/nobody", "DEVICE_UNKNOWN"],
  ["GET", "/api/devices/nobody/latest", "DEVICE_UNKNOWN"],
  ["GET", "/api/devices/nobody/readings", "DEVICE_UNKNOWN"],
  ["GET", "/api/devices/nobody/series?metrics=t", "DEVICE_UNKNOWN"],
  ["PATCH", "/api/devices/nobody", "DEVICE_UNKNOWN"],
  ["DELETE", "/api/devices/nobody", "DEVICE_UNKNOWN"],
  ["GET", "/api/devices/__proto__", "DEVICE_UNKNOWN"],
  ["GET", "/api/devices/constructor", "DEVICE_UNKNOWN"],
  ["GET", "/api/users", "ACCOUNTS_OFF"],
  ["GET", "/api/boards", "ACCOUNTS_OFF"],
  ["GET", "/api/pairing", "ACCOUNTS_OFF"],
  ["GET", "/api/nothing", "ROUTE_UNKNOWN"],
  ["POST", "/api/devices", "ROUTE_UNKNOWN"],
  ["GET", "/nothing.html", "ROUTE_UNKNOWN"],
  ["GET", "/../package.json", "ROUTE_UNKNOWN"],
  ["GET", "/%2e%2e/build.json", "ROUTE_UNKNOWN"],
])("%s %s is answered with 404 %s", async (method, path, code) => {
  const hub = hubOf();

  const answer = await ask<Problem>(hub, path, { method, ...(method === "PATCH" && { body: {} }) });

  expect(answer.status).toBe(404);
  expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
  expect(answer.body.code).toBe(code);
});

test.each([
  ["a body that is no JSON", "{name", 400, "REQUEST_INVALID"],
  ["a wrong type", { name: 5 }, 400, "REQUEST_INVALID"],
  ["an unknown field", { colour: "red" }, 400, "REQUEST_INVALID"],
  ["a long name", { name: "x".repeat(101) }, 400, "REQUEST_INVALID"],
  ["a huge body", { name: "x".repeat(20_000) }, 413, "BODY_TOO_LARGE"],
] as const)("PATCH with %s is refused and changes nothing", async (_what, body, status, code) => {
  const hub = hubOf();
  const a = unique("a");
  await fill(hub, a, 1);

  const answer = await ask<Problem>(hub, `/api/devices/${a}`, { method: "PATCH", body });

  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect((await ask<Device>(hub, `/api/devices/${a}`)).body.name).toBeUndefined();
});

test("a name and a place are kept over a restart, and taken away by null or empty text", async () => {
  const hub = await spawnHub();
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/a/telemetry/temperature", "20", { qos: 1 });

  const patched = await ask<Device>(hub, "/api/devices/a", {
    method: "PATCH",
    body: { name: " Boiler ", place: "Cellar" },
  });
  await hub.kill();
  const restarted = await startHub({ settings: { dataDir: hub.dataDir } });
  const kept = await ask<Device>(restarted, "/api/devices/a");
  const cleared = await ask<Device>(restarted, "/api/devices/a", { method: "PATCH", body: { name: null, place: "" } });

  expect(patched.body).toMatchObject({ name: "Boiler", place: "Cellar" });
  expect(kept.body).toMatchObject({ name: "Boiler", place: "Cellar" });
  expect([cleared.body.name, cleared.body.place]).toEqual([undefined, undefined]);
});

test("what its owner says of a metric goes before the catalogue, also after a restart, until it is taken away", async () => {
  const hub = await spawnHub();
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/a/telemetry", '{"temperature":70,"pressure":101325,"x":1}', { qos: 1 });
  const patch = (at: HubAddress, metrics: object | null) =>
    ask<Device>(at, "/api/devices/a", { method: "PATCH", body: { metrics } });

  const before = await ask<Device>(hub, "/api/devices/a");
  await patch(hub, { temperature: { unit: "°F", digits: 0 }, x: { label: "Level", unit: "cm" } });
  const changed = await patch(hub, { x: null });
  await hub.kill();
  const restarted = await startHub({ settings: { dataDir: hub.dataDir } });
  const kept = await ask<Device>(restarted, "/api/devices/a");
  const cleared = await patch(restarted, null);

  expect(before.body.metricInfo["temperature"]).toMatchObject({ label: "Temperature", unit: "°C", digits: 1 });
  expect(before.body.metricInfo["pressure"], "no pressure is 101,325 hPa").toMatchObject({ unit: "" });
  for (const { body } of [changed, kept]) {
    expect(body.metricInfo["temperature"]).toMatchObject({ label: "Temperature", unit: "°F", digits: 0 });
    expect(body.metricInfo["x"]).toBeUndefined();
  }
  expect(cleared.body.metricInfo).toEqual(before.body.metricInfo);
});

test("a deleted device is gone with its readings, also after a restart; if it speaks again it is a new device", async () => {
  const hub = await spawnHub();
  const board = await connectJs(hub.mqttUrl);
  const readings = numbers(0, 1_000).map((seq) => ({ ts: Date.now() - HOUR_MS + seq, seq }));
  for (const id of ["a", "b"]) await board.publish(`devices/${id}/telemetry`, JSON.stringify(readings), { qos: 1 });

  const deleted = await ask(hub, "/api/devices/a", { method: "DELETE" });
  const after = await ask(hub, "/api/devices/a/readings");
  await board.publish("devices/a/telemetry", '{"seq":7}', { qos: 1 });
  await hub.kill();
  const restarted = await startHub({ settings: { dataDir: hub.dataDir } });

  expect([deleted.status, deleted.text]).toEqual([204, ""]);
  expect(after.status).toBe(404);
  expect(seqs(await readingsOf(restarted, "a"))).toEqual([7]);
  expect(await readingsOf(restarted, "b")).toHaveLength(1_000);
});

test("every answer carries the security headers, and none that blanks a page without TLS", async () => {
  const hub = hubOf();

  for (const path of ["/", "/api/devices", "/nothing", "/healthz"]) {
    const { headers } = await ask(hub, path);
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain("upgrade-insecure-requests");
    expect(headers["strict-transport-security"]).toBeUndefined();
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["x-frame-options"]).toBe("SAMEORIGIN");
    expect(headers["x-powered-by"]).toBeUndefined();
  }
});

test("the dashboard is served with what it needs: the page each time, its assets for ever", async () => {
  const hub = hubOf();

  const page = await ask(hub, "/");
  const [, script = ""] = /src="\.?(\/assets\/[^"]+\.js)"/.exec(page.text) ?? [];
  const asset = await ask(hub, script);

  expect(page.headers["content-type"]).toMatch(/^text\/html/);
  expect(page.headers["cache-control"]).toBe("no-cache");
  expect(asset.status).toBe(200);
  expect(asset.headers["content-type"]).toMatch(/javascript/);
  expect(asset.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  expect((await ask(hub, "/websocket-test.html")).status).toBe(200);
});

test("a file is whole, whatever part of it is asked for, and what is no file may not be kept as one", async () => {
  const hub = hubOf();
  const { text } = await ask(hub, "/");
  const [, script = ""] = /"\.?(\/assets\/first-page-[^"]+\.js)"/.exec(text) ?? [];
  for (const range of ["bytes=0-3", "bytes=99999999-"]) {
    const part = await ask(hub, script, { headers: { range } });
    expect([part.status, part.headers["content-range"]]).toEqual([200, undefined]);
    expect(part.text.length).toBeGreaterThan(10_000);
  }
  const other = await ask(hub, script, { headers: { "if-match": '"another"' } });
  expect([other.status, other.headers["cache-control"], other.headers["etag"]]).toEqual([412, undefined, undefined]);
});

test("a browser that leaves a page before it has come is no error in the log", async () => {
  const hub = hubOf();
  for (let times = 0; times < 40; times++) {
    const socket = connect(hub.httpPort, "127.0.0.1");
    await once(socket, "connect");
    socket.write(`GET /index.html HTTP/1.1\r\nHost: 127.0.0.1:${hub.httpPort}\r\n\r\n`);
    await new Promise(setImmediate);
    socket.resetAndDestroy();
    await once(socket, "close");
  }
  expect((await ask(hub, "/healthz")).status).toBe(200);
  expect(hub.logged.filter(({ level }) => level === "error")).toEqual([]);
});

test("/healthz and /readyz say that all is well, and /metrics counts without naming devices", async () => {
  const hub = await startHub();
  await fill(hub, "secret-device", 30);

  expect((await ask(hub, "/healthz")).body).toEqual({ alive: true });
  const ready = await ask<Readiness>(hub, "/readyz");
  expect(ready.status).toBe(200);
  expect(ready.body).toMatchObject({ ready: true, problems: [] });
  // How full the disk is that the tests run on is not theirs to say.
  expect(ready.body.warnings.filter(({ part }) => part !== "disk")).toEqual([]);
  const metrics = await ask(hub, "/metrics");
  expect(metrics.headers["content-type"]).toMatch(/^text\/plain/);
  expect(metrics.text).toMatch(/^aerie_readings_total\{outcome="stored"\} 30$/m);
  expect(metrics.text).toMatch(/^aerie_messages_total\{outcome="stored"\} 1$/m);
  expect(metrics.text).toMatch(/^aerie_devices 1$/m);
  expect(metrics.text).toMatch(/^aerie_disk_written_bytes \d+$/m);
  expect(metrics.text).toMatch(/^aerie_hot_readings \d+$/m);
  expect(metrics.text).not.toContain("secret-device");
});

test("two changes of one device at once are both kept", async () => {
  const hub = hubOf();
  const a = unique("a");
  await fill(hub, a, 1);
  const patch = (body: object) => ask<Device>(hub, `/api/devices/${a}`, { method: "PATCH", body });
  await Promise.all([patch({ name: "Boiler" }), patch({ place: "Cellar" })]);
  const { body } = await ask<Device>(hub, `/api/devices/${a}`);
  expect([body.name, body.place]).toEqual(["Boiler", "Cellar"]);
});

test("/api/rejections, the former name of /api/refusals, answers the same", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/a/telemetry", "no JSON", { qos: 1 });
  const now = await ask<RefusalsAnswer>(hub, "/api/refusals");
  const former = await ask<RefusalsAnswer>(hub, "/api/rejections");
  expect(now.body.rejections).toMatchObject([{ code: "PAYLOAD_NOT_JSON", deviceId: "a", count: 1 }]);
  expect(former.body).toEqual(now.body);
});
