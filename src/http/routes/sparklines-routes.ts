/** `POST /api/sparklines`: the last three hours of many devices at once, from memory. */
import {
  PRESENCE_CELLS,
  PRESENCE_STEP_MS,
  SPARK_STEP_MS,
  type Sparkline,
  sparklinesAnswer,
  sparklinesRequest,
} from "../../contract/fleet/sparklines.ts";
import { type Described, infoShown } from "../../core/devices/device-answer.ts";
import type { DeviceRecord } from "../../core/devices/device-record.ts";
import type { Registry } from "../../core/devices/registry.ts";
import { inTurn, type TurnBudget } from "../../core/limits/turn-budget.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { barEndMs, presenceBar } from "../../core/presence/presence-bar.ts";
import type { PresenceBook } from "../../core/presence/presence-book.ts";
import type { SparkLoader } from "../../core/sparklines/spark-loader.ts";
import type { Sparklines } from "../../core/sparklines/sparklines.ts";
import { json, type Route, route } from "../declaration/route.ts";

export interface SparklinesParts {
  readonly registry: Registry;
  readonly descriptions: Described;
  readonly sparklines: Pick<Sparklines, "of" | "endMs">;
  readonly sparkLoader: Pick<SparkLoader, "load">;
  readonly presenceBook: Pick<PresenceBook, "histories">;
  readonly clock: Pick<Clock, "nowMs">;
  readonly budget: TurnBudget;
}

/** Less than a millisecond of work. */
const DEVICES_A_TURN = 25;

export const SPARKLINES_ROUTES: readonly Route<SparklinesParts>[] = [
  route({
    method: "post",
    path: "/api/sparklines",
    onlyReads: true,
    level: "viewer",
    summary: "the last three hours of the metric that says most about each of up to 200 devices. Changes nothing",
    body: sparklinesRequest,
    answer: json(sparklinesAnswer),
    handle: async (parts: SparklinesParts, { body }) => {
      const { registry, sparklines, sparkLoader, budget } = parts;
      const devices = [...new Set(body.devices)].flatMap((deviceId) => registry.get(deviceId) ?? []);
      await sparkLoader.load(devices);
      const bars = body.presence === true ? await barsOf(devices, parts) : undefined;
      const shown: Sparkline[] = [];
      const endMs = sparklines.endMs();
      for (let from = 0; from < devices.length; from += DEVICES_A_TURN) {
        const some = devices.slice(from, from + DEVICES_A_TURN);
        shown.push(
          ...(await inTurn(budget, () =>
            some.map((device) => ({ ...toSparkline(device, endMs, parts), ...bars?.of(device) })),
          )),
        );
      }
      return {
        stepMs: SPARK_STEP_MS,
        end: iso(endMs),
        ...(bars !== undefined && { presenceEnd: iso(bars.endMs) }),
        sparklines: shown,
      } as const;
    },
  }),
];

function toSparkline(device: DeviceRecord, endMs: number, { sparklines, descriptions }: SparklinesParts): Sparkline {
  const { metric, means } = sparklines.of(device, endMs);
  const unit = metric === undefined ? undefined : infoShown(device, metric, descriptions)?.unit;
  return {
    deviceId: device.deviceId,
    ...(metric !== undefined && { metric }),
    ...(unit !== undefined && unit !== "" && { unit }),
    means: Array.from(means, shortened),
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

async function barsOf(devices: readonly DeviceRecord[], { presenceBook, budget, clock }: SparklinesParts) {
  const toMs = clock.nowMs() + 1; // with what changed just now
  const endMs = barEndMs(clock.nowMs());
  const fromMs = endMs - PRESENCE_CELLS * PRESENCE_STEP_MS;
  const deviceIds = devices.map(({ deviceId }) => deviceId);
  const { runs, histories } = await presenceBook.histories({ deviceIds, fromMs, toMs });
  const bars = new Map<DeviceRecord, string>();
  for (let from = 0; from < devices.length; from += DEVICES_A_TURN) {
    await inTurn(budget, () => {
      for (const [index, device] of devices.slice(from, from + DEVICES_A_TURN).entries()) {
        const { changes = [], nextMs } = histories[from + index] ?? {};
        const last = { atMs: device.detailSinceMs, detail: device.detail };
        const unread = nextMs === undefined ? undefined : { fromMs: nextMs, last };
        bars.set(device, presenceBar(changes, runs, endMs, unread));
      }
    });
  }
  return {
    endMs,
    of: (device: DeviceRecord): Pick<Sparkline, "presence"> => {
      const presence = bars.get(device);
      return presence === undefined ? {} : { presence };
    },
  };
}

/** As many digits as are kept; what is none, or too large for a line, is null. */
const shortened = (mean: number): number | null => (Number.isFinite(mean) ? Number(mean.toPrecision(6)) : null);
