/** Reads what a Homie device publishes: attributes, description, state, values. */
import type { AttributeValue, DeviceId, MetricValue } from "../../contract/readings.ts";
import type { DialectMessage, TopicReader } from "../../core/dialects/dialect.ts";
import type { LearnedPart, ParsedMessage, Part } from "../../core/dialects/parsed-message.ts";
import { setNewest } from "../../core/model/bounded-map.ts";
import type { Fault } from "../../core/model/result.ts";
import { shortText } from "../../core/model/short-text.ts";
import { readingsOf } from "../payload/flat-metrics.ts";
import { metricNameOf } from "../payload/names.ts";
import { jsonObjectOf, plainTextOf } from "../payload/payload-text.ts";
import { descriptionJson, descriptionOf } from "./description.ts";
import { DESCRIPTION_KEY, HOME_KEY, type Home, type HomieBook, isStat, TARGET } from "./homie-book.ts";
import { type HomieAddress, isFive } from "./homie-topic.ts";
import { readProperty } from "./property-value.ts";

export interface HomieReader {
  /** Undefined: no topic of Homie. */
  at(address: HomieAddress): TopicReader | undefined;
  /** `…/$homie`; `<domain>/5/<device>/$description` and `$state`. */
  announcementAt(address: HomieAddress): TopicReader;
  /** What a device last said of itself. */
  stateOf(deviceId: DeviceId): State | undefined;
}

const STATES = ["init", "ready", "alert", "sleeping", "disconnected", "lost"] as const;
export type State = (typeof STATES)[number];

export const NOTHING: ParsedMessage = { kind: "parts", parts: [] };
export const readNothing: TopicReader = () => NOTHING;
const ELSEWHERE: ParsedMessage = { kind: "elsewhere" };
const MAX_STATES = 5_000;
const MAX_ATTRIBUTE_CHARS = 1_024;
const VERSION = /^[234](\.\d{1,4}){0,3}$/;

/** Of a device, about itself: they become its attributes. */
const ABOUT_DEVICE: ReadonlyMap<string, string> = new Map([
  ["$implementation", "implementation"],
  ["$localip", "localip"],
  ["$mac", "mac"],
  ["$fw/name", "firmware.name"],
  ["$fw/version", "firmware.version"],
]);
const OF_NODE: ReadonlySet<string> = new Set(["$name", "$properties"]);
const OF_PROPERTY: ReadonlySet<string> = new Set(["$name", "$unit", "$datatype", "$format", "$settable", "$retained"]);
/** `debug` is for whoever looks for a fault. */
const LOG_LEVELS: ReadonlySet<string> = new Set(["info", "warn", "error", "fatal"]);
const MAX_LOG_CHARS = 250;

