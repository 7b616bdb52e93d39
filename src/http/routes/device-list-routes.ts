/** `GET /api/devices`: the list, in pages. It is made a few devices at a time, so that a long one delays nothing else. */
import type { Device } from "../../contract/readings.ts";
import { type DevicesPage, devicesPage, devicesQuery } from "../../contract/rest.ts";
import type { AlertSummary } from "../../core/alerts/shown/alert-summary.ts";
import { type Described, nameOf, toDevice } from "../../core/devices/device-answer.ts";
import type { DeviceRecord } from "../../core/devices/device-record.ts";
import type { Registry } from "../../core/devices/registry.ts";
import type { FleetIndex } from "../../core/fleet/fleet-index.ts";
import { inTurn, type TurnBudget } from "../../core/limits/turn-budget.ts";
import type { Log } from "../../core/ports/log.ts";
import { deviceCursor, parseDeviceCursor } from "../answers/page-cursor.ts";
import { type Chunks, JSON_HEADERS, streamAnswer } from "../answers/stream-answer.ts";
import { jsonStream, type Route, route } from "../declaration/route.ts";

export interface DeviceListParts {
  readonly registry: Registry;
  readonly descriptions: Described;
  readonly fleet: FleetIndex;
  readonly alertSummary: Pick<AlertSummary, "worstOf">;
  readonly budget: TurnBudget;
  readonly log: Log;
}

/** Less than a millisecond of work. */
const DEVICES_A_CHUNK = 25;

export const DEVICE_LIST_ROUTES: readonly Route<DeviceListParts>[] = [
  route({
    method: "get",
    path: "/api/devices",
    level: "viewer",
    summary: "each device with its latest values and presence",
    query: devicesQuery,
    answer: jsonStream(devicesPage),
    handle: async (
      { registry, fleet, descriptions, alertSummary, budget, log }: DeviceListParts,
      { query: { limit, cursor, search }, response },
    ) => {
      const behind = parseDeviceCursor(cursor);
      const matching = registry
        .list()
        .filter((device) => search === undefined || matches(device, descriptions, search.toLowerCase()));
      const rest = behind === undefined ? matching : matching.filter((device) => device.deviceId > behind);
      const page = rest.slice(0, limit);
      const last = page.at(-1);
      const about = {
        total: matching.length,
        nextCursor: rest.length > limit && last !== undefined ? deviceCursor(last.deviceId) : null,
        counts: fleet.counts(),
      };
      const shown = (device: DeviceRecord): Device =>
        toDevice(device, descriptions, alertSummary.worstOf(device.deviceId));
      const chunks = listOf(page, shown, about, budget);
      await streamAnswer(response, { chunks, headers: JSON_HEADERS, gzip: "encoding", log });
    },
  }),
];

async function* listOf(
  page: readonly DeviceRecord[],
  shown: (device: DeviceRecord) => Device,
  about: Omit<DevicesPage, "devices">,
  budget: TurnBudget,
): Chunks {
  const begin = '{"devices":[';
  const empty = JSON.stringify({ devices: [], ...about } satisfies DevicesPage);
  for (let from = 0; from < page.length; from += DEVICES_A_CHUNK) {
    const some = page.slice(from, from + DEVICES_A_CHUNK);
    const devices = await inTurn(budget, () => some.map((device) => JSON.stringify(shown(device))).join(","));
    yield `${from === 0 ? begin : ","}${devices}`;
  }
  yield page.length === 0 ? empty : empty.slice(begin.length);
}

const matches = (device: DeviceRecord, descriptions: Described, text: string): boolean =>
  [device.deviceId, nameOf(device, descriptions), device.place].some((field) => field?.toLowerCase().includes(text));
