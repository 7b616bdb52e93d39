/** `GET /api/devices`: the list, in pages. It is made a few devices at a time, so that a long one delays nothing else. */
import { type RequestHandler, Router } from "express";
import { type DevicesPage, devicesQuery } from "../../contract/rest.ts";
import { toDevice } from "../../core/devices/device-answer.ts";
import type { DeviceRecord } from "../../core/devices/device-record.ts";
import type { Registry } from "../../core/devices/registry.ts";
import { inTurn, type TurnBudget } from "../../core/limits/turn-budget.ts";
import type { Log } from "../../core/ports/log.ts";
import { deviceCursor, parseDeviceCursor } from "../answers/page-cursor.ts";
import { parseRequest } from "../answers/problem.ts";
import { type Chunks, JSON_HEADERS, streamAnswer } from "../answers/stream-answer.ts";

export interface DeviceListRoutesOptions {
  readonly registry: Registry;
  readonly log: Log;
}

/** Less than a millisecond of work. */
const DEVICES_A_CHUNK = 25;

/** `turn`: passes when it is the caller's turn. */
export function deviceListRoutes(
  { registry, log }: DeviceListRoutesOptions,
  turn: RequestHandler,
  budget: TurnBudget,
): Router {
  const router = Router();

  router.get("/api/devices", turn, async (request, response) => {
    const { limit, cursor, search } = parseRequest(devicesQuery, request.query);
    const behind = parseDeviceCursor(cursor);
    const matching = registry.list().filter((device) => search === undefined || matches(device, search.toLowerCase()));
    const rest = behind === undefined ? matching : matching.filter((device) => device.deviceId > behind);
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    const about = {
      total: matching.length,
      nextCursor: rest.length > limit && last !== undefined ? deviceCursor(last.deviceId) : null,
    };
    const chunks = listOf(page, about, budget);
    await streamAnswer(response, { chunks, headers: JSON_HEADERS, gzip: "encoding", log });
  });

  return router;
}

async function* listOf(page: readonly DeviceRecord[], about: Omit<DevicesPage, "devices">, budget: TurnBudget): Chunks {
  const begin = '{"devices":[';
  const empty = JSON.stringify({ devices: [], ...about } satisfies DevicesPage);
  for (let from = 0; from < page.length; from += DEVICES_A_CHUNK) {
    const some = page.slice(from, from + DEVICES_A_CHUNK);
    const devices = await inTurn(budget, () => some.map((device) => JSON.stringify(toDevice(device))).join(","));
    yield `${from === 0 ? begin : ","}${devices}`;
  }
  yield page.length === 0 ? empty : empty.slice(begin.length);
}

const matches = ({ deviceId, name, place }: DeviceRecord, text: string): boolean =>
  [deviceId, name, place].some((field) => field?.toLowerCase().includes(text));
