/** `GET /api/devices`: the list, in pages. It is made a few devices at a time, so that a long one delays nothing else. */
import type { Device } from "../../../contract/readings.ts";
import { type DevicesPage, devicesPage, devicesQuery } from "../../../contract/rest.ts";
import type { AlertSummary } from "../../../core/alerts/shown/alert-summary.ts";
import { type Described, toDevice } from "../../../core/devices/device-answer.ts";
import type { DeviceRecord } from "../../../core/devices/device-record.ts";
import type { FleetIndex } from "../../../core/fleet/fleet-index.ts";
import { inTurn, type TurnBudget } from "../../../core/limits/turn-budget.ts";
import type { Log } from "../../../core/ports/log.ts";
import { fleetCursor, parseFleetCursor } from "../../answers/page-cursor.ts";
import { type Chunks, JSON_HEADERS, streamAnswer } from "../../answers/stream-answer.ts";
import { jsonStream, type Route, route } from "../../declaration/route.ts";

export interface DeviceListParts {
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
    summary: "each device with its latest values and presence; of all devices, filtered, sorted and counted",
    query: devicesQuery,
    answer: jsonStream(devicesPage),
    handle: async (
      { fleet, descriptions, alertSummary, budget, log }: DeviceListParts,
      { query: { sort, cursor, limit, state, tag, place, ...others }, response },
    ) => {
      const behind = parseFleetCursor(cursor, sort);
      const question = { ...others, states: state, tags: tag, location: place, behind, limit };
      const { devices, total, end, groups } = await inTurn(budget, () => fleet.ask(sort, question));
      const nextCursor = end === undefined ? null : fleetCursor(end);
      const about = { total, nextCursor, counts: fleet.counts(), ...groups };
      const shown = (device: DeviceRecord): Device =>
        toDevice(device, descriptions, alertSummary.worstOf(device.deviceId));
      const chunks = listOf(devices, shown, about, budget);
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
