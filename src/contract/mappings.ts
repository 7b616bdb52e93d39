/** An owner's mappings of topics to devices and metrics, and the topics that nobody reads: requests and answers. */
import { z } from "zod";
import { isoInstant, metricValue } from "./readings.ts";

/** Of a hub. */
export const MAX_MAPPINGS = 200;

const path = z
  .string()
  .min(1)
  .max(200)
  .describe("Where in the JSON: names with points between them, `meta.time`; of a list the index, from 0");

const MESSAGE_OF_METRIC = "expected 1 to 64 of A-Z a-z 0-9 . _ - that begin with a letter";
const metric = z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/, MESSAGE_OF_METRIC);

/** More entries than a reading has metrics have no use. */
const MOST_ENTRIES = 64;
const tableOf = <Key extends z.core.$ZodRecordKey, Value extends z.ZodType>(key: Key, value: Value) =>
  z
    .record(key, value)
    .refine((table) => Object.keys(table).length <= MOST_ENTRIES, `expected at most ${MOST_ENTRIES} entries`);

export const mappingFields = z.strictObject({
  topic: z
    .string()
    .min(1)
    .max(512)
    .describe(
      "`home/{device}/{metric}`; `{device+}` and `{metric+}` take several levels, `+` one that does not matter",
    ),
  payload: z.enum(["value", "json"]).describe("`value`: the payload is one value; `json`: it is JSON"),
  device: path.describe("Where the JSON has the id of the device, instead of the topic").exactOptional(),
  time: path.describe("Where the JSON has the instant of the reading").exactOptional(),
  values: path.describe("Where the JSON has the values: an object, or one value").exactOptional(),
  rename: tableOf(path, metric).describe("Other names for metrics, by the names that they would have").exactOptional(),
  only: z
    .array(metric)
    .min(1)
    .max(MOST_ENTRIES)
    .describe("Metrics that are kept; all where it is left out")
    .exactOptional(),
  scale: tableOf(metric, z.strictObject({ factor: z.number(), offset: z.number() }))
    .describe("value × factor + offset, by metric")
    .exactOptional(),
  units: tableOf(metric, z.string().max(20)).describe("By metric").exactOptional(),
});
export type MappingFields = z.infer<typeof mappingFields>;

export const mappingAnswer = mappingFields
  .extend({ id: z.string() })
  .describe("A mapping of topics to devices and metrics");
export type Mapping = z.infer<typeof mappingAnswer>;

export const mappingsAnswer = z.strictObject({ mappings: z.array(mappingAnswer) });
export type MappingsAnswer = z.infer<typeof mappingsAnswer>;

/** What the hub keeps of a mapping. Undefined: it was written by a newer version, or is damaged. */
export function readMapping(json: string): MappingFields | undefined {
  try {
    return mappingFields.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

export const unmappedTopic = z.strictObject({
  topic: z.string(),
  sample: z
    .string()
    .describe("The beginning of its last payload that was looked at, at most 4 KiB; for operators only")
    .exactOptional(),
  count: z.int().describe("Messages since `firstAt`"),
  perMinute: z.number().describe("Messages a minute, on average since `firstAt`; 0 where that is less than 10 s ago"),
  firstAt: isoInstant,
  lastAt: isoInstant,
  proposal: mappingFields.describe("A mapping that would read it; topics that belong together have the same"),
});
export type UnmappedTopic = z.infer<typeof unmappedTopic>;

export const unmappedAnswer = z.strictObject({ topics: z.array(unmappedTopic) });
export type UnmappedAnswer = z.infer<typeof unmappedAnswer>;

export const tryRequest = mappingFields.extend({
  replaces: z.string().max(64).describe("Id of the mapping that this one is to replace").exactOptional(),
});

const triedReading = z.strictObject({
  topic: z.string(),
  deviceId: z.string(),
  timestamp: isoInstant.describe("Of the device; left out where the reading gets its time of receipt").exactOptional(),
  metrics: z.record(z.string(), metricValue),
});

export const tryAnswer = z.strictObject({
  topics: z.int().describe("Known topics that the mapping would read"),
  readings: z.array(triedReading).describe("What the last samples of at most 50 of them become"),
  refused: z.array(z.strictObject({ topic: z.string(), reason: z.string() })).describe("Samples that it cannot read"),
});
export type TryAnswer = z.infer<typeof tryAnswer>;
