/** Firmware on PubSubClient 2.8: QoS 0, and a 256-byte buffer that is too small for fourteen metrics. */

import { METRICS } from "../../src/contract/metrics.ts";
import type { Metrics } from "../../src/contract/readings.ts";
import type { Board, Scenario } from "../board/scenario.ts";
import type { StationMetrics } from "../board/sensors.ts";

/** MQTT_MAX_PACKET_SIZE of PubSubClient.h; `setBufferSize()` changes it. */
export const DEFAULT_BUFFER_BYTES = 256;
/** PubSubClient.cpp: MQTT_MAX_HEADER_SIZE, and the two length bytes of the topic. */
const HEADER_BYTES = 5;
const TOPIC_LENGTH_BYTES = 2;

/** What `publish()` compares with the buffer; more than it holds makes it return false. */
export const bytesNeeded = (topic: string, payload: string): number =>
  HEADER_BYTES + TOPIC_LENGTH_BYTES + Buffer.byteLength(topic) + Buffer.byteLength(payload);

/** Undefined where it fits; otherwise the fault that PubSubClient itself does not report. */
export function refusalOf(topic: string, payload: string, bufferBytes = DEFAULT_BUFFER_BYTES): string | undefined {
  const needed = bytesNeeded(topic, payload);
  if (needed <= bufferBytes) return undefined;
  let enough = bufferBytes;
  while (enough < needed) enough *= 2;
  return `publish() returned false: ${needed} bytes do not fit into PubSubClient's buffer of ${bufferBytes} bytes; call setBufferSize(${enough})`;
}

const MOST_WANTED: readonly (keyof StationMetrics)[] = [
  "temperature",
  "humidity",
  "co2",
  "coPpm",
  "flameDetected",
  "aqi",
  "tvoc",
];

/** What sketches send: two decimals, as Arduino's `String(float)` prints them, their own name, signal and uptime. */
export function sketchPayload(deviceId: string, metrics: Metrics, uptimeMs: number): string {
  const fields = Object.entries(metrics).map(([name, value]) => {
    const isFloat = typeof value === "number" && (METRICS.get(name)?.digits ?? 0) > 0;
    return `"${name}":${isFloat ? value.toFixed(2) : JSON.stringify(value)}`;
  });
  return `{"deviceId":${JSON.stringify(deviceId)},${fields.join(",")},"rssi":-58,"uptime":${uptimeMs}}`;
}

/** As many of the most wanted metrics as the buffer takes; undefined where not even one fits. */
export function payloadThatFits(
  topic: string,
  metrics: Metrics,
  bufferBytes = DEFAULT_BUFFER_BYTES,
): string | undefined {
  for (let count = MOST_WANTED.length; count > 0; count -= 1) {
    const wanted = MOST_WANTED.slice(0, count).flatMap((name) => (name in metrics ? [[name, metrics[name]]] : []));
    const payload = JSON.stringify(Object.fromEntries(wanted));
    if (bytesNeeded(topic, payload) <= bufferBytes) return payload;
  }
  return undefined;
}

export const pubsubclient: Scenario = {
  about:
    "QoS 0, no timestamps, and a 256-byte buffer: says why the whole reading is not sent, then sends a shorter one",
  qos: 0,
  keepAliveSeconds: 15,
  createTick(board) {
    let hasReported = false;
    return () => {
      const { metrics, atMs } = board.sense();
      const payload = sketchPayload(board.deviceId, metrics, atMs - board.bootedAtMs);
      const refusal = refusalOf(board.telemetryTopic, payload);
      if (refusal === undefined) return publish(board, payload);
      board.notSent("PubSubClient buffer", refusal);
      if (!hasReported) board.notice(refusal);
      hasReported = true;
      const shorter = payloadThatFits(board.telemetryTopic, metrics);
      if (shorter !== undefined) publish(board, shorter);
    };
  },
};

function publish({ link, telemetryTopic: topic }: Board, payload: string): void {
  link.send({ kind: "telemetry", topic, payload, qos: 0, readings: 1 });
}
