/** `aerie alert`: what fires, what has fired, acknowledging and silencing. */
import { pipeline } from "node:stream/promises";
import type { Alert, AlertEvent, SilenceFields } from "../../contract/alerts.ts";
import type {
  AlertLogAnswer,
  AlertsAnswer,
  MadeSilence,
  SilencesAnswer,
} from "../../contract/answers/alert-answers.ts";
import { toEpochMs } from "../../contract/epoch.ts";
import { CommandFault } from "../shared/command-fault.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import type { HubLink } from "../shared/hub-link.ts";
import { countText, secondsIn } from "../shared/quantity.ts";
import { json, needed, print, verbIn, withRunningHub } from "../shared/running-hub.ts";
import { oneLine, table } from "../shared/table.ts";
import { unknownLines } from "../shared/unknown-devices.ts";

export interface AlertOptions {
  readonly rule?: string;
  readonly device?: string;
  readonly severity?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly format?: "csv" | "ndjson";
  readonly note?: string;
  readonly for?: string;
}

export interface AlertRequest extends AlertOptions {
  readonly verb: string;
  /** Id of an alert or of a silence. */
  readonly id: string | undefined;
}

type Work = (link: HubLink, request: AlertRequest, world: CommandWorld) => Promise<void>;

const WORK: Readonly<Record<string, Work>> = { list, log, ack, silence, silences, unsilence };

export function alertCommand(request: AlertRequest, world: CommandWorld): Promise<number> {
  const work = verbIn("alert", request.verb, WORK);
  return withRunningHub(world, (link) => work(link, request, world));
}

async function list(link: HubLink, { rule, device, severity }: AlertRequest): Promise<void> {
  const { alerts, total, firing } = await link.ask<AlertsAnswer>(withQuery("/api/alerts", { rule, device, severity }));
  const { critical, warning, info } = firing;
  const summary = `${countText(critical + warning + info)} firing: ${critical} critical, ${warning} warning, ${info} info`;
  if (alerts.length > 0) {
    const rows = alerts.map((alert) => [alert.severity, stateText(alert), alert.since, alert.id, oneLine(alert.text)]);
    print(table([["SEVERITY", "STATE", "SINCE", "ID", "WHAT"], ...rows]).join("\n"));
  }
  if (total > alerts.length) print(`… and ${countText(total - alerts.length)} more: use --rule or --device`);
  print(summary);
}

function stateText({ state, data, acknowledged, silencedUntil }: Alert): string {
  const more = [
    data === "overdue" && "no data",
    acknowledged !== undefined && `acknowledged by ${oneLine(acknowledged.by)}`,
    silencedUntil !== undefined && "silenced",
  ].filter((word) => word !== false);
  return [state, ...more].join(", ");
}

/** Newest last, as a terminal shows it; with a format the whole log, as it is exported. */
async function log(link: HubLink, request: AlertRequest): Promise<void> {
  const { rule, device, severity, from, to, format, limit = 50 } = request;
  const filters = { rule, device, severity, from, to };
  if (format !== undefined) {
    const lines = await link.stream(withQuery("/api/export/alerts", { ...filters, format }));
    return pipeline(lines, process.stdout, { end: false });
  }
  const page = await link.ask<AlertLogAnswer>(withQuery("/api/alerts/log", { ...filters, limit: String(limit) }));
  if (page.events.length === 0) return print("nothing in the log");
  const rows = page.events.map((event) => [
    event.at,
    event.severity,
    event.kind,
    oneLine(event.text),
    aboutText(event),
  ]);
  print(table([...rows, ["AT", "SEVERITY", "WHAT", "TEXT"]].reverse()).join("\n"));
  if (page.nextCursor !== null) print("There is more before it: use --limit, or --format csv for all");
}

function aboutText({ by, note }: AlertEvent): string {
  if (by === undefined) return "";
  return oneLine(note === undefined ? by : `${by}: ${note}`);
}

async function ack(link: HubLink, { id, note }: AlertRequest): Promise<void> {
  const alertId = needed("alert ack", id, "id");
  const path = `/api/alerts/${encodeURIComponent(alertId)}/acknowledge`;
  const alert = await link.ask<Alert>(path, json(note === undefined ? {} : { note }));
  print(`Acknowledged ${alert.id}: ${oneLine(alert.text)}`);
}

async function silence(link: HubLink, request: AlertRequest, { clock }: CommandWorld): Promise<void> {
  const { rule: ruleId, device: deviceId, note } = request;
  const until = untilIn(request, clock.nowMs());
  const fields: SilenceFields = {
    until,
    ...(ruleId !== undefined && { ruleId }),
    ...(deviceId !== undefined && { deviceId }),
    ...(note !== undefined && { note }),
  };
  const made = await link.ask<MadeSilence>("/api/silences", json(fields));
  print(`Silenced ${whatText(made)} until ${made.until}. To end it: aerie alert unsilence ${made.id}`);
  for (const line of unknownLines(made.unknownDevices)) print(line);
}

function untilIn({ for: time, to }: AlertRequest, nowMs: number): string {
  const toMs = to === undefined ? undefined : toEpochMs(to);
  if (toMs !== undefined) return new Date(toMs).toISOString();
  const seconds = secondsIn(needed("alert silence", time, "--for, such as 2h, or --to"));
  if (seconds !== undefined) return new Date(nowMs + seconds * 1_000).toISOString();
  throw new CommandFault("aerie alert silence: --for: expected seconds, or a time such as 5m, 2h or 1d", 2);
}

const whatText = ({ ruleId, deviceId }: SilenceFields): string =>
  [ruleId !== undefined && `rule ${ruleId}`, deviceId !== undefined && `device ${deviceId}`]
    .filter((word) => word !== false)
    .join(", ") || "everything";

async function silences(link: HubLink): Promise<void> {
  const all = (await link.ask<SilencesAnswer>("/api/silences")).silences;
  if (all.length === 0) return print("no silences");
  const rows = all.map((each) => [each.id, each.until, whatText(each), oneLine(each.by), oneLine(each.note ?? "")]);
  print(table([["ID", "UNTIL", "WHAT", "BY", "NOTE"], ...rows]).join("\n"));
}

async function unsilence(link: HubLink, { id }: AlertRequest): Promise<void> {
  const silenceId = needed("alert unsilence", id, "id");
  await link.ask(`/api/silences/${encodeURIComponent(silenceId)}`, undefined, "DELETE");
  print(`Ended ${silenceId}.`);
}

function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, value);
  return given.size === 0 ? path : `${path}?${given}`;
}
