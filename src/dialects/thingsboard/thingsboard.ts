/** ThingsBoard's device and gateway interface: boards that were programmed for it need no change. */
import type { DeviceId } from "../../contract/readings.ts";
import type { Dialect, DialectMessage } from "../../core/dialects/dialect.ts";
import type { AttributesPart, ParsedMessage, Part, RefusedPart } from "../../core/dialects/parsed-message.ts";
import { type Fault, fault, ok, type Result } from "../../core/model/result.ts";
import { shortText } from "../../core/model/short-text.ts";
import { attributePatch } from "../payload/attribute-patch.ts";
import { isSecret } from "../payload/flat-metrics.ts";
import { deviceIdOf, metricNameOf } from "../payload/names.ts";
import { decode, isObject, type JsonObject, type PayloadText, parseJson, withoutEnd } from "../payload/payload-text.ts";
import { MAX_READINGS, telemetryPart } from "./telemetry.ts";
import { type Channel, type ThingsboardAddress, thingsboardAddressOf } from "./thingsboard-topic.ts";

const NOTHING: ParsedMessage = { kind: "parts", parts: [] };
const NAME_KEY = "name";
const ID_START = "thingsboard:";
/** Of a gateway, in one message. */
const MAX_DEVICES = 1_000;

export function createThingsboard(): Dialect {
  /** Of devices whose name is not their id. */
  const names = new Map<DeviceId, string>();

  function read({ channel, deviceId: named }: ThingsboardAddress, message: DialectMessage): ParsedMessage {
    if (channel === "carried") return NOTHING;
    const bytes = withoutEnd(message.payload);
    if (bytes.length === 0 && message.retain) return NOTHING; // clears a retained message [MQTT-3.3.1-10]
    const payload = decode(bytes);
    if (channel === "attributes" && bytes.length > MAX_ATTRIBUTES_BYTES)
      return refused(named, { code: "ATTRIBUTES_TOO_LARGE" });
    const json = bytes.length === 0 ? fault("PAYLOAD_EMPTY") : parseJson(payload);
    if (channel !== "telemetry" && channel !== "attributes") {
      return json.ok ? gatewayMessage(channel, json.value, payload) : refused(undefined, json.fault);
    }
    const own = named === undefined ? senderOf(message) : ok(named);
    if (!own.ok) return refused(undefined, own.fault);
    if (!json.ok) return refused(own.value, json.fault);
    const { publisher, userName } = message;
    const isNamedBySender = named === undefined && publisher.deviceId === undefined && userName !== undefined;
    const names = isNamedBySender ? nameParts(own.value, userName) : [];
    const isTelemetry = channel === "telemetry";
    const part = isTelemetry
      ? telemetryPart(own.value, json.value, false)
      : attributesPart(own.value, json.value, payload);
    return { kind: "parts", parts: [...names, part] };
  }

  function gatewayMessage(
    channel: Exclude<Channel, "telemetry" | "attributes" | "carried">,
    json: unknown,
    payload: PayloadText,
  ): ParsedMessage {
    switch (channel) {
      case "connect":
      case "disconnect":
        return gatewayStatus(json, channel === "connect", payload);
      case "gateway telemetry":
        return gatewayTelemetry(json);
      case "gateway attributes":
        return ofEachDevice(json, (deviceId, value) => attributesPart(deviceId, value, payload));
    }
  }

  function gatewayTelemetry(json: unknown): ParsedMessage {
    let left = MAX_READINGS;
    return ofEachDevice(json, (deviceId, value) => {
      const part = telemetryPart(deviceId, value, true, left);
      left -= part.readings.length;
      return part;
    });
  }

  function gatewayStatus(json: unknown, online: boolean, payload: PayloadText): ParsedMessage {
    const { device, type } = isObject(json) ? json : {};
    if (typeof device !== "string" || device === "" || device.length > MAX_DEVICE_CHARS)
      return refused(undefined, NO_DEVICE);
    const deviceId = deviceIdOf("thingsboard", device);
    const parts: Part[] = [...(online ? nameParts(deviceId, device) : []), { kind: "status", deviceId, online }];
    if (online && typeof type === "string" && type !== "" && type !== "default") {
      parts.push(attributesPart(deviceId, { deviceType: shortText(type, MAX_NAME_CHARS) }, payload));
    }
    return { kind: "parts", parts };
  }

  function ofEachDevice(json: unknown, partOf: (deviceId: DeviceId, json: unknown) => Part): ParsedMessage {
    if (!isObject(json)) return refused(undefined, NO_DEVICES);
    const devices = Object.entries(json);
    const parts = devices.slice(0, MAX_DEVICES).flatMap(([device, value]): Part[] => {
      if (device === "" || device.length > MAX_DEVICE_CHARS)
        return [{ kind: "refused", deviceId: undefined, fault: NO_DEVICE }];
      const deviceId = deviceIdOf("thingsboard", device);
      return [...nameParts(deviceId, device), partOf(deviceId, value)];
    });
    if (devices.length > MAX_DEVICES) parts.push({ kind: "refused", deviceId: undefined, fault: TOO_MANY_DEVICES });
    return { kind: "parts", parts };
  }

  /** Where the id is not the name itself. */
  function nameParts(deviceId: DeviceId, name: string): Part[] {
    const shown = name.slice(0, MAX_NAME_CHARS);
    if (deviceId === `${ID_START}${name}` || names.get(deviceId) === shown) return [];
    const data = JSON.stringify(shown);
    return [{ kind: "learned", family: "thingsboard", deviceId, key: NAME_KEY, data }];
  }

  function learn(deviceId: DeviceId, key: string, data: string | undefined): boolean {
    const name = key === NAME_KEY && data !== undefined ? nameIn(data) : undefined;
    if (name !== undefined) names.set(deviceId, name);
    else if (key === NAME_KEY && data === undefined) names.delete(deviceId);
    return false;
  }

  return {
    family: "thingsboard",
    claim: (topic) => {
      const address = thingsboardAddressOf(topic);
      return address && ((message) => read(address, message));
    },
    learn,
    nameOf: (deviceId) => names.get(deviceId) ?? (deviceId.includes("~") ? undefined : deviceId.slice(ID_START.length)),
    metricInfo: () => undefined,
  };
}

