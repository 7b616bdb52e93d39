/** `GET /api/export` over the wire: content, filters, the gate, and a reader that is slow or goes away. */
import { request } from "node:http";
import { connect } from "node:net";
import { gunzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import type { Problem } from "../../../src/contract/problem.ts";
import type { Reading } from "../../../src/contract/readings.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type HubAddress, type InProcessHub, spawnHub, startHub } from "../../support/hub/hub.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

const HOUR_MS = 3_600_000;

/** `count` readings of a device, a second apart. */
async function fill(hub: HubAddress, deviceId: string, count: number, more: object = {}, size = 500): Promise<number> {
  const board = await connectJs(hub.mqttUrl);
  const firstMs = Date.now() - 20 * HOUR_MS;
  for (let from = 0; from < count; from += size) {
    const some = Array.from({ length: Math.min(size, count - from) }, (_, at) => ({
      ts: firstMs + (from + at) * 1_000,
      seq: from + at,
      mode: "=1+1",
      ...more,
    }));
    await board.publish(`devices/${deviceId}/telemetry`, JSON.stringify(some), { qos: 1 });
  }
  return firstMs;
}

/** Readings of 5 KB, 40 of which fit a packet: many megabytes are quickly there. */
const fillLong = (hub: HubAddress, deviceId: string, count: number): Promise<number> => {
  const long = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`text${at}`, "x".repeat(250)]));
  return fill(hub, deviceId, count, long, 40);
};

const ndjson = (text: string): Reading[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Reading);

test("NDJSON says of every device in order what REST says of it", async () => {
  const hub = await startHub();
  for (const deviceId of ["b", "a", "c"]) await fill(hub, deviceId, 700);

  const { status, headers, text } = await ask(hub, "/api/export");

  expect(status).toBe(200);
  expect(headers["content-type"]).toBe("application/x-ndjson");
  expect(headers["content-disposition"]).toMatch(/^attachment; filename="aerie-\d{4}-\d\d-\d\d\.ndjson"$/);
  const stored = [await readingsOf(hub, "a"), await readingsOf(hub, "b"), await readingsOf(hub, "c")].flat();
  expect(ndjson(text)).toEqual(stored);
  expect(stored).toHaveLength(2_100);
});

