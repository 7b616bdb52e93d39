/** The dialect of the owner's mappings: reads the topics that no family claims, as their owner said. Comes last. */
import type { Mapping } from "../../contract/mappings.ts";
import { METRICS, type MetricInfo } from "../../contract/metrics.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { Dialect, TopicReader } from "../../core/dialects/dialect.ts";
import type { ParsedMessage, Part } from "../../core/dialects/parsed-message.ts";
import type { MappingDialect, Sample } from "../../core/mappings/mapping-dialect.ts";
import { matchTopic } from "../../core/mappings/topic-pattern.ts";
import { setNewest } from "../../core/model/bounded-map.ts";
import {
  type Mapped,
  type MappedDevice,
  namesIn,
  type PreparedMapping,
  prepare,
  readMapped,
  type TopicNames,
} from "./mapped-message.ts";

interface ActiveMapping {
  readonly id: string;
  readonly prepared: PreparedMapping;
  /** The last message of some of its topics, by topic. */
  readonly samples: Map<string, TopicSample>;
}

interface TopicSample extends Sample {
  readonly atMs: number;
}

const NATIVE_ROOT = "devices";
const SAMPLES_OF_MAPPING = 5;
const SAMPLE_EVERY_MS = 10_000;
const MAX_SAMPLE_BYTES = 4 * 1024;
const MAX_NAME_CHARS = 100;

export function createMappingDialect(): Dialect & MappingDialect {
  let active: readonly ActiveMapping[] = [];
  /** Those whose first level is a name, by that name; and all others. Each in the order of the list. */
  let byRoot = new Map<string, ActiveMapping[]>();
  let ofAnyRoot: ActiveMapping[] = [];
  /** What is on disk: for each device the mappings that made it, with its own name where its id is another. */
  const devices = new Map<DeviceId, Map<string, string | undefined>>();

  function set(mappings: readonly Mapping[]): void {
    const former = new Map(active.map((each) => [each.id, each.samples]));
    active = mappings.flatMap(({ id, ...fields }) => {
      const prepared = prepare(fields);
      return prepared === undefined ? [] : [{ id, prepared, samples: former.get(id) ?? new Map() }];
    });
    byRoot = new Map();
    ofAnyRoot = [];
    for (const mapping of active) {
      const [first] = mapping.prepared.pattern.levels;
      if (first?.kind !== "literal") ofAnyRoot.push(mapping);
      else byRoot.set(first.text, [...(byRoot.get(first.text) ?? []), mapping]);
    }
  }

  function claim(topic: string): TopicReader | undefined {
    const root = topic.includes("/") ? topic.slice(0, topic.indexOf("/")) : topic;
    const ofRoot = byRoot.get(root);
    // Whatever a pattern with a placeholder in front may match, boards' own topics stay their own.
    if ((ofRoot === undefined && ofAnyRoot.length === 0) || root === NATIVE_ROOT) return undefined;
    const levels = topic.split("/");
    for (const some of [ofRoot ?? [], ofAnyRoot]) {
      for (const mapping of some) {
        const captured = matchTopic(mapping.prepared.pattern, levels);
        if (captured !== undefined) return readerOf(mapping, namesIn(mapping.prepared, captured));
      }
    }
    return undefined;
  }

  function readerOf(mapping: ActiveMapping, names: TopicNames): TopicReader {
    return ({ topic, payload, receivedAtMs }): ParsedMessage => {
      keepSample(mapping, { topic, payload, atMs: receivedAtMs });
      const mapped = readMapped(mapping.prepared, names, payload);
      return { kind: "parts", parts: [...aboutDevice(mapping, mapped), ...mapped.parts] };
    };
  }

  function keepSample({ samples }: ActiveMapping, sample: TopicSample): void {
    const { topic, payload, atMs } = sample;
    const former = samples.get(topic);
    if (former !== undefined && Math.abs(atMs - former.atMs) < SAMPLE_EVERY_MS) return;
    if (payload.length === 0 || payload.length > MAX_SAMPLE_BYTES) return;
    // A copy: what came from the network is part of something larger.
    setNewest(samples, topic, { topic, payload: new Uint8Array(payload), atMs }, SAMPLES_OF_MAPPING);
  }

  /** Its name and the mapping, which has its units, must be known after a restart before it sends again. */
  function aboutDevice({ id, prepared }: ActiveMapping, { device, parts }: Mapped): Part[] {
    if (device?.deviceId.ok !== true || parts.length === 0) return [];
    const deviceId = device.deviceId.value;
    const name = nameFor(device);
    if (name === undefined && prepared.units.size === 0) return [];
    const known = devices.get(deviceId);
    if (known?.has(id) === true && known.get(id) === name) return [];
    return [
      {
        kind: "learned",
        family: "mapping",
        deviceId,
        key: id,
        data: JSON.stringify(name === undefined ? {} : { name }),
      },
    ];
  }

  function learn(deviceId: DeviceId, key: string, data: string | undefined): boolean {
    const known = devices.get(deviceId) ?? new Map<string, string | undefined>();
    devices.set(deviceId, known);
    if (data === undefined) known.delete(key);
    else known.set(key, nameIn(data));
    if (known.size === 0) devices.delete(deviceId);
    return false;
  }

  function nameOf(deviceId: DeviceId): string | undefined {
    for (const name of devices.get(deviceId)?.values() ?? []) if (name !== undefined) return name;
    return undefined;
  }

  function metricInfo(deviceId: DeviceId, metric: string): MetricInfo | undefined {
    const known = devices.get(deviceId);
    if (known === undefined) return undefined;
    for (const { id, prepared } of active) {
      const unit = known.has(id) ? prepared.units.get(metric) : undefined;
      if (unit !== undefined) return infoOf(metric, unit);
    }
    return undefined;
  }

  return {
    family: "mapping",
    claim,
    learn,
    nameOf,
    metricInfo,
    set,
    tryOn: (fields) => {
      const prepared = prepare(fields);
      return ({ topic, payload }) => {
        const captured = prepared && matchTopic(prepared.pattern, topic.split("/"));
        return prepared && captured && readMapped(prepared, namesIn(prepared, captured), payload).parts;
      };
    },
    samples: () => active.flatMap(({ samples }) => [...samples.values()]),
  };
}

/** Undefined: the id says it. */
function nameFor({ deviceId, original }: MappedDevice): string | undefined {
  return deviceId.ok && deviceId.value !== original ? original.slice(0, MAX_NAME_CHARS) : undefined;
}

function nameIn(data: string): string | undefined {
  try {
    const json: unknown = JSON.parse(data);
    const name = typeof json === "object" && json !== null && "name" in json ? json.name : undefined;
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined; // of a newer version
  }
}

/** Another unit than the catalogue's makes its range another one. */
function infoOf(metric: string, unit: string): MetricInfo {
  const known = METRICS.get(metric);
  if (known?.unit === unit) return known;
  const { label = metric, digits = undefined } = known ?? {};
  return { label, kind: "number", unit, ...(digits !== undefined && { digits }) };
}
