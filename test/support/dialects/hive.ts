/** The worked example of docs/dialects.md: a made-up family of scales below beehives. */
import type { Family } from "../../../src/contract/families.ts";
import type { MetricInfo } from "../../../src/contract/metrics.ts";
import type { DeviceId } from "../../../src/contract/readings.ts";
import type { Dialect, DialectMessage, TopicReader } from "../../../src/core/dialects/dialect.ts";
import type { ParsedMessage, Part } from "../../../src/core/dialects/parsed-message.ts";
import { plainValue } from "../../../src/core/model/metric-value.ts";
import { type Fault, fault } from "../../../src/core/model/result.ts";
import { readingsOf } from "../../../src/dialects/payload/flat-metrics.ts";
import { deviceIdOf } from "../../../src/dialects/payload/names.ts";
import { mayReplace, ownDeviceOf } from "../../../src/dialects/payload/own-device.ts";
import { jsonObjectOf, plainTextOf } from "../../../src/dialects/payload/payload-text.ts";

// docs/dialects.md has what follows, word by word.
const FAMILY = "hive" as string as Family; // a real family is in FAMILIES
const TOPIC = /^hive\/([^/]+)\/(weight|alive|about|tare)$/;
const ABOUT = "about";

/** What a scale said of itself, and whose word that was. */
interface About {
  readonly by: string;
  readonly name: string;
  readonly unit: string;
}

export function createHive(): Dialect {
  const known = new Map<DeviceId, About>();

  function claim(topic: string): TopicReader | undefined {
    const [, name = "", channel] = TOPIC.exec(topic) ?? [];
    const deviceId = (message: DialectMessage): DeviceId =>
      ownDeviceOf(FAMILY, message.publisher) ?? deviceIdOf(FAMILY, name);
    switch (channel) {
      case "weight":
        return (message) => readWeight(deviceId(message), message);
      case "alive":
        return (message) => readAlive(deviceId(message), message);
      case "about":
        return (message) => readAbout(deviceId(message), message);
      case "tare":
        return () => partsOf(); // a command: delivered to subscribers, nothing to store
      default:
        return undefined; // not of this family
    }
  }

  function readAbout(deviceId: DeviceId, { payload, publisher }: DialectMessage): ParsedMessage {
    if (!mayReplace(known.get(deviceId)?.by, deviceId, publisher)) {
      return refused(deviceId, fault("ANNOUNCED_BY_ANOTHER").fault);
    }
    const json = jsonObjectOf(payload);
    if (!json.ok) return refused(deviceId, json.fault);
    const { name, unit } = json.value;
    const about: About = { by: publisher.id, name: textOf(name) ?? deviceId, unit: textOf(unit) ?? "kg" };
    return partsOf({ kind: "learned", family: FAMILY, deviceId, key: ABOUT, data: JSON.stringify(about) });
  }

  function learn(deviceId: DeviceId, key: string, data: string | undefined): boolean {
    const about = key === ABOUT && data !== undefined ? aboutIn(data) : undefined;
    if (about !== undefined) known.set(deviceId, about);
    else known.delete(deviceId);
    return false; // the topics are the same whatever was learned
  }

  return {
    family: FAMILY,
    claim,
    learn,
    nameOf: (deviceId) => known.get(deviceId)?.name,
    metricInfo: (deviceId, metric): MetricInfo | undefined =>
      metric === "weight" ? { label: "Weight", kind: "number", unit: known.get(deviceId)?.unit ?? "kg" } : undefined,
  };
}

function readWeight(deviceId: DeviceId, { payload }: DialectMessage): ParsedMessage {
  const value = plainValue("weight", plainTextOf(payload));
  if (!value.ok) return refused(deviceId, value.fault);
  if (value.value === undefined) return partsOf(); // `nan`: the scale has no value
  const readings = readingsOf(new Map([["weight", value.value]]));
  return partsOf({ kind: "telemetry", deviceId, readings, faults: [] });
}

function readAlive(deviceId: DeviceId, { payload }: DialectMessage): ParsedMessage {
  const word = plainTextOf(payload);
  if (word !== "yes" && word !== "no") return refused(deviceId, fault("STATUS_INVALID").fault);
  return partsOf({ kind: "status", deviceId, online: word === "yes" });
}

const partsOf = (...parts: readonly Part[]): ParsedMessage => ({ kind: "parts", parts });

const refused = (deviceId: DeviceId, found: Fault): ParsedMessage =>
  partsOf({ kind: "refused", deviceId, fault: found });

const MAX_CHARS = 128;

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value.slice(0, MAX_CHARS) : undefined;

/** What is on disk may be of a newer version, or damaged. */
function aboutIn(data: string): About | undefined {
  const json = jsonObjectOf(new TextEncoder().encode(data));
  if (!json.ok) return undefined;
  const [by, name, unit] = [textOf(json.value["by"]), textOf(json.value["name"]), textOf(json.value["unit"])];
  return by === undefined || name === undefined || unit === undefined ? undefined : { by, name, unit };
}