export function createHomieReader(book: HomieBook): HomieReader {
  const states = new Map<DeviceId, State>();

  function announcementAt(address: HomieAddress): TopicReader {
    const [attribute = ""] = address.below;
    return (message) => readAnnouncement(address, attribute, message);
  }

  function readAnnouncement(address: HomieAddress, attribute: string, message: DialectMessage): ParsedMessage {
    const { base, device } = address;
    const home: Home = { base, device };
    const known = book.idAt(home);
    if (message.payload.length === 0) return known === undefined ? NOTHING : withdraw(known, attribute);
    const deviceId = book.idFor(home);
    const former = book.homeOf(deviceId);
    // The firmware was updated from version 4 to 5, or another client says that it is the device.
    const isMoved = former !== undefined && former.base !== base;
    if (isMoved && !message.publisher.mayPublish(`${former.base}/${device}/$state`)) {
      return refused(deviceId, { code: "ANNOUNCED_BY_ANOTHER", detail: former.base });
    }
    const said = saidIn(deviceId, attribute, message);
    if (said.fault !== undefined) {
      return known === undefined && !isUsual(base) ? ELSEWHERE : refused(deviceId, said.fault);
    }
    const homePart = learned(deviceId, HOME_KEY, { base, device });
    return { kind: "parts", parts: [homePart, ...said.parts] };
  }

  function saidIn(
    deviceId: DeviceId,
    attribute: string,
    { payload }: DialectMessage,
  ): { parts: Part[]; fault?: Fault } {
    switch (attribute) {
      case "$description": {
        const json = jsonObjectOf(payload);
        if (!json.ok) return { parts: [], fault: json.fault };
        const data = descriptionJson(descriptionOf(json.value));
        const { homie: version } = json.value;
        const about = typeof version === "string" ? [attributePart(deviceId, "homie", shortText(version, 16))] : [];
        return { parts: [{ ...learned(deviceId, DESCRIPTION_KEY, ""), data }, ...about] };
      }
      case "$state":
        return statusIn(deviceId, plainTextOf(payload));
      default: {
        const version = plainTextOf(payload);
        if (VERSION.test(version)) return { parts: [attributePart(deviceId, "homie", version)] };
        return {
          parts: [],
          fault: { code: "PAYLOAD_WRONG_SHAPE", detail: "a version of Homie from 2 to 4 belongs here" },
        };
      }
    }
  }

  function statusIn(deviceId: DeviceId, text: string): { parts: Part[]; fault?: Fault } {
    const state = STATES.find((each) => each === text);
    if (state === undefined) {
      const detail = `${JSON.stringify(text.slice(0, 40))} is no state of Homie`;
      return { parts: [], fault: { code: "STATUS_INVALID", detail } };
    }
    setNewest(states, deviceId, state, MAX_STATES);
    return { parts: [{ kind: "status", deviceId, online: state !== "disconnected" && state !== "lost" }] };
  }

  /** A device without `$state` has ceased to exist; what it said of itself before goes with it. */
  function withdraw(deviceId: DeviceId, attribute: string): ParsedMessage {
    if (attribute !== "$state")
      return partsOf(learned(deviceId, attribute === "$homie" ? HOME_KEY : attribute, undefined));
    states.delete(deviceId);
    const keys = book.keysOf(deviceId).map((key) => learned(deviceId, key, undefined));
    return partsOf({ kind: "status", deviceId, online: false }, ...keys);
  }

  function at({ base, device, below }: HomieAddress): TopicReader | undefined {
    const home: Home = { base, device };
    const deviceId = book.idFor(home);
    const holder = book.homeOf(deviceId);
    // The same device publishes by two versions of the convention: the one that it announced last is read.
    if (holder !== undefined && holder.base !== base) return readNothing;
    const [first = "", second, third] = below;
    if (first.startsWith("$")) return attributeReader(deviceId, below, isFive(base));
    if (second === undefined || below.length > 3) return undefined;
    if (second.startsWith("$")) return third === undefined ? learnedReader(deviceId, below, OF_NODE) : undefined;
    if (third === undefined) return valueReader(deviceId, metricNameOf(`${first}/${second}`));
    if (third === "$target") return targetReader(deviceId, metricNameOf(`${first}/${second}`));
    return third.startsWith("$") ? learnedReader(deviceId, below, OF_PROPERTY) : readNothing; // `set` is a command
  }

  function attributeReader(deviceId: DeviceId, below: readonly string[], five: boolean): TopicReader {
    const path = below.join("/");
    const [first, second] = below;
    if (path === "$name") return learnedReader(deviceId, below, OF_NODE);
    if (path === "$state")
      return ({ payload }) => (payload.length === 0 ? withdraw(deviceId, path) : saidParts(deviceId, payload));
    if (path === "$online") return ({ payload }) => readOnline(deviceId, plainTextOf(payload));
    if (first === "$stats" && below.length === 2) return statReader(deviceId, `stats.${second}`);
    if (five && first === "$log" && below.length === 2) return logReader(deviceId, second ?? "");
    if (five && first === "$alert" && below.length === 2) return textReader(deviceId, metricNameOf(`alert/${second}`));
    const attribute = ABOUT_DEVICE.get(path);
    return attribute === undefined ? readNothing : textReader(deviceId, attribute);
  }

  function saidParts(deviceId: DeviceId, payload: Uint8Array): ParsedMessage {
    const { parts, fault } = statusIn(deviceId, plainTextOf(payload));
    return fault === undefined ? { kind: "parts", parts } : refused(deviceId, fault);
  }

  /** Version 2. */
  function readOnline(deviceId: DeviceId, text: string): ParsedMessage {
    if (text !== "true" && text !== "false")
      return text === "" ? NOTHING : refused(deviceId, { code: "STATUS_INVALID" });
    return partsOf({ kind: "status", deviceId, online: text === "true" });
  }

  /** An attribute of a node or a property, which says what its metrics are. */
  function learnedReader(deviceId: DeviceId, below: readonly string[], known: ReadonlySet<string>): TopicReader {
    if (!known.has(below.at(-1) ?? "")) return readNothing;
    const key = below.join("/");
    return ({ payload }) => {
      const text = plainTextOf(payload).slice(0, MAX_ATTRIBUTE_CHARS);
      // A list of properties only says something where it says which of them can be set, which is version 2.
      const isOfUse = text !== "" && (!key.endsWith("$properties") || text.includes(":settable"));
      return partsOf(learned(deviceId, key, isOfUse ? text : undefined));
    };
  }

  function valueReader(deviceId: DeviceId, metric: string): TopicReader {
    return ({ payload }) => {
      if (payload.length === 0) return NOTHING; // the retained value is cleared
      const { metrics, faults } = readProperty(metric, payload, book.propertyOf(deviceId, metric));
      return readingOf(deviceId, metrics, faults);
    };
  }

  function targetReader(deviceId: DeviceId, metric: string): TopicReader {
    const target = `${metric}.${TARGET}`;
    return ({ payload }) => {
      if (payload.length === 0) return NOTHING;
      const { metrics, faults } = readProperty(target, payload, book.propertyOf(deviceId, metric));
      return readingOf(deviceId, metrics, faults);
    };
  }

  return { at, announcementAt, stateOf: (deviceId) => states.get(deviceId) };
}

