/** What makes a mapping unusable, by itself or beside what reads topics already. */
import type { Mapping, MappingFields } from "../../contract/mappings.ts";
import type { Dialects } from "../dialects/dialect.ts";
import { NO_METRICS } from "../model/device-id.ts";
import { examplesOf, has, matchTopic, overlap, parsePattern, type TopicPattern } from "./topic-pattern.ts";

export interface MappingFault {
  /** `taken`: something else reads some of its topics. */
  readonly kind: "invalid" | "taken";
  readonly field: keyof MappingFields;
  readonly message: string;
}

/** Topics that boards of each family publish to. */
const OF_FAMILIES = [
  "devices/x/telemetry",
  "devices/x/telemetry/x",
  "devices/x/status",
  "devices/x/attributes",
  "tele/x/SENSOR",
  "tele/x/STATE",
  "stat/x/RESULT",
  "stat/x/POWER",
  "tasmota/discovery/AABBCCDDEEFF/config",
  "shellies/x/relay/0",
  "shellies/x/sensor/temperature",
  "x/events/rpc",
  "zigbee2mqtt/x",
  "zigbee2mqtt/bridge/devices",
  "homie/x/$homie",
  "homie/5/x/$state",
  "homeassistant/sensor/x/config",
  "v1/devices/me/telemetry",
  "v2/t",
  "v1/gateway/telemetry",
  "spBv1.0/x/NBIRTH/x",
  "spBv1.0/x/DDATA/x/x",
];

/** Of the mapping alone. */
export function faultIn(fields: MappingFields): MappingFault | undefined {
  const { topic, payload, device, time, values, rename = {}, only = [] } = fields;
  const parsed = parsePattern(topic);
  if (!parsed.ok) return invalid("topic", parsed.message);
  if (payload === "value") {
    if (device !== undefined) return invalid("device", "a payload that is one value has no id in it");
    if (time !== undefined) return invalid("time", "a payload that is one value has no instant in it");
    if (values !== undefined) return invalid("values", "a payload that is one value has no others in it");
  }
  if (device !== undefined && has(parsed.value, "device")) {
    return invalid("device", "the topic has {device} already: the id comes from one of them");
  }
  for (const [path, name] of Object.entries(rename)) {
    if (NO_METRICS.has(name)) return invalid("rename", `${path}: no metric can be called ${name}`);
  }
  const never = only.find((name) => NO_METRICS.has(name));
  return never === undefined ? undefined : invalid("only", `no metric can be called ${never}`);
}

const invalid = (field: MappingFault["field"], message: string): MappingFault => ({ kind: "invalid", field, message });

/** A mapping with its topic as it is compared. */
export interface PatternOf {
  readonly mapping: Mapping;
  readonly pattern: TopicPattern;
}

/** Of its topics; it has no fault by itself. `others`: all mappings but itself. */
export function conflictOf(
  { topic }: MappingFields,
  others: readonly PatternOf[],
  dialects: Pick<Dialects, "claimedBy">,
): MappingFault | undefined {
  const parsed = parsePattern(topic);
  if (!parsed.ok) return invalid("topic", parsed.message);
  const [first] = parsed.value.levels;
  if (first?.kind === "literal" && first.text === "devices") {
    return taken("topics below devices/ are read without a mapping");
  }
  const other = others.find(({ pattern }) => overlap(parsed.value, pattern));
  if (other !== undefined) return taken(`the mapping ${other.mapping.topic} reads some of these topics`);
  for (const example of [...examplesOf(parsed.value), ...OF_FAMILIES]) {
    if (matchTopic(parsed.value, example.split("/")) === undefined) continue;
    const family = dialects.claimedBy(example);
    if (family !== undefined && family !== "mapping")
      return taken(`topics such as ${example} are read without a mapping (${family})`);
  }
  return undefined;
}

const taken = (message: string): MappingFault => ({ kind: "taken", field: "topic", message });
