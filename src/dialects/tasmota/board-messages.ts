/** Reads what a Tasmota publishes on its own topics. */
import type { DeviceId, MetricValue } from "../../contract/readings.ts";
import type { DialectMessage } from "../../core/dialects/dialect.ts";
import type { LearnedPart, ParsedMessage, Part } from "../../core/dialects/parsed-message.ts";
import { type Fault, fault } from "../../core/model/result.ts";
import type { AttributeChanges } from "../payload/attribute-changes.ts";
import type { FoundMetrics } from "../payload/flat-metrics.ts";
import { isObject, type JsonObject, jsonObjectOf, plainTextOf } from "../payload/payload-text.ts";
import type { RecentValues } from "../payload/recent-values.ts";
import { aboutBoard } from "./about-board.ts";
import { resultMetrics } from "./result.ts";
import { KEYS, type TasmotaMemory } from "./tasmota-memory.ts";
import type { Channel } from "./tasmota-topic.ts";
import {
  configurationOf,
  instantOf,
  isConfiguration,
  isOfCard,
  metricsOf,
  readValue,
  type StateWords,
  sensorIds,
  telemetryOf,
} from "./telemetry.ts";
import { createUnitChanges } from "./unit-changes.ts";
import { ZIGBEE_KEY, zigbeeDevices } from "./zigbee-devices.ts";

/** Whose message it is, and what kind of one. */
export interface BoardMessage {
  readonly deviceId: DeviceId;
  readonly channel: Channel;
  /** The board's, in the topic; undefined: a discovery document says it. */
  readonly name: string | undefined;
}

export type BoardReader = (board: BoardMessage, message: DialectMessage) => ParsedMessage;

export interface BoardReaderParts {
  readonly memory: TasmotaMemory;
  readonly attributes: AttributeChanges;
  readonly recent: RecentValues;
}

const DEFAULT_STATES: StateWords = ["OFF", "ON"];
const NOTHING: ParsedMessage = { kind: "parts", parts: [] };

