/** Firmware with faults: beside good readings it sends messages that the hub refuses. It keeps to the MQTT protocol. */
import { attributesTopic, statusTopic, telemetryTopic } from "../../src/contract/topics.ts";
import { encodeReading } from "../board/reading.ts";
import type { Scenario } from "../board/scenario.ts";

export interface MalformedMessage {
  readonly why: string;
  readonly topic: string;
  readonly payload: string | Buffer;
}

const EVERY_TICKS = 3;

/** Each fault once, in an order that does not change. */
export function malformedMessages(deviceId: string): readonly MalformedMessage[] {
  const telemetry = telemetryTopic(deviceId);
  const numbered = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`metric${n}`, n]));
  const bad = (why: string, payload: string | Buffer, topic = telemetry): MalformedMessage => ({ why, topic, payload });
  return [
    bad("JSON cut off", '{"temperature":21.4,"humid'),
    bad("text instead of JSON", "temperature=21.4"),
    bad("not a number", '{"temperature":NaN}'),
    bad("empty", ""),
    bad("wrong types", '{"temperature":"warm","flameDetected":"perhaps","co2":[412]}'),
    bad("no value at all", '{"temperature":null}'),
    bad("a number instead of an object", "[21.4,60.2]"),
    bad("100 metrics", JSON.stringify(numbered(100))),
    bad("invalid UTF-8", Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])), // {"\xC3(":1}
    bad("bad metric names", '{"1st":1,"température":2,"":3,"a b":4,"__proto__":5}'),
    bad("nested too deep", `${'{"a":'.repeat(12)}1${"}".repeat(12)}`),
    bad("text too long", JSON.stringify({ note: "x".repeat(300) })),
    bad("1,001 readings", `[${Array.from({ length: 1_001 }, () => '{"temperature":21}').join(",")}]`),
    bad("device id with a space", '{"temperature":21.4}', telemetryTopic("living room")),
    bad("unknown topic", '{"temperature":21.4}', `devices/${deviceId}/telemetri`),
    bad("unknown status", "asleep", statusTopic(deviceId)),
    bad("attributes that are no object", '"ESP32"', attributesTopic(deviceId)),
  ];
}

/** Undefined where a tick has no fault. */
export function faultOfTick<T>(faults: readonly T[], tick: number): T | undefined {
  if (tick % EVERY_TICKS !== EVERY_TICKS - 1) return undefined;
  return faults[Math.floor(tick / EVERY_TICKS) % faults.length];
}

export const malformed: Scenario = {
  about: "among good readings: broken JSON, wrong types, bad names, too many metrics, invalid UTF-8 …",
  createTick(board) {
    const faults = malformedMessages(board.deviceId);
    let tick = 0;
    return () => {
      const payload = encodeReading(board.sense(), board.style);
      board.link.send({ kind: "telemetry", topic: board.telemetryTopic, payload, qos: board.qos, readings: 1 });
      const fault = faultOfTick(faults, tick);
      tick += 1;
      if (fault === undefined) return;
      board.link.send({ kind: "malformed", topic: fault.topic, payload: fault.payload, qos: board.qos });
    };
  },
};
