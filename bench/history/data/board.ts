/** One simulated board: its readings, one an interval, as intake would hand them to the store. */
import type { DeviceId } from "../../../src/contract/readings.ts";
import type { DeviceState, LatestMetric } from "../../../src/core/ports/stored-device.ts";
import type { ReadingWrite } from "../../../src/core/ports/writes.ts";
import { randomFrom } from "../../helpers/random.ts";
import type { BuiltStore } from "./built-store.ts";
import { type Room, roomWalk, METRIC_NAMES } from "./room-walk.ts";

export interface BoardRequest {
  /** Letters, digits and hyphens. */
  readonly name: string;
  readonly room: Room;
  readonly intervalMs: number;
  /** It gives its own instant; else the hub's time of receipt is the instant. */
  readonly timed: boolean;
  readonly seed: number;
}

export interface Board extends BoardRequest {
  readonly deviceId: DeviceId;
  /** The reading that is due at `dueMs`, a few ms off. */
  reading(dueMs: number): ReadingWrite;
  /** Readings so far. */
  count(): number;
  /** After the last reading. */
  state(): DeviceState;
}

const JITTER_MS = 3;
/** From the board's clock to the hub's receipt. */
const TRAVEL_MS = { least: 2, spread: 12 };
const PACKET_IDS = 65_535;

/** Of a board's name: letters, digits and hyphens are a device id. */
export const deviceIdOf = (name: string): DeviceId => name as DeviceId;

export function createBoard(request: BoardRequest, { metricsOf }: BuiltStore): Board {
  const deviceId = deviceIdOf(request.name);
  const random = randomFrom(request.seed + 1);
  const walk = roomWalk(request.room, request.seed, request.intervalMs);
  let count = 0;
  let last: ReadingWrite | undefined;

  function reading(dueMs: number): ReadingWrite {
    const body = walk.next();
    const writtenMs = dueMs + Math.round((random() * 2 - 1) * JITTER_MS);
    const receivedAtMs = writtenMs + TRAVEL_MS.least + Math.floor(random() * TRAVEL_MS.spread);
    count += 1;
    last = {
      kind: "reading",
      deviceId,
      atMs: request.timed ? writtenMs : receivedAtMs,
      timed: request.timed,
      receivedAtMs,
      metrics: metricsOf(METRIC_NAMES, walk.values()),
      body,
      element: 0,
      packet: { clientId: request.name, id: 1 + (count % PACKET_IDS), dup: false },
    };
    return last;
  }

  function state(): DeviceState {
    const latest = new Map<string, LatestMetric>();
    last?.metrics.forEach((value, metric) => void latest.set(metric, { value, atMs: last?.atMs ?? 0 }));
    return { deviceId, lastHeardAtMs: last?.receivedAtMs ?? 0, intervalMs: request.intervalMs, latest };
  }

  return { ...request, deviceId, reading, count: () => count, state };
}