export function createBoardReader({ memory, attributes, recent }: BoardReaderParts): BoardReader {
  const unitChanges = createUnitChanges(memory);
  const wordsOf = (deviceId: DeviceId): StateWords => memory.announcementOf(deviceId)?.states ?? DEFAULT_STATES;

  function read(board: BoardMessage, message: DialectMessage): ParsedMessage {
    const { deviceId, channel } = board;
    // It clears what was retained. [MQTT-3.3.1-10]
    if (message.payload.length === 0) return NOTHING;
    if (channel === "LWT") return ofParts(lastWill(board, message));
    if (channel === "POWER") return ofParts(power(board, message));
    const json = jsonObjectOf(message.payload);
    if (!json.ok) return refused(deviceId, json.fault);
    switch (channel) {
      case "SENSOR":
        return ofParts(sensor(board, message, json.value));
      case "STATE":
        return ofParts(state(board, message, json.value));
      case "STATUS_SENSOR":
        return status(board, "StatusSNS", json.value, (inner) => sensor(board, message, inner));
      case "STATUS_STATE":
        return status(board, "StatusSTS", json.value, (inner) => state(board, message, inner));
      case "RESULT":
        return ofParts(result(board, message, json.value));
      case "INFO":
        return ofParts([...named(board), attributes.partOf(deviceId, aboutBoard(json.value), message.receivedAtMs)]);
    }
  }

  function lastWill(board: BoardMessage, { payload }: DialectMessage): (Part | undefined)[] {
    const { deviceId } = board;
    const word = plainTextOf(payload).toLowerCase();
    const { online = "Online", offline = "Offline" } = memory.announcementOf(deviceId) ?? {};
    const isOnline = word === online.toLowerCase();
    if (!isOnline && word !== offline.toLowerCase()) {
      const { fault: wrong } = fault("STATUS_INVALID", `this Tasmota says ${online} or ${offline}`);
      return [{ kind: "refused", deviceId, fault: wrong }];
    }
    memory.setOnline(deviceId, isOnline);
    return [...(isOnline ? named(board) : []), { kind: "status", deviceId, online: isOnline }];
  }

  function power(board: BoardMessage, message: DialectMessage): (Part | undefined)[] {
    const { deviceId } = board;
    const name = message.topic.slice(message.topic.lastIndexOf("/") + 1);
    const value = readValue(name, plainTextOf(message.payload), wordsOf(deviceId));
    if (!value.ok) return [{ kind: "refused", deviceId, fault: value.fault }];
    const metrics = new Map<string, MetricValue>(value.value === undefined ? [] : [[name, value.value]]);
    return [...named(board), news(board, "POWER", { metrics, faults: [] }, message)];
  }

  function sensor(board: BoardMessage, message: DialectMessage, json: JsonObject): (Part | undefined)[] {
    const { deviceId } = board;
    const said = instantOf(json);
    const found = metricsOf(json, wordsOf(deviceId), (path) => path === ZIGBEE_KEY || isNoMetric(json, path));
    return [
      ...named(board),
      unitChanges(deviceId, json, message.receivedAtMs),
      attributes.partOf(deviceId, sensorIds(json), message.receivedAtMs),
      telemetryOf(deviceId, found.metrics, found.faults, said),
      ...zigbee(deviceId, json, said),
    ];
  }

  function zigbee(bridge: DeviceId, json: JsonObject, said: unknown): (Part | undefined)[] {
    return zigbeeDevices(json, bridge).flatMap(({ deviceId, name, values }) => {
      const found = metricsOf(values, DEFAULT_STATES);
      const telemetry = telemetryOf(deviceId, found.metrics, found.faults, said);
      if (telemetry === undefined) return [];
      const isKnown = memory.bridgeOf(deviceId) === bridge;
      return [isKnown ? undefined : learned(deviceId, KEYS.bridge, { bridge }), nameLearned(deviceId, name), telemetry];
    });
  }

  function state(board: BoardMessage, message: DialectMessage, json: JsonObject): (Part | undefined)[] {
    const { deviceId, channel } = board;
    const found = metricsOf(json, wordsOf(deviceId), isConfiguration);
    return [
      ...named(board),
      attributes.partOf(deviceId, configurationOf(json), message.receivedAtMs),
      news(board, channel, found, message, instantOf(json)),
    ];
  }

  function result(board: BoardMessage, message: DialectMessage, json: JsonObject): (Part | undefined)[] {
    const telemetry = news(board, "RESULT", resultMetrics(json, wordsOf(board.deviceId)), message);
    const devices = zigbee(board.deviceId, json, instantOf(json));
    return telemetry === undefined && devices.length === 0 ? [] : [...named(board), telemetry, ...devices];
  }

  /** Without what the board has just said on another of its topics. */
  function news(
    { deviceId }: BoardMessage,
    channel: string,
    { metrics, faults }: FoundMetrics,
    { dup, receivedAtMs }: DialectMessage,
    said?: unknown,
  ): Part | undefined {
    const fresh = recent.fresh(deviceId, channel, metrics, receivedAtMs);
    // What came the first time may not have been stored.
    return telemetryOf(deviceId, dup === true ? metrics : fresh, faults, said);
  }

  /** How the board calls itself in its topics, where the id does not show it. */
  function named({ deviceId, name }: BoardMessage): LearnedPart[] {
    if (deviceId === `tasmota:${name}` || memory.nameOf(deviceId) !== undefined) return [];
    const part = nameLearned(deviceId, name);
    return part === undefined ? [] : [part];
  }

  function nameLearned(deviceId: DeviceId, name: string | undefined): LearnedPart | undefined {
    if (name === undefined || memory.nameOf(deviceId) === name) return undefined;
    return learned(deviceId, KEYS.name, { name });
  }

  return read;
}

/** What of SENSOR is told apart: numbers of cards and identifiers of sensors. */
const isNoMetric = (json: JsonObject, path: string): boolean => isOfCard(json, path) || /^[^.]+\.Id$/.test(path);

function status(
  { deviceId }: BoardMessage,
  key: string,
  json: JsonObject,
  read: (inner: JsonObject) => (Part | undefined)[],
): ParsedMessage {
  const inner = json[key];
  if (isObject(inner)) return ofParts(read(inner));
  return refused(deviceId, fault("PAYLOAD_WRONG_SHAPE", `${key} is missing`).fault);
}

const learned = (deviceId: DeviceId, key: string, data: object): LearnedPart => ({
  kind: "learned",
  family: "tasmota",
  deviceId,
  key,
  data: JSON.stringify(data),
});

const ofParts = (parts: readonly (Part | undefined)[]): ParsedMessage => ({
  kind: "parts",
  parts: parts.filter((part) => part !== undefined),
});

const refused = (deviceId: DeviceId, wrong: Fault): ParsedMessage => ({
  kind: "parts",
  parts: [{ kind: "refused", deviceId, fault: wrong }],
});
