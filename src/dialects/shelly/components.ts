/** Makes metrics and attributes of the components of a Shelly from the second generation on: `"switch:0":{"apower":11.5}`. */
import type { MetricValue } from "../../contract/readings.ts";
import type { Fault } from "../../core/model/result.ts";
import { flattenMetrics, isSecret, MAX_METRICS_OF_MESSAGE } from "../payload/flat-metrics.ts";
import { isObject, type JsonObject } from "../payload/payload-text.ts";

export interface FoundInComponents {
  readonly metrics: Map<string, MetricValue>;
  readonly faults: Fault[];
  readonly attributes: [string, unknown][];
}

/** About the board's software, and nothing that happens in a house. */
const NOT_READ: ReadonlySet<string> = new Set([
  ...[
    "ble",
    "bthome",
    "ht_ui",
    "knx",
    "matter",
    "modbus",
    "mqtt",
    "plugs_ui",
    "plugpm_ui",
    "powerstrip_ui",
    "schedule",
  ],
  ...["script", "service", "ui", "wd_ui", "web", "ws", "zigbee"],
]);
/** What these say is configuration, but for a few measurements. */
const ABOUT_BOARD: ReadonlySet<string> = new Set(["sys", "wifi", "eth", "cloud"]);
const MEASURED_OF_BOARD: ReadonlySet<string> = new Set(["sys.uptime", "wifi.rssi"]);
/** Identifiers, settings, and what was measured before. */
const NO_METRICS =
  /\.(id|source|by_minute|packet_id|rsv|rpc|paired|calibration|.*_ts|timer_started_at|timer_duration|transition|auto_.*)(\.|$)/;
/** Attributes that all families name alike. */
const ATTRIBUTES: ReadonlyMap<string, string> = new Map([
  ["sys.mac", "mac"],
  ["wifi.sta_ip", "ip"],
  ["eth.ip", "ip"],
  ["sys.available_updates.stable.version", "update"],
]);
const NO_ATTRIBUTES: ReadonlySet<string> = new Set(["sys.time", "sys.unixtime", "sys.last_sync_ts"]);
const MAX_FAULTS = 20;
const MAX_COMPONENTS = 500;
const MAX_KEY_CHARS = 64;
const MAX_DEPTH = 4;

/** `components`: by key, `switch:0`. */
export function readComponents(components: JsonObject): FoundInComponents {
  const found: FoundInComponents = { metrics: new Map(), faults: [], attributes: [] };
  for (const [key, status] of Object.entries(components).slice(0, MAX_COMPONENTS)) {
    if (found.metrics.size >= MAX_METRICS_OF_MESSAGE) break;
    if (!isObject(status) || key.length > MAX_KEY_CHARS) continue;
    const [kind = ""] = key.split(":", 1);
    if (NOT_READ.has(kind) || isSecret(kind)) continue;
    if (ABOUT_BOARD.has(kind)) collectAttributes(status, key, 1, found.attributes);
    const { metrics, faults } = flattenMetrics(status, {
      prefix: key,
      skip: ABOUT_BOARD.has(kind) ? (path, value) => !isObject(value) && !MEASURED_OF_BOARD.has(path) : isNoMetric,
    });
    for (const [name, value] of metrics) {
      if (found.metrics.size < MAX_METRICS_OF_MESSAGE) found.metrics.set(name, value);
    }
    for (const fault of faults) if (found.faults.length < MAX_FAULTS) found.faults.push(fault);
  }
  return found;
}

const isNoMetric = (path: string): boolean => NO_METRICS.test(path);

/** `sys.cfg_rev`, `wifi.ssid`, `ip` */
function collectAttributes(status: JsonObject, before: string, depth: number, found: [string, unknown][]): void {
  for (const [key, value] of Object.entries(status)) {
    const path = `${before}.${key}`;
    if (key.length > MAX_KEY_CHARS || isSecret(key)) continue;
    if (isObject(value)) {
      if (depth < MAX_DEPTH) collectAttributes(value, path, depth + 1, found);
    } else if (!MEASURED_OF_BOARD.has(path) && !NO_ATTRIBUTES.has(path) && IS_ATTRIBUTE.test(path)) {
      found.push([ATTRIBUTES.get(path) ?? path, value]);
    }
  }
}

const IS_ATTRIBUTE = /^[a-z][A-Za-z0-9_.-]{0,63}$/;
