/** `aerie mapping`: topics that nobody reads become devices and metrics of the running hub. */
import type { Mapping, MappingFields, MappingsAnswer, TryAnswer, UnmappedAnswer } from "../../contract/mappings.ts";
import { CommandFault } from "../shared/command-fault.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import type { HubLink } from "../shared/hub-link.ts";
import { json, needed, print, verbIn, withRunningHub } from "../shared/running-hub.ts";
import { quoted } from "../shared/shell-word.ts";
import { table } from "../shared/table.ts";

/** As they were given; tables are `a=b,c=d`. */
export interface MappingOptions {
  readonly payload?: MappingFields["payload"];
  readonly device?: string;
  readonly time?: string;
  readonly values?: string;
  readonly rename?: string;
  readonly only?: string;
  readonly scale?: string;
  readonly units?: string;
}

export interface MappingRequest extends MappingOptions {
  readonly verb: string;
  /** A topic, or the id of a mapping. */
  readonly name: string | undefined;
}

/** Answers what goes to standard output. */
type Work = (link: HubLink, request: MappingRequest) => Promise<string>;

const WORK: Readonly<Record<string, Work>> = { list, unmapped, try: tryOne, add, remove };

export function mappingCommand(request: MappingRequest, world: CommandWorld): Promise<number> {
  const work = verbIn("mapping", request.verb, WORK);
  return withRunningHub(world, async (link) => print(await work(link, request)));
}

async function list(link: HubLink): Promise<string> {
  const { mappings } = await link.ask<MappingsAnswer>("/api/mappings");
  return mappings.length === 0
    ? "no mappings"
    : mappings.map(({ id, ...fields }) => `${id}  ${argumentsOf(fields)}`).join("\n");
}

/** With what would map them, ready to be copied. */
async function unmapped(link: HubLink): Promise<string> {
  const { topics } = await link.ask<UnmappedAnswer>("/api/unmapped");
  const byProposal = new Map<string, string[]>();
  for (const { topic, count, sample = "", proposal } of topics) {
    const command = `aerie mapping add ${argumentsOf(proposal)}`;
    const line = `  ${topic}  ${count} ${count === 1 ? "message" : "messages"}, such as ${shown(sample)}`;
    byProposal.set(command, [...(byProposal.get(command) ?? []), line]);
  }
  if (byProposal.size === 0) return "no topics with numbers that nobody reads";
  return [...byProposal].map(([command, lines]) => [...lines, command].join("\n")).join("\n\n");
}

const shown = (sample: string): string => {
  const text = JSON.stringify(sample).slice(1, -1).replaceAll('\\"', '"');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

async function tryOne(link: HubLink, request: MappingRequest): Promise<string> {
  const { topics, readings, refused } = await link.ask<TryAnswer>("/api/mappings/try", json(fieldsIn(request)));
  if (topics === 0) return "The hub has heard no topic that this would read.";
  const rows = readings.flatMap(({ deviceId, metrics, timestamp = "" }) =>
    Object.entries(metrics).map(([metric, value]) => [deviceId, metric, String(value), timestamp]),
  );
  return [
    `${topics} ${topics === 1 ? "topic" : "topics"}`,
    ...table(rows),
    ...refused.map(({ topic, reason }) => `refused: ${topic}: ${reason}`),
  ].join("\n");
}

async function add(link: HubLink, request: MappingRequest): Promise<string> {
  const { id, topic } = await link.ask<Mapping>("/api/mappings", json(fieldsIn(request)));
  return `Added ${id}: ${topic}`;
}

async function remove(link: HubLink, { name }: MappingRequest): Promise<string> {
  const id = needed("mapping remove", name, "id");
  await link.ask(`/api/mappings/${encodeURIComponent(id)}`, undefined, "DELETE");
  return `Removed ${id}. Its devices and their readings stay.`;
}

function fieldsIn({ verb, name, payload = "value", ...options }: MappingRequest): MappingFields {
  const { device, time, values, rename, only, scale, units } = options;
  return {
    topic: needed(`mapping ${verb}`, name, "topic"),
    payload,
    ...(device !== undefined && { device }),
    ...(time !== undefined && { time }),
    ...(values !== undefined && { values }),
    ...(rename !== undefined && { rename: Object.fromEntries(pairsIn("--rename", rename)) }),
    ...(only !== undefined && { only: only.split(",") }),
    ...(scale !== undefined && {
      scale: Object.fromEntries(pairsIn("--scale", scale).map(([key, by]) => [key, scaleIn(by)])),
    }),
    ...(units !== undefined && { units: Object.fromEntries(pairsIn("--units", units)) }),
  };
}

function pairsIn(option: string, text: string): [string, string][] {
  return text.split(",").map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw new CommandFault(`aerie mapping: ${option}: expected name=…, with commas between several`, 2);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
}

/** `0.1` or `0.1:-5`: a factor and what is added. */
function scaleIn(text: string): { factor: number; offset: number } {
  const [factor, offset = 0, ...more] = text.split(":").map(Number);
  if (factor === undefined || ![factor, offset].every(Number.isFinite) || more.length > 0) {
    throw new CommandFault("aerie mapping: --scale: expected name=factor or name=factor:offset", 2);
  }
  return { factor, offset };
}

/** As they are given to `add`. */
function argumentsOf({ topic, payload, device, time, values, rename, only, scale, units }: MappingFields): string {
  const tableOf = (entries: Record<string, string> | undefined): string | undefined =>
    entries &&
    Object.entries(entries)
      .map(([key, value]) => `${key}=${value}`)
      .join(",");
  const scales =
    scale && Object.fromEntries(Object.entries(scale).map(([key, by]) => [key, `${by.factor}:${by.offset}`]));
  const options = {
    payload: payload === "value" ? undefined : payload,
    device,
    time,
    values,
    rename: tableOf(rename),
    only: only?.join(","),
    scale: tableOf(scales),
    units: tableOf(units),
  };
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${quoted(value)}`],
  );
  return [quoted(topic), ...given].join(" ");
}