test("CSV has a column for each metric that the devices know, and no formula", async () => {
  const hub = await startHub();
  await fill(hub, "a", 2);
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/b/telemetry", JSON.stringify({ temperature: -5 }), { qos: 1 });

  const { headers, text } = await ask(hub, "/api/export?format=csv");

  expect(headers["content-type"]).toBe("text/csv; charset=utf-8; header=present");
  const [header, first, , third, end] = text.split("\r\n");
  expect(header).toBe("\uFEFF_id,deviceId,timestamp,receivedAt,mode,seq,temperature");
  expect(first).toMatch(/^a-[0-9a-z]+-0,a,[^,]+Z,[^,]+Z,'=1\+1,0,$/);
  expect(third).toMatch(/,,-5$/);
  expect(end).toBe("");
});

test("devices, range and metrics are kept to", async () => {
  const hub = await startHub();
  const firstMs = await fill(hub, "a", 100);
  await fill(hub, "b", 100);

  const from = new Date(firstMs + 10_000).toISOString();
  const { text } = await ask(hub, `/api/export?devices=a&from=${from}&to=${firstMs + 15_000}&metrics=seq`);

  expect(ndjson(text).map(({ deviceId, metrics }) => ({ deviceId, metrics }))).toEqual(
    [10, 11, 12, 13, 14].map((seq) => ({ deviceId: "a", metrics: { seq } })),
  );
});

test("gzip comes where the client says that it understands it, or asks for a file", async () => {
  const hub = await startHub();
  await fill(hub, "a", 50);
  const { text: plain } = await ask(hub, "/api/export");

  const encoded = await raw(hub, "/api/export", { "Accept-Encoding": "gzip" });
  const file = await raw(hub, "/api/export?gzip=true&format=csv");

  expect(encoded.headers["content-encoding"]).toBe("gzip");
  expect(gunzipSync(encoded.body).toString()).toBe(plain);
  expect(file.headers["content-encoding"]).toBeUndefined();
  expect(file.headers["content-type"]).toBe("application/gzip");
  expect(file.headers["content-disposition"]).toContain(".csv.gz");
  expect(gunzipSync(file.body).toString().split("\r\n")).toHaveLength(52);
});

test("what cannot be understood is a fault of its field, and nothing is streamed", async () => {
  const hub = await startHub();
  await fill(hub, "a", 1);

  const unknown = await ask<Problem>(hub, "/api/export?devices=a,nobody");
  const wrong = await ask<Problem>(hub, "/api/export?format=xml&from=2&to=1&limit=5");

  expect(unknown).toMatchObject({ status: 404, body: { code: "DEVICE_UNKNOWN", errors: [{ message: "nobody" }] } });
  expect(wrong).toMatchObject({ status: 400, body: { code: "REQUEST_INVALID" } });
  expect(wrong.body.errors?.map(({ field }) => field)).toEqual(expect.arrayContaining(["format", "limit"]));
});

test("a foreign page or host is not let in, and what the command line may ask is not there", async () => {
  const hub = await startHub();
  await fill(hub, "a", 1);

  expect((await ask(hub, "/api/export", { headers: { Origin: "http://evil.example" } })).status).toBe(403);
  expect((await ask(hub, "/api/export", { headers: { Host: "evil.example" } })).status).toBe(403);
  for (const [method, route] of [
    ["POST", "/import"],
    ["POST", "/rebuild"],
    ["POST", "/backup"],
    ["GET", "/stats"],
    ["GET", "/space"],
    ["GET", "/devices"],
  ] as const) {
    const { status } = await ask(hub, route, { method, ...(method === "POST" && { body: { file: "/tmp/never" } }) });
    expect([method, route, status]).toEqual([method, route, 404]);
  }
});

test("a reader that reads nothing holds a few chunks in the hub, and gets the rest when it reads on", async () => {
  const hub = await spawnHub();
  const count = 16_000;
  await fillLong(hub, "a", count); // 85 MB of lines
  const socket = connect(hub.httpPort, hub.host);
  onTestFinished(() => void socket.destroy());
  socket.pause();
  const before = await residentBytes(hub);

  socket.write(`GET /api/export HTTP/1.1\r\nHost: ${hub.host}:${hub.httpPort}\r\nConnection: close\r\n\r\n`);
  await until("the export stands still", () => isSteady(() => socket.readableLength + socket.bytesRead));
  const held = (await residentBytes(hub)) - before;
  const parts: Buffer[] = [];
  socket.on("data", (part: Buffer) => void parts.push(part));
  socket.resume();
  await new Promise((resolve) => socket.once("close", resolve));

  expect(held).toBeLessThan(50_000_000);
  const text = Buffer.concat(parts).toString("latin1");
  expect(text.endsWith("0\r\n\r\n")).toBe(true);
  expect(text.match(/"_id":"a-[0-9a-z]+-0"/g)).toHaveLength(count);
});

test("a client that goes away stops the export, and one whose hub stops sees that it is not whole", async () => {
  const hub = await startHub();
  await fillLong(hub, "a", 4_000);

  const gone = await begin(hub);
  gone.destroy();
  const cut = await begin(hub);
  const ended = new Promise<string>((resolve) => {
    cut.on("error", ({ message }) => resolve(message)).on("end", () => resolve("end"));
  });
  await hub.close();
  cut.resume();

  expect(await ended).toBe("aborted");
  expect(hub.logged.filter(({ level }) => level === "error")).toEqual([]);
});

interface RawAnswer {
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly body: Buffer;
}

function raw(hub: HubAddress, path: string, headers: Record<string, string> = {}): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: hub.host, port: hub.httpPort, path, agent: false, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => void parts.push(part));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(parts) }));
    });
    asked.on("error", reject).end();
  });
}

/** An export whose first bytes are here, and that is not read on. */
function begin(hub: InProcessHub) {
  return new Promise<import("node:http").IncomingMessage>((resolve, reject) => {
    const asked = request({ host: hub.host, port: hub.httpPort, path: "/api/export", agent: false }, (response) => {
      response.once("readable", () => resolve(response));
    });
    asked.on("error", reject).end();
  });
}

async function residentBytes(hub: HubAddress): Promise<number> {
  const { text } = await ask(hub, "/metrics");
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
}

let last = -1;
let same = 0;

/** It was the same ten times. */
function isSteady(value: () => number): boolean {
  const now = value();
  same = now === last ? same + 1 : 0;
  last = now;
  return same >= 10;
}
