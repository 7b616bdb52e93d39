/** Finds the dialect of each message: native, then each family in its order; else the message is only carried. */
import type { MetricInfo } from "../contract/metrics.ts";
import type { DeviceId } from "../contract/readings.ts";
import type { Dialect, DialectMessage, Dialects, TopicReader } from "../core/dialects/dialect.ts";
import type { ParsedMessage } from "../core/dialects/parsed-message.ts";
import { setCached } from "../core/model/bounded-map.ts";
import { readNative } from "./native/native.ts";

const MAX_TOPICS = 20_000;
const ELSEWHERE: ParsedMessage = { kind: "elsewhere" };
const NATIVE_ROOT = "devices/";

export function createDialects(families: readonly Dialect[]): Dialects {
  /** Boards publish to the same few topics again and again. `null`: of no dialect. */
  const readers = new Map<string, TopicReader | null>();
  const byFamily = new Map(families.map((dialect) => [dialect.family as string, dialect]));

  function readerOf(topic: string): TopicReader | null {
    const former = readers.get(topic);
    if (former !== undefined) return former;
    const reader = claimOf(topic);
    setCached(readers, topic, reader, MAX_TOPICS);
    return reader;
  }

  function claimOf(topic: string): TopicReader | null {
    for (const dialect of families) {
      const reader = dialect.claim(topic);
      if (reader !== undefined) return reader;
    }
    return null;
  }

  function read(message: DialectMessage): ParsedMessage {
    if (message.topic.startsWith(NATIVE_ROOT)) {
      const parsed = readNative(message.topic, message.payload);
      // A Homie device may stand below devices/, where it said so.
      if (parsed.kind !== "refused" || parsed.fault.code !== "TOPIC_UNKNOWN") return parsed;
      return readerOf(message.topic)?.(message) ?? parsed;
    }
    return readerOf(message.topic)?.(message) ?? ELSEWHERE;
  }

  /** Devices of a mapping have ids without a family. */
  const dialectOf = (deviceId: DeviceId): Dialect | undefined =>
    byFamily.get(familyOf(deviceId)) ?? byFamily.get("mapping");

  return {
    read,
    learn: ({ family, deviceId, key, data }) => {
      if (byFamily.get(family)?.learn(deviceId, key, data) === true) readers.clear();
    },
    presenceOf: (deviceId) => dialectOf(deviceId)?.presenceOf?.(deviceId),
    changed: () => readers.clear(),
    claimedBy: (topic) => {
      if (topic.startsWith(NATIVE_ROOT)) return "native";
      if (readers.get(topic) === null) return undefined;
      return families.find((dialect) => dialect.claim(topic) !== undefined)?.family;
    },
    baseTopics: () => families.flatMap((dialect) => [...(dialect.baseTopics?.() ?? [])]),
    nameOf: (deviceId) => dialectOf(deviceId)?.nameOf(deviceId),
    metricInfo: (deviceId: DeviceId, metric: string): MetricInfo | undefined =>
      dialectOf(deviceId)?.metricInfo(deviceId, metric),
  };
}

const familyOf = (deviceId: DeviceId): string => deviceId.slice(0, Math.max(0, deviceId.indexOf(":")));
