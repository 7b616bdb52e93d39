/** The rules of identity and of latest values, written once more in the plainest way, to hold a store against. */

import type { DeviceId } from "../../../src/contract/readings.ts";
import type { ReadingMetrics } from "../../../src/core/model/metric-list.ts";
import type { DeviceState, LatestMetric } from "../../../src/core/ports/stored-device.ts";
import type { ReadingWrite, WriteOutcome, WritesOfMessage } from "../../../src/core/ports/writes.ts";
import { bodyText } from "./body-text.ts";

interface Row {
  readonly write: ReadingWrite;
  readonly n: number;
}

export interface IdentityModel {
  append(messages: readonly WritesOfMessage[]): WriteOutcome[][];
  /** By instant and n. */
  readings(deviceId: DeviceId): { atMs: number; n: number; receivedAtMs: number; body: string }[];
  states(): DeviceState[];
}

export function createIdentityModel(): IdentityModel {
  const rows: Row[] = [];

  function appendOne(write: ReadingWrite, taken: Set<Row>): WriteOutcome {
    const ofDevice = rows.filter((row) => row.write.deviceId === write.deviceId);
    const copy = write.timed
      ? ofDevice.find((row) => !taken.has(row) && sameInstant(row, write))
      : ofDevice.findLast((row) => samePacket(row, write)); // its place in the message tells elements apart
    if (copy !== undefined) {
      taken.add(copy);
      return { kind: "duplicate" };
    }
    const row = { write, n: ofDevice.filter((each) => each.write.atMs === write.atMs).length };
    rows.push(row);
    taken.add(row);
    return { kind: "stored", n: row.n };
  }

  return {
    append: (messages) =>
      messages.map((writes) => {
        const taken = new Set<Row>();
        return writes.map((write) => (write.kind === "reading" ? appendOne(write, taken) : { kind: "stored", n: 0 }));
      }),
    readings: (deviceId) =>
      rows
        .filter(({ write }) => write.deviceId === deviceId)
        .map(({ write: { atMs, receivedAtMs, body }, n }) => ({ atMs, n, receivedAtMs, body: bodyText(body) }))
        .sort((a, b) => a.atMs - b.atMs || a.n - b.n),
    states: () => {
      const states = new Map<DeviceId, { lastHeardAtMs: number; latest: Map<string, LatestMetric> }>();
      for (const { write } of rows) {
        const state = states.get(write.deviceId) ?? { lastHeardAtMs: 0, latest: new Map<string, LatestMetric>() };
        states.set(write.deviceId, state);
        state.lastHeardAtMs = Math.max(state.lastHeardAtMs, write.receivedAtMs);
        for (const [name, value] of write.metrics) {
          if (write.atMs >= (state.latest.get(name)?.atMs ?? 0)) state.latest.set(name, { value, atMs: write.atMs });
        }
      }
      return [...states].map(([deviceId, state]) => ({ deviceId, intervalMs: undefined, ...state }));
    },
  };
}

const sameInstant = (row: Row, write: ReadingWrite): boolean =>
  row.write.atMs === write.atMs && sameMetrics(row.write.metrics, write.metrics);

function samePacket({ write: former }: Row, write: ReadingWrite): boolean {
  if (former.timed || write.packet?.dup !== true) return false;
  return (
    former.packet?.clientId === write.packet.clientId &&
    former.packet.id === write.packet.id &&
    former.element === write.element &&
    Math.abs(write.receivedAtMs - former.receivedAtMs) <= 600_000 &&
    sameMetrics(former.metrics, write.metrics)
  );
}

function sameMetrics(a: ReadingMetrics, b: ReadingMetrics): boolean {
  return a.size === b.size && [...a].every(([name, value]) => b.get(name) === value);
}
