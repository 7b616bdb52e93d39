/** Reads what a Shelly of the first generation publishes on its own topics. */
import type { DeviceId, MetricValue } from "../../contract/readings.ts";
import type { DialectMessage } from "../../core/dialects/dialect.ts";
import type { LearnedPart, ParsedMessage, Part } from "../../core/dialects/parsed-message.ts";
import { setNewest } from "../../core/model/bounded-map.ts";
import type { AttributeChanges } from "../payload/attribute-changes.ts";
import { readingsOf } from "../payload/flat-metrics.ts";
import { metricNameOf } from "../payload/names.ts";
import { type JsonObject, jsonObjectOf, plainTextOf } from "../payload/payload-text.ts";
import type { RecentValues } from "../payload/recent-values.ts";
import { type Gen1Info, gen1Info, inputEvent, statusMetrics, temperatureUnitIn } from "./gen1-json.ts";
import { gen1Value } from "./gen1-value.ts";
import { identifyGen1 } from "./identify.ts";
import { KEYS, type ShellyMemory } from "./shelly-memory.ts";

export type Gen1Reader = (
  topic: { readonly id: string; readonly path: string },
  message: DialectMessage,
) => ParsedMessage;

export interface ShellyParts {
  readonly memory: ShellyMemory;
  readonly attributes: AttributeChanges;
  readonly recent: RecentValues;
}

const MAX_INPUTS = 10_000;
/** Units that a device had. */
const MAX_UNITS = 16;

export function createGen1Reader({ memory, attributes, recent }: ShellyParts): Gen1Reader {
  /** How often each button was pressed when it was last heard: boards repeat the last event with each update. */
  const counts = new Map<string, number>();

  function read(deviceId: DeviceId, path: string, message: DialectMessage): readonly (Part | undefined)[] {
    const [kind = ""] = path.split("/", 1);
    const isJson = kind === "info" || kind === "input_event" || path === "status" || path.endsWith("/status");
    if (!isJson) return [plain(deviceId, path, message)];
    const json = jsonObjectOf(message.payload);
    if (!json.ok) return [{ kind: "refused", deviceId, fault: json.fault }];
    if (kind === "info") return info(deviceId, json.value, message);
    if (kind === "input_event") return [pressed(deviceId, path, json.value)];
    const { metrics, faults } = statusMetrics(json.value, path === "status" ? "" : path.replace(/\/status$/, ""));
    return [
      unitLearned(deviceId, temperatureUnitIn(json.value), message),
      telemetry(deviceId, path, metrics, faults, message),
    ];
  }

  function plain(deviceId: DeviceId, path: string, message: DialectMessage): Part | undefined {
    const name = metricNameOf(path);
    const value = gen1Value(path, name, plainTextOf(message.payload));
    if (!value.ok) return { kind: "refused", deviceId, fault: value.fault };
    return value.value === undefined
      ? undefined
      : telemetry(deviceId, path, new Map([[name, value.value]]), [], message);
  }

  function info(deviceId: DeviceId, json: JsonObject, message: DialectMessage): readonly (Part | undefined)[] {
    const { metrics, faults, attributes: about, temperatureUnit } = gen1Info(json);
    return [
      unitLearned(deviceId, temperatureUnit, message),
      attributes.partOf(deviceId, about, message.receivedAtMs),
      telemetry(deviceId, "info", metrics, faults, message),
    ];
  }

  function unitLearned(
    deviceId: DeviceId,
    temperature: Gen1Info["temperatureUnit"],
    { receivedAtMs: fromMs }: DialectMessage,
  ): LearnedPart | undefined {
    const former = memory.temperatureUnitsOf(deviceId);
    if (temperature === undefined || former.at(-1)?.temperature === temperature) return undefined;
    const since = [...former, { fromMs, temperature }].slice(-MAX_UNITS);
    return { kind: "learned", family: "shelly", deviceId, key: KEYS.units, data: JSON.stringify({ since }) };
  }

  function pressed(deviceId: DeviceId, path: string, json: JsonObject): Part | undefined {
    const found = inputEvent(json);
    if (found === undefined) return undefined;
    const input = `${deviceId} ${path}`;
    if (found.count !== undefined) {
      if (counts.get(input) === found.count) return undefined;
      setNewest(counts, input, found.count, MAX_INPUTS);
    }
    const metrics = new Map<string, MetricValue>([[metricNameOf(path), found.event]]);
    return { kind: "telemetry", deviceId, readings: readingsOf(metrics), faults: [] };
  }

  /** Without what it has just said on another topic. */
  function telemetry(
    deviceId: DeviceId,
    path: string,
    metrics: ReadonlyMap<string, MetricValue>,
    faults: ReturnType<typeof statusMetrics>["faults"],
    { dup, receivedAtMs }: DialectMessage,
  ): Part | undefined {
    const fresh = recent.fresh(deviceId, path, metrics, receivedAtMs);
    // What came the first time may not have been stored.
    const readings = readingsOf(dup === true ? metrics : fresh);
    return readings.length === 0 && faults.length === 0 ? undefined : { kind: "telemetry", deviceId, readings, faults };
  }

  return ({ id, path }, message) => {
    // It clears what was retained. [MQTT-3.3.1-10]
    if (message.payload.length === 0) return { kind: "parts", parts: [] };
    const { deviceId, learned } = identifyGen1(memory, id, message.publisher);
    const parts = read(deviceId, path, message).filter((part) => part !== undefined);
    const isAccepted = parts.some((part) => part.kind !== "refused");
    return { kind: "parts", parts: learned !== undefined && isAccepted ? [learned, ...parts] : parts };
  };
}
