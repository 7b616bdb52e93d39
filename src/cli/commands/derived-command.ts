/** `aerie derived`: metrics that the running hub computes from others. */
import type { Scope } from "../../contract/alerts.ts";
import type {
  BackfillProgress,
  Derived,
  DerivedFields,
  DerivedListAnswer,
  DerivedPreset,
  DerivedPresetsAnswer,
  DerivedState,
} from "../../contract/derived.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import type { HubLink } from "../shared/hub-link.ts";
import { json, needed, print, verbIn, withRunningHub } from "../shared/running-hub.ts";
import { quoted } from "../shared/shell-word.ts";

/** As they were given; lists have commas between. */
export interface DerivedOptions {
  readonly devices?: string;
  readonly families?: string;
  readonly label?: string;
  readonly unit?: string;
  readonly digits?: string;
}

export interface DerivedRequest extends DerivedOptions {
  readonly verb: string;
  /** A metric, or the id of a definition. */
  readonly name: string | undefined;
  readonly expression: string | undefined;
}

/** Answers what goes to standard output. */
type Work = (link: HubLink, request: DerivedRequest) => Promise<string>;

const WORK: Readonly<Record<string, Work>> = { list, presets, add, delete: remove, backfill, cancel };

export function derivedCommand(request: DerivedRequest, world: CommandWorld): Promise<number> {
  const work = verbIn("derived", request.verb, WORK);
  return withRunningHub(world, async (link) => print(await work(link, request)));
}

async function list(link: HubLink): Promise<string> {
  const { derived } = await link.ask<DerivedListAnswer>("/api/derived");
  return derived.length === 0 ? "no derived metrics" : derived.flatMap(linesOf).join("\n");
}

function linesOf(state: DerivedState): string[] {
  const { id, devices, computed, missing, failed, last, backfill: progress, lastBackfill } = state;
  const counts = [
    `${devices} ${devices === 1 ? "device" : "devices"}`,
    `${computed} computed`,
    `${missing} missing`,
    `${failed} failed`,
  ].join(", ");
  return [
    `${id}  ${argumentsOf(state)}`,
    `  ${counts}`,
    ...(progress === undefined ? [] : [`  ${shownProgress(progress)}`]),
    ...(lastBackfill === undefined ? [] : [`  ${shownLast(lastBackfill)}`]),
    ...(last === undefined ? [] : [`  ${last.kind} at ${last.at} for ${last.deviceId}: ${last.reason}`]),
  ];
}

const shownProgress = ({ devices, devicesDone, readings, changed, problem }: BackfillProgress): string =>
  `backfill: ${devicesDone} of ${devices} devices done, ${readings} readings, ${changed} changed${
    problem === undefined ? "" : `; it stands still: ${problem}`
  }`;

const shownLast = ({ finishedAt, readings, changed, outdated }: NonNullable<DerivedState["lastBackfill"]>): string =>
  `last backfill finished at ${finishedAt}: ${readings} readings, ${changed} changed${
    outdated ? "; the definition has changed since" : ""
  }`;

/** With what would add them, ready to be copied. */
async function presets(link: HubLink): Promise<string> {
  const { presets: offers } = await link.ask<DerivedPresetsAnswer>("/api/derived/presets");
  return offers.length === 0 ? "nothing fits that is not derived already" : offersText(offers);
}

export function offersText(offers: readonly DerivedPreset[]): string {
  const ofAll = new Set<string>();
  const shown = offers.map((offer) => {
    // Two definitions of one metric for all devices are refused.
    const isFirst = !ofAll.has(offer.metric);
    ofAll.add(offer.metric);
    return offerOf(offer, isFirst);
  });
  return shown.join("\n\n");
}

function offerOf(preset: DerivedPreset, mayBeForAll: boolean): string {
  const { label, devices, expression } = preset;
  const more = devices.length > 3 ? `, … (${devices.length} devices)` : "";
  const altitude = expression.includes("{altitude}") ? "; put the altitude of the sensor in m for {altitude}" : "";
  const isForEach = !mayBeForAll || altitude !== "" || devices.length <= 3;
  const command = argumentsOf({ ...preset, scope: isForEach ? { devices } : { all: true } });
  return `${label}: for ${devices.slice(0, 3).join(", ")}${more}${altitude}\naerie derived add ${command}`;
}

async function add(link: HubLink, request: DerivedRequest): Promise<string> {
  const { id, metric } = await link.ask<Derived>("/api/derived", json(fieldsIn(request)));
  return `Added ${id}: ${metric}. It is computed from the next reading on.`;
}

async function remove(link: HubLink, { name }: DerivedRequest): Promise<string> {
  const id = needed("derived delete", name, "id");
  await link.ask(`/api/derived/${encodeURIComponent(id)}`, undefined, "DELETE");
  return `Deleted ${id}. What it has computed stays.`;
}

/** It continues in the hub: `list` shows how far it is. */
async function backfill(link: HubLink, { name }: DerivedRequest): Promise<string> {
  const id = needed("derived backfill", name, "id");
  await link.ask<BackfillProgress>(`/api/derived/${encodeURIComponent(id)}/backfill`, undefined, "POST");
  return `It is being recomputed for stored readings. aerie derived list shows how far it is, until it is done.`;
}

async function cancel(link: HubLink, { name }: DerivedRequest): Promise<string> {
  const id = needed("derived cancel", name, "id");
  await link.ask(`/api/derived/${encodeURIComponent(id)}/backfill`, undefined, "DELETE");
  return `No backfill of ${id} is under way any more. What it has computed stays.`;
}

function fieldsIn({ name, expression, devices, families, label, unit, digits }: DerivedRequest): DerivedFields {
  const scope = {
    ...(devices !== undefined && { devices: devices.split(",") }),
    ...(families !== undefined && { families: families.split(",") as NonNullable<Scope["families"]> }),
  };
  return {
    metric: needed("derived add", name, "metric"),
    expression: needed("derived add", expression, "expression"),
    scope: Object.keys(scope).length === 0 ? { all: true } : scope,
    ...(label !== undefined && { label }),
    ...(unit !== undefined && { unit }),
    ...(digits !== undefined && { digits: Number(digits) }),
  };
}

/** As they are given to `add`. */
function argumentsOf({ metric, expression, scope, label, unit, digits }: DerivedFields): string {
  const options = {
    devices: scope.devices?.join(","),
    families: scope.families?.join(","),
    label,
    unit,
    digits: digits === undefined ? undefined : String(digits),
  };
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${quoted(value)}`],
  );
  return [metric, quoted(expression), ...given].join(" ");
}
