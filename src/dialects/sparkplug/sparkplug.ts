/** Sparkplug B: edge nodes that speak for themselves and for the devices behind them. [Sparkplug 3.0] */
import { METRICS } from "../../contract/metrics.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { Dialect, DialectMessage, DialectOptions } from "../../core/dialects/dialect.ts";
import type { ParsedMessage, Part, StatusPart } from "../../core/dialects/parsed-message.ts";
import { fault, ok, type Result } from "../../core/model/result.ts";
import { infoOf } from "./birth.ts";
import { createBirths } from "./births.ts";
import { notUnderstood } from "./datatype.ts";
import { createEdgeNodes, follow, mayAsk } from "./edge-nodes.ts";
import { readPayload, rebirthRequest, type SparkplugPayload } from "./payload-fields.ts";
import { BD_SEQ_KEY, BIRTH_KEY, bdSeqOf, type NodeMessage, readBirth } from "./read-birth.ts";
import { readData } from "./read-data.ts";
import { type SparkplugAddress, sparkplugAddressOf } from "./sparkplug-topic.ts";

const NOTHING: ParsedMessage = { kind: "parts", parts: [] };
/** Says that the body is a payload that was compressed. */
const COMPRESSED = "SPBV1.0_COMPRESSED";
const MAX_INFLATED_BYTES = 1_048_576;

export function createSparkplug({ inflate }: Pick<DialectOptions, "inflate">): Dialect {
  const births = createBirths();
  const nodes = createEdgeNodes();

  function read(address: SparkplugAddress, message: DialectMessage): ParsedMessage {
    if (message.payload.length === 0) return NOTHING; // clears a retained message [MQTT-3.3.1-10]
    const payload = decode(message.payload);
    if (!payload.ok) return refused(address.deviceId, payload);
    const isAgain = message.dup === true;
    const node = nodes.of(address.nodeId);
    return { kind: "parts", parts: partsOf({ address, payload: payload.value, node, births, isAgain }, message) };
  }

  function decode(bytes: Uint8Array): Result<SparkplugPayload> {
    const outer = payloadOf(bytes);
    if (!outer.ok || outer.value.uuid !== COMPRESSED || outer.value.body === undefined) return outer;
    const body = inflate(outer.value.body, MAX_INFLATED_BYTES);
    if (body === undefined) {
      return fault("PAYLOAD_WRONG_SHAPE", "its compressed body is damaged, or becomes larger than 1 MiB");
    }
    const inner = payloadOf(body);
    if (!inner.ok) return inner;
    const { timestampMs = outer.value.timestampMs, seq = outer.value.seq } = inner.value;
    return ok({ ...inner.value, timestampMs, seq });
  }

  function partsOf(message: NodeMessage, { publisher, receivedAtMs }: DialectMessage): readonly Part[] {
    const { address, payload, node, isAgain } = message;
    if (address.type === "NDEATH") return nodeDied(message);
    if (address.type === "NBIRTH") return readBirth(message);
    if (!isAgain) follow(node, payload.seq);
    const { parts, needsBirth } = deviceParts(message);
    if (node.isBorn && !needsBirth) return parts;
    // Nobody would hear it: the edge node is behind a bridge that does not bring it there, or may not subscribe to it.
    if (!publisher.maySubscribe(address.commandTopic) || !mayAsk(node, receivedAtMs)) return parts;
    const { commandTopic: topic } = address;
    return [...parts, { kind: "publish", topic, payload: rebirthRequest(receivedAtMs) }];
  }

  function deviceParts(message: NodeMessage): ReturnType<typeof readData> {
    const { deviceId, type } = message.address;
    if (type === "DBIRTH") return { parts: readBirth(message), needsBirth: false };
    if (type !== "DDEATH") return readData(message);
    const known = births.get(deviceId);
    if (known !== undefined) known.isValid = known.isOnline = false;
    return { parts: [offline(deviceId)], needsBirth: false };
  }

  /** With everything behind it. The last will of an earlier connection, which may come late, has another number. [Sparkplug 3.0, 5.4] */
  function nodeDied({ address, payload, node }: NodeMessage): Part[] {
    const { nodeId } = address;
    if (node.bdSeq !== undefined && bdSeqOf(payload) !== node.bdSeq) return [];
    node.isBorn = false;
    node.seq = undefined;
    const parts: Part[] = [offline(nodeId)];
    for (const each of births.of(nodeId)) {
      if (each.isOnline && each.deviceId !== nodeId) parts.push(offline(each.deviceId));
      each.isValid = each.isOnline = false;
    }
    return parts;
  }

  function learn(deviceId: DeviceId, key: string, data: string | undefined): boolean {
    if (key === BIRTH_KEY) births.learn(deviceId, data);
    else if (key === BD_SEQ_KEY) nodes.of(deviceId).bdSeq = data === undefined ? undefined : numberOf(data);
    return false;
  }

  return {
    family: "sparkplug",
    claim: (topic) => {
      const address = sparkplugAddressOf(topic);
      if (address === undefined) return undefined;
      return address === "commands" ? () => NOTHING : (message) => read(address, message);
    },
    learn,
    nameOf: (deviceId) => births.get(deviceId)?.label,
    metricInfo: (deviceId, metric) => {
      const born = births.open(deviceId)?.byName.get(metric);
      if (born === undefined || notUnderstood(born.datatype) !== undefined) return undefined;
      // The catalogue knows its unit.
      return born.unit === "" && METRICS.has(metric) ? undefined : infoOf(born);
    },
  };
}

function payloadOf(bytes: Uint8Array): Result<SparkplugPayload> {
  try {
    return ok(readPayload(bytes));
  } catch {
    const isJson = bytes[0] === JSON_OBJECT;
    const detail = isJson
      ? "it is JSON, and Sparkplug B needs Protocol Buffers"
      : "it is no Sparkplug B payload (Protocol Buffers)";
    return fault("PAYLOAD_WRONG_SHAPE", detail);
  }
}

const JSON_OBJECT = "{".charCodeAt(0);

const refused = (deviceId: DeviceId, { fault }: Extract<Result<unknown>, { ok: false }>): ParsedMessage => ({
  kind: "parts",
  parts: [{ kind: "refused", deviceId, fault }],
});

const offline = (deviceId: DeviceId): StatusPart => ({ kind: "status", deviceId, online: false });

const numberOf = (data: string): number | undefined => (/^\d{1,15}$/.test(data) ? Number(data) : undefined);