const MAX_NAME_CHARS = 256;
/** Of the name of a gateway's device. */
const MAX_DEVICE_CHARS = 1_024;
/** White space included. More attributes than 16 KiB are not kept of a device. */
const MAX_ATTRIBUTES_BYTES = 64 * 1024;

const NO_DEVICE: Fault = { code: "PAYLOAD_WRONG_SHAPE", detail: 'the device has no name: {"device":"…"} belongs here' };
const NO_DEVICES: Fault = { code: "PAYLOAD_WRONG_SHAPE", detail: "an object of devices by their names belongs here" };
const TOO_MANY_DEVICES: Fault = {
  code: "PAYLOAD_WRONG_SHAPE",
  detail: `a message may be about ${MAX_DEVICES} devices; the others are left out`,
};

/** Whose credential it is; without one, the user name: ThingsBoard's clients send their token there. */
function senderOf({ publisher, userName }: DialectMessage): Result<DeviceId> {
  if (publisher.deviceId !== undefined) return ok(publisher.deviceId);
  return userName === undefined || userName === ""
    ? fault("DEVICE_NOT_NAMED")
    : ok(deviceIdOf("thingsboard", userName));
}

function attributesPart(deviceId: DeviceId, json: unknown, { isDamaged }: PayloadText): AttributesPart | RefusedPart {
  if (!isObject(json)) return refusedPart(deviceId, WRONG_ATTRIBUTES);
  const { patch, faults } = attributePatch(withoutSecrets(json, 1), { isDamaged, nameOf: metricNameOf });
  return { kind: "attributes", deviceId, patch, faults };
}

const WRONG_ATTRIBUTES: Fault = { code: "PAYLOAD_WRONG_SHAPE", detail: "attributes are a JSON object" };

/** What nests deeper than an attribute may is refused as it is. */
const MAX_DEPTH = 8;

const withoutSecrets = (json: JsonObject, depth: number): JsonObject =>
  Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) =>
      isSecret(key) ? [] : [[key, isObject(value) && depth < MAX_DEPTH ? withoutSecrets(value, depth + 1) : value]],
    ),
  );

function nameIn(data: string): string | undefined {
  try {
    const name: unknown = JSON.parse(data);
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}

const refusedPart = (deviceId: DeviceId | undefined, fault: Fault): RefusedPart => ({
  kind: "refused",
  deviceId,
  fault,
});

const refused = (deviceId: DeviceId | undefined, fault: Fault): ParsedMessage => ({
  kind: "parts",
  parts: [refusedPart(deviceId, fault)],
});