const isUsual = (base: string): boolean => base === "homie" || base === "homie/5";

function statReader(deviceId: DeviceId, metric: string): TopicReader {
  if (!isStat(metric)) return readNothing;
  return ({ payload }) => {
    const { metrics, faults } = readProperty(metric, payload, { datatype: "float" });
    return readingOf(deviceId, metrics, faults);
  };
}

const logReader = (deviceId: DeviceId, level: string): TopicReader =>
  LOG_LEVELS.has(level)
    ? ({ payload }) => {
        const text = lineOf(payload);
        return readingOf(deviceId, new Map(text === "" ? [] : [[`log.${level}`, text]]), []);
      }
    : readNothing;

/** An attribute of the device; without a text it is gone, as an alert that was settled. */
const textReader =
  (deviceId: DeviceId, attribute: string): TopicReader =>
  ({ payload }) => {
    const text = lineOf(payload);
    return partsOf(attributePart(deviceId, attribute, text === "" ? null : text));
  };

/** Of bytes, as a metric's text: 256 at most. */
function lineOf(payload: Uint8Array): string {
  const text = plainTextOf(payload.subarray(0, MAX_LOG_CHARS + 2)).replaceAll(/\p{Cc}+/gu, " ");
  return text.endsWith("\uFFFD") ? text.slice(0, -1) : text;
}

function readingOf(
  deviceId: DeviceId,
  metrics: ReadonlyMap<string, MetricValue>,
  faults: readonly Fault[],
): ParsedMessage {
  if (metrics.size === 0 && faults.length === 0) return NOTHING;
  return partsOf({ kind: "telemetry", deviceId, readings: readingsOf(metrics), faults });
}

const attributePart = (deviceId: DeviceId, name: string, value: AttributeValue | null): Part => ({
  kind: "attributes",
  deviceId,
  patch: new Map([[name, value]]),
  faults: [],
});

const learned = (deviceId: DeviceId, key: string, value: unknown): LearnedPart => ({
  kind: "learned",
  family: "homie",
  deviceId,
  key,
  data: value === undefined ? undefined : JSON.stringify(value),
});

const partsOf = (...parts: readonly Part[]): ParsedMessage => ({ kind: "parts", parts });

const refused = (deviceId: DeviceId, fault: Fault): ParsedMessage => partsOf({ kind: "refused", deviceId, fault });
