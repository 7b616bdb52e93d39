/** Which boards may replace the one of a device: heard lately, and those that send most of the same metrics first. */
import type { CandidatesAnswer } from "../../contract/answers/hardware.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { DeviceRecord } from "./device-record.ts";

type Board = Pick<DeviceRecord, "deviceId" | "metrics" | "lastHeardAtMs" | "name">;

export interface CandidatesOptions {
  readonly devices: Iterable<Board>;
  /** It has its own board, and is shown. */
  readonly isFree: (deviceId: DeviceId) => boolean;
  readonly nameOf: (board: Board) => string | undefined;
  readonly nowMs: number;
}

const LATELY_MS = 24 * 3_600_000;
const MOST = 50;

export function candidatesFor(
  device: Pick<Board, "deviceId" | "metrics">,
  { devices, isFree, nameOf, nowMs }: CandidatesOptions,
): CandidatesAnswer {
  const found: {
    readonly board: Board;
    readonly heardAtMs: number;
    readonly shared: number;
    readonly others: number;
  }[] = [];
  for (const board of devices) {
    const { deviceId, metrics, lastHeardAtMs: heardAtMs = Number.NEGATIVE_INFINITY } = board;
    if (deviceId === device.deviceId || nowMs - heardAtMs > LATELY_MS || !isFree(deviceId)) continue;
    const shared = [...metrics].filter((metric) => device.metrics.has(metric)).length;
    found.push({ board, heardAtMs, shared, others: metrics.size - shared });
  }
  found.sort((a, b) => b.shared - a.shared || a.others - b.others || b.heardAtMs - a.heardAtMs);
  return {
    metrics: device.metrics.size,
    candidates: found.slice(0, MOST).map(({ board, heardAtMs, shared }) => {
      const { deviceId } = board;
      const name = nameOf(board);
      return {
        deviceId,
        ...(name !== undefined && { name }),
        lastHeardAt: new Date(heardAtMs).toISOString(),
        sharedMetrics: shared,
      };
    }),
  };
}
