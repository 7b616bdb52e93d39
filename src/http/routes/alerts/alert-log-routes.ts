/** `/api/alerts/log` and `/api/export/alerts`: what fired, ended and was acknowledged, in pages or whole. */

import type { AlertEvent } from "../../../contract/alerts.ts";
import { alertLogAnswer } from "../../../contract/answers/alert-answers.ts";
import {
  type AlertLogExportQuery,
  alertLogExportQuery,
  alertLogQuery,
} from "../../../contract/answers/alert-queries.ts";
import { MAX_INSTANT_MS } from "../../../contract/epoch.ts";
import { ALERT_LOG_HEADER, alertLogLine } from "../../../core/alerts/shown/alert-log-line.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { AlertEventsQuery, HubFile, StoredAlertEvent } from "../../../core/ports/hub-file.ts";
import type { Log } from "../../../core/ports/log.ts";
import { parseSeqCursor, seqCursor } from "../../answers/page-cursor.ts";
import { type Chunks, streamAnswer } from "../../answers/stream-answer.ts";
import { json, type Route, route } from "../../declaration/route.ts";

export interface AlertLogParts {
  readonly hubFile: Pick<HubFile, "alertEvents">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Lines in one step of an export. */
const STEP = 2_000;
const TYPES = { ndjson: "application/x-ndjson", csv: "text/csv; charset=utf-8; header=present" } as const;

export const ALERT_LOG_ROUTES: readonly Route<AlertLogParts>[] = [
  route({
    method: "get",
    path: "/api/alerts/log",
    level: "viewer",
    summary: "the alert log, newest first",
    query: alertLogQuery,
    answer: json(alertLogAnswer),
    handle: async ({ hubFile }: AlertLogParts, { query: { limit, cursor, ...query } }) => {
      const about = asked(query);
      const page = await hubFile.alertEvents({ ...about, limit, beforeSeq: parseSeqCursor(cursor) });
      const last = page.at(-1)?.seq;
      // A page may be short because a line of it is damaged.
      const isMore =
        last !== undefined && (await hubFile.alertEvents({ ...about, limit: 10, beforeSeq: last })).length > 0;
      return { events: page.map(eventOf), nextCursor: isMore ? seqCursor(last) : null };
    },
  }),
  route({
    method: "get",
    path: "/api/export/alerts",
    level: "viewer",
    summary: "the alert log as a stream of lines, newest first",
    query: alertLogExportQuery,
    answer: { kind: "stream", types: ["application/x-ndjson", "text/csv"], turn: "export" },
    handle: async ({ hubFile, clock, log }: AlertLogParts, { query, response }) => {
      const day = new Date(clock.nowMs()).toISOString().slice(0, 10);
      await streamAnswer(response, {
        chunks: lines(hubFile, query),
        headers: {
          "Content-Type": TYPES[query.format],
          "Content-Disposition": `attachment; filename="aerie-alerts-${day}.${query.format}"`,
          "Cache-Control": "no-store",
        },
        gzip: "encoding",
        log,
      });
    },
  }),
];

async function* lines(hubFile: AlertLogParts["hubFile"], { format, ...query }: AlertLogExportQuery): Chunks {
  const lineOf = format === "csv" ? alertLogLine : (event: AlertEvent) => `${JSON.stringify(event)}\n`;
  let head = format === "csv" ? ALERT_LOG_HEADER : "";
  let beforeSeq: number | undefined;
  for (;;) {
    const some = await hubFile.alertEvents({ ...asked(query), limit: STEP, beforeSeq });
    yield head + some.map((each) => lineOf(eventOf(each))).join("");
    head = "";
    // A damaged line is left out: only an empty step is the end.
    beforeSeq = some.at(-1)?.seq;
    if (beforeSeq === undefined) return;
  }
}

const asked = ({
  from = 0,
  to = MAX_INSTANT_MS,
  device,
  rule,
  severity,
}: Omit<AlertLogExportQuery, "format">): Omit<AlertEventsQuery, "limit"> => ({
  fromMs: from,
  toMs: to,
  deviceId: device,
  ruleId: rule,
  severity,
});

/** As the hub wrote it, in a file that has a checksum for each line. */
const eventOf = ({ data }: StoredAlertEvent): AlertEvent => JSON.parse(data) as AlertEvent;
