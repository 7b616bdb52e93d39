/** An export whose reader stands still holds up nobody: neither the write-ahead log nor ingest. Tried by hand: with the export in one transaction the log grew with all that was written. */
import { statSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import path from "node:path";
import { expect, test } from "vitest";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type HubAddress, spawnHub } from "../../support/hub/hub.ts";

const MIB = 2 ** 20;
/** The store begins a checkpoint at 32 MiB of log. */
const BOUND_BYTES = 64 * MIB;
/** Readings of 2 KB; a hundred fit a packet. */
const NOTES = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`note${index}`, "x".repeat(190)]));
const SIZE = 100;
const MESSAGES_BEFORE = 150;
const MESSAGES_MEANWHILE = 350;

test("an export that is not read on lets the log restart and ingest continue as before, and is whole in the end", {
  timeout: 180_000,
}, async () => {
  const hub = await spawnHub();
  const board = await connectJs(hub.mqttUrl);
  const firstMs = Date.now() - 3_600_000;
  let sent = 0;
  /** The ms that each acknowledgement took. */
  async function publish(messages: number, after: () => void = () => {}): Promise<number[]> {
    const took: number[] = [];
    for (let message = 0; message < messages; message++) {
      const some = Array.from({ length: SIZE }, () => ({ ts: firstMs + sent, seq: sent++, ...NOTES }));
      const sinceMs = performance.now();
      await board.publish("devices/a/telemetry", JSON.stringify(some), { qos: 1 });
      took.push(performance.now() - sinceMs);
      after();
    }
    return took.sort((a, b) => a - b);
  }

  const before = await publish(MESSAGES_BEFORE);
  const atStart = sent;
  const response = await exportOf(hub); // nobody reads on
  let largest = 0;
  const logBytes = (): number => statSync(path.join(hub.dataDir, "aerie.db-wal")).size;
  const meanwhile = await publish(MESSAGES_MEANWHILE, () => {
    largest = Math.max(largest, logBytes());
  });

  expect(largest / MIB).toBeLessThan(BOUND_BYTES / MIB);
  expect((MESSAGES_MEANWHILE * SIZE * 2_000) / MIB).toBeGreaterThan(BOUND_BYTES / MIB);
  const median = (list: readonly number[]): number => list[list.length >> 1] ?? 0;
  expect(median(meanwhile)).toBeLessThan(2 * median(before));
  const lines = await linesOf(response);
  expect(lines).toBeGreaterThanOrEqual(atStart);
  expect(lines).toBeLessThanOrEqual(sent);
});

const exportOf = (hub: HubAddress): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(`${hub.url}/api/export?devices=a`, { headers: { "Accept-Encoding": "identity" } }, resolve).on("error", reject);
  });

/** Rejects where it breaks off. */
async function linesOf(response: IncomingMessage): Promise<number> {
  let lines = 0;
  for await (const part of response) for (const byte of part as Buffer) if (byte === 10) lines++;
  return lines;
}
