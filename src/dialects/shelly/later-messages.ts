/** Reads what a Shelly from the second generation on publishes: notifications, the status of its components, and that it is there. */
import type { DeviceId, MetricValue } from "../../contract/readings.ts";
import type { DialectMessage } from "../../core/dialects/dialect.ts";
import type { ParsedMessage, ParsedReading, Part, PublishPart } from "../../core/dialects/parsed-message.ts";
import { setNewest } from "../../core/model/bounded-map.ts";
import { fault } from "../../core/model/result.ts";
import { readingsOf } from "../payload/flat-metrics.ts";
import { ownDeviceOf } from "../payload/own-device.ts";
import { type JsonObject, jsonObjectOf, plainTextOf } from "../payload/payload-text.ts";
import { type FoundInComponents, readComponents } from "./components.ts";
import type { ShellyParts } from "./gen1-messages.ts";
import { identify } from "./identify.ts";
import { componentEvents, type Frame, frameOf, isConfigChanged } from "./rpc-frame.ts";
import { hasDefaultName } from "./shelly-topic.ts";

export interface LaterReader {
  rpc(prefix: string, message: DialectMessage): ParsedMessage;
  component(
    of: { prefix: string; component: string; index: number | undefined },
    message: DialectMessage,
  ): ParsedMessage;
  online(prefix: string, message: DialectMessage): ParsedMessage;
}

const ELSEWHERE: ParsedMessage = { kind: "elsewhere" };
const NOTHING: ParsedMessage = { kind: "parts", parts: [] };
/** Of these the status names no number. */
const VIRTUAL: ReadonlySet<string> = new Set(["boolean", "number", "text", "enum", "button", "group", "object"]);
const ANNOUNCE = new TextEncoder().encode("announce");
const MAX_ASKED = 10_000;
const IS_NOTIFICATION = /^Notify(Full)?Status$/;

export function createLaterReader({ memory, attributes, recent }: ShellyParts): LaterReader {
  /** Prefixes of boards that were asked who they are since the hub started. */
  const asked = new Map<string, true>();

  function rpc(prefix: string, message: DialectMessage): ParsedMessage {
    const isKnown = isShelly(prefix, message);
    const json = jsonObjectOf(message.payload);
    if (!json.ok) return isKnown ? refused(prefix, json) : ELSEWHERE;
    const frame = frameOf(json.value);
    if (frame === undefined) {
      return isKnown ? refused(prefix, fault("PAYLOAD_WRONG_SHAPE", "src, method and params are missing")) : ELSEWHERE;
    }
    return identified(prefix, frame.src, message, (deviceId) => {
      if (frame.method === "NotifyEvent") return [events(deviceId, frame), ask(prefix, isConfigChanged(frame))];
      if (!IS_NOTIFICATION.test(frame.method)) return [];
      return [...status(deviceId, "rpc", readComponents(frame.params), message, frame.said), ask(prefix)];
    });
  }

  function component(
    { prefix, component: kind, index }: { prefix: string; component: string; index: number | undefined },
    message: DialectMessage,
  ): ParsedMessage {
    const isKnown = isShelly(prefix, message);
    const json = jsonObjectOf(message.payload);
    if (!json.ok) return isKnown ? refused(prefix, json) : ELSEWHERE;
    if (!isKnown && !isComponent(json.value, kind, index)) return ELSEWHERE;
    const key = index === undefined ? kind : `${kind}:${index}`;
    const found = readComponents({ [key]: json.value });
    return identified(prefix, undefined, message, (deviceId) => [
      ...status(deviceId, "status", found, message),
      ask(prefix),
    ]);
  }

  function online(prefix: string, message: DialectMessage): ParsedMessage {
    if (message.payload.length === 0) return NOTHING;
    const word = plainTextOf(message.payload).toLowerCase();
    if (word === "true") {
      return identified(prefix, undefined, message, (deviceId) => [{ kind: "status", deviceId, online: true }]);
    }
    if (word !== "false") return refused(prefix, fault("STATUS_INVALID", "a Shelly says true or false"));
    return identified(prefix, undefined, message, (deviceId) => [{ kind: "status", deviceId, online: false }]);
  }

  function isShelly(prefix: string, { publisher }: DialectMessage): boolean {
    if (hasDefaultName(prefix) || memory.deviceOfPrefix(prefix) !== undefined) return true;
    return ownDeviceOf("shelly", publisher) !== undefined;
  }

  function identified(
    prefix: string,
    src: string | undefined,
    message: DialectMessage,
    read: (deviceId: DeviceId) => readonly (Part | undefined)[],
  ): ParsedMessage {
    const who = identify(memory, prefix, src, message.publisher);
    if (!who.ok) return refused(prefix, who);
    const { deviceId, learned } = who.value;
    const parts = read(deviceId).filter((part) => part !== undefined);
    // An old retained `false` is no sign of life.
    const isOffline = parts.some((part) => part.kind === "status" && !part.online);
    return { kind: "parts", parts: learned === undefined || isOffline ? parts : [learned, ...parts] };
  }

  function status(
    deviceId: DeviceId,
    channel: string,
    { metrics, faults, attributes: about }: FoundInComponents,
    { dup, receivedAtMs }: DialectMessage,
    said?: unknown,
  ): (Part | undefined)[] {
    const fresh = recent.fresh(deviceId, channel, metrics, receivedAtMs);
    // What came the first time may not have been stored.
    const readings = readingsOf(dup === true ? metrics : fresh, said);
    return [
      attributes.partOf(deviceId, about, receivedAtMs),
      readings.length === 0 && faults.length === 0 ? undefined : { kind: "telemetry", deviceId, readings, faults },
    ];
  }

  function events(deviceId: DeviceId, frame: Frame): Part | undefined {
    const readings = componentEvents(frame).map(
      ({ name, event, said }, element): ParsedReading => ({
        said,
        metrics: new Map<string, MetricValue>([[name, event]]),
        element,
      }),
    );
    return readings.length === 0 ? undefined : { kind: "telemetry", deviceId, readings, faults: [] };
  }

  /** Its name and model are in its announcement only, which it sends when it is asked. */
  function ask(prefix: string, isChanged = false): PublishPart | undefined {
    if (asked.has(prefix) && !isChanged) return undefined;
    setNewest(asked, prefix, true, MAX_ASKED);
    return { kind: "publish", topic: `${prefix}/command`, payload: ANNOUNCE };
  }

  function refused(
    prefix: string,
    { fault: wrong }: { readonly fault: Parameters<typeof refusedPart>[1] },
  ): ParsedMessage {
    return { kind: "parts", parts: [refusedPart(memory.deviceOfPrefix(prefix), wrong)] };
  }

  return { rpc, component, online };
}

const refusedPart = (deviceId: DeviceId | undefined, wrong: ReturnType<typeof fault>["fault"]): Part => ({
  kind: "refused",
  deviceId,
  fault: wrong,
});

/** Anybody may have a topic `…/status/<something>:<n>`. */
const isComponent = (json: JsonObject, kind: string, index: number | undefined): boolean =>
  index !== undefined && (json["id"] === index || (VIRTUAL.has(kind) && "value" in json && "last_update_ts" in json));
