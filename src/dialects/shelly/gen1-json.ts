/** Reads the JSON of a Shelly of the first generation: `info`, `status`, `light/0/status`, `input_event/0`. */
import type { MetricValue } from "../../contract/readings.ts";
import { jsonValue } from "../../core/model/metric-value.ts";
import { fault } from "../../core/model/result.ts";
import { type FoundMetrics, flattenMetrics } from "../payload/flat-metrics.ts";
import { isObject, type JsonObject } from "../payload/payload-text.ts";
import { textOf } from "./shelly-memory.ts";

/** Nothing that is measured. */
const NOT_READ =
  /(^|\.)(timestamp|units|is_valid|enabled|value_op|has_timer|timer_.*|source|serial|schedule.*|boost_minutes|effect|transition)$/;

/** Of a motion sensor, a valve (`status`), or a light. */
export function statusMetrics(json: JsonObject, prefix: string): FoundMetrics {
  return flattenMetrics(json, { prefix, skip: isNoMetric, read: readValue });
}

function isNoMetric(path: string, value: unknown): boolean {
  return NOT_READ.test(path) || (isObject(value) && value["is_valid"] === false);
}

function readValue(name: string, value: unknown): ReturnType<typeof jsonValue> {
  const isNone = value === -1 && /(^|\.)(pos|bat|lux|value)$/.test(name);
  return isNone ? fault("METRIC_OUT_OF_RANGE", `-1 of ${name}`, name) : jsonValue(name, value);
}

/** The board's whole status, which it sends when it connects. What has topics of its own is read there. */
export interface Gen1Info extends FoundMetrics {
  readonly attributes: readonly [string, unknown][];
  /** `C` or `F`, in which it sends temperatures. */
  readonly temperatureUnit: "C" | "F" | undefined;
}

export function gen1Info(json: JsonObject): Gen1Info {
  const { wifi_sta, update, mac, bat, charger, uptime } = json;
  const [wifi, updates] = [objectOf(wifi_sta), objectOf(update)];
  const valves = listOf(json["thermostats"]).slice(0, MAX_VALVES).filter(isObject);
  const chosen = {
    uptime,
    charger,
    bat: isObject(bat) ? { value: bat["value"], voltage: bat["voltage"] } : undefined,
    wifi_sta: { rssi: wifi["rssi"] },
    ...Object.fromEntries(valves.map((valve, index) => [`thermostat.${index}`, valve])),
  };
  const present = Object.entries(chosen).filter(([, value]) => value !== undefined);
  return {
    ...flattenMetrics(Object.fromEntries(present), {
      skip: (path, value) => value === undefined || isNoMetric(path, value),
      read: readValue,
    }),
    attributes: [
      ["mac", mac],
      ["ip", wifi["ip"]],
      ["wifi.ssid", wifi["ssid"]],
      ["firmware", updates["old_version"]],
      ["update", updates["has_update"] === true ? updates["new_version"] : undefined],
    ],
    temperatureUnit: temperatureUnitIn(json) ?? temperatureUnitIn(objectOf(valves[0])),
  };
}

/** Of `"tmp":{"value":74.53,"units":"F"}`. */
export function temperatureUnitIn(json: JsonObject): "C" | "F" | undefined {
  const unit = objectOf(json["tmp"])["units"];
  return unit === "C" || unit === "F" ? unit : undefined;
}

const MAX_VALVES = 4;

/** A button: `S`, `SS`, `SSS`, `L`, `SL`, `LS`; undefined: none was pressed since the board started. */
export interface InputEvent {
  readonly event: MetricValue;
  /** Counts each; undefined: it says none. */
  readonly count: number | undefined;
}

export function inputEvent(json: JsonObject): InputEvent | undefined {
  const event = textOf(json["event"]);
  const count = json["event_cnt"];
  if (event === undefined || !/^[A-Z]{1,8}$/.test(event)) return undefined;
  return { event, count: typeof count === "number" ? count : undefined };
}

const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
