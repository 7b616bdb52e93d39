/** `/api/devices/:id/presence` and `/api/export/presence`: when devices were there, and when the hub ran. */
import { MAX_INSTANT_MS } from "../../contract/epoch.ts";
import { type PresenceHistory, presenceExportQuery, presenceHistory, presenceQuery } from "../../contract/rest.ts";
import type { DeviceRecord } from "../../core/devices/device-record.ts";
import type { Registry } from "../../core/devices/registry.ts";
import { DAY_MS } from "../../core/model/utc-day.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { StoredPresence } from "../../core/ports/hub-file.ts";
import type { Log } from "../../core/ports/log.ts";
import type { PresenceBook, Run } from "../../core/presence/presence-book.ts";
import { type Chunks, streamAnswer } from "../answers/stream-answer.ts";
import { json, type Route, route } from "../declaration/route.ts";
import { knownDevice } from "./devices/devices-routes.ts";
import { chosen } from "./export-routes.ts";

export interface PresenceParts {
  readonly registry: Registry;
  readonly presenceBook: Pick<PresenceBook, "history" | "runs">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Of one device, in one step of an export. */
const STEP = 5_000;
const NDJSON = "application/x-ndjson";

export const PRESENCE_ROUTES: readonly Route<PresenceParts>[] = [
  route({
    method: "get",
    path: "/api/devices/:id/presence",
    level: "viewer",
    summary: "changes of its presence, and when the hub ran",
    query: presenceQuery,
    answer: json(presenceHistory),
    handle: async ({ registry, presenceBook, clock }: PresenceParts, { params, query }): Promise<PresenceHistory> => {
      const { deviceId } = knownDevice(registry, params.id);
      const toMs = query.to ?? clock.nowMs() + 1; // with what changed just now
      const fromMs = query.from ?? toMs - DAY_MS;
      const { changes, nextMs } = await presenceBook.history({ deviceId, fromMs, toMs, limit: query.limit });
      const runs = await presenceBook.runs({ fromMs, toMs });
      return {
        deviceId,
        changes: changes.map(shownChange),
        runs: runs.map(shownRun),
        ...(nextMs !== undefined && { nextFrom: iso(nextMs) }),
      };
    },
  }),
  route({
    method: "get",
    path: "/api/export/presence",
    level: "viewer",
    summary: "when the hub ran, and every change of presence, as a stream of lines",
    query: presenceExportQuery,
    answer: { kind: "stream", types: [NDJSON], turn: "export" },
    handle: async ({ registry, presenceBook, log }: PresenceParts, { query, response }) => {
      const devices = chosen(registry, query.devices);
      const { from: fromMs = 0, to: toMs = MAX_INSTANT_MS } = query;
      await streamAnswer(response, {
        chunks: lines(presenceBook, devices, { fromMs, toMs }),
        headers: { "Content-Type": NDJSON, "Cache-Control": "no-store" },
        gzip: "encoding",
        log,
      });
    },
  }),
];

async function* lines(book: PresenceParts["presenceBook"], devices: readonly DeviceRecord[], range: Run): Chunks {
  yield linesOf((await book.runs(range)).map(shownRun));
  for (const { deviceId } of devices.slice()) {
    let next: number | undefined = range.fromMs;
    while (next !== undefined) {
      const fromMs: number = next;
      const { changes, nextMs } = await book.history({ deviceId, fromMs, toMs: range.toMs, limit: STEP });
      // What held before is in the step before.
      const some = fromMs === range.fromMs ? changes : changes.filter(({ atMs }) => atMs >= fromMs);
      if (some.length > 0) yield linesOf(some.map((change) => ({ deviceId, ...shownChange(change) })));
      next = nextMs;
    }
  }
}

const linesOf = (values: readonly object[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join("");

const shownChange = ({ atMs, detail }: StoredPresence) => ({ at: iso(atMs), state: detail });

const shownRun = ({ fromMs, toMs }: Run) => ({ from: iso(fromMs), to: iso(toMs) });

const iso = (ms: number): string => new Date(ms).toISOString();
