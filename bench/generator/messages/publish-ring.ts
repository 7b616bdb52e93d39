/** Holds one board's PUBLISH packets, made beforehand and stamped in place: no JSON and no copy while a load runs. */
import { telemetryTopic } from "../../../src/contract/topics.ts";
import { sensorWalk } from "./sensor-walk.ts";
import { layUnits } from "./unit-row.ts";

export type InstantForm = "none" | "epochMs" | "iso";

/** A fifteenth metric: the message's number at its board, or CLOCK_MONOTONIC in µs when it was handed to the socket. */
export type Stamp = "none" | "seq" | "sentUs";

export interface PublishRingOptions {
  deviceId: string;
  /** Also the seed of its values. */
  boardNumber: number;
  units: number;
  messagesPerUnit: number;
  qos: 1 | 2;
  instants: InstantForm;
  firstInstantMs: number;
  stamp: Stamp;
  flames: boolean;
}

export interface PublishRing {
  /** Writes what differs from turn to turn: instant, and `seq` or `sentUs`. */
  stamp(slot: number, sequence: number, nowUs: number): void;
  /** The packets of slots `from` ≤ slot < `end`; a view of the ring, not a copy. */
  bytes(from: number, end: number): Buffer;
}

/** Far enough apart that 2,000 messages a second and board never reach the present within a run. */
const INSTANT_STEP_MS = 10;
const STAMP_WIDTH = 13;
const ISO_TO_SECONDS = "2026-01-01T00:00:00".length;

/** Right-aligned decimal digits; what is left of them is blank, which JSON allows before a number. */
function writeDigits(target: Buffer, at: number, value: number, width: number, blank: number): void {
  let high = Math.floor(value / 1e6);
  let low = value - high * 1e6;
  const lowEnd = at + width - 6;
  for (let digit = at + width - 1; digit >= lowEnd; digit -= 1) {
    const rest = (low / 10) | 0;
    target[digit] = low === 0 && high === 0 && digit < at + width - 1 ? blank : 48 + (low - rest * 10);
    low = rest;
  }
  for (let digit = lowEnd - 1; digit >= at; digit -= 1) {
    const rest = Math.floor(high / 10);
    target[digit] = high === 0 ? blank : 48 + (high - rest * 10);
    high = rest;
  }
}

function payloadAround(members: string, instants: InstantForm, stamp: Stamp): string {
  const tail = stamp === "none" ? "" : `,"${stamp}":${" ".repeat(STAMP_WIDTH)}`;
  switch (instants) {
    case "none":
      return `{${members}${tail}}`;
    case "epochMs":
      return `{"timestamp":${"0".repeat(13)},${members}${tail}}`;
    case "iso":
      return `{"timestamp":"${new Date(0).toISOString()}",${members}${tail}}`;
  }
}

export function createPublishRing(options: PublishRingOptions): PublishRing {
  const { deviceId, boardNumber, instants, firstInstantMs, stamp: stampKind, flames, ...row } = options;
  const nextMembers = sensorWalk(boardNumber + 1, flames);
  const nextPayload = (): string => payloadAround(nextMembers(), instants, stampKind);
  const { packets: ring, offsets, bytes } = layUnits({ ...row, topic: telemetryTopic(deviceId), nextPayload });
  // Counted from a packet's end, where all packets of a board are alike; the head differs by the packet id.
  const firstEnd = offsets[1] ?? 0;
  const first = ring.subarray(0, firstEnd);
  const instantFromEnd = first.length - (first.indexOf('"timestamp":') + (instants === "iso" ? 13 : 12));
  const stampFromEnd = STAMP_WIDTH + 1;
  let isoSecond = -1;
  let isoText = "";

  function writeIso(at: number, instantMs: number): void {
    const second = Math.floor(instantMs / 1000);
    if (second !== isoSecond) {
      isoSecond = second;
      isoText = new Date(second * 1000).toISOString().slice(0, ISO_TO_SECONDS);
    }
    ring.write(isoText, at, "latin1");
    const ms = instantMs - second * 1000;
    const tens = (ms / 10) | 0;
    const hundreds = (ms / 100) | 0;
    ring[at + ISO_TO_SECONDS + 1] = 48 + hundreds;
    ring[at + ISO_TO_SECONDS + 2] = 48 + (tens - hundreds * 10);
    ring[at + ISO_TO_SECONDS + 3] = 48 + (ms - tens * 10);
  }

  return {
    stamp(slot, sequence, nowUs) {
      const end = offsets[slot + 1] ?? 0;
      const instantMs = firstInstantMs + sequence * INSTANT_STEP_MS;
      if (instants === "epochMs") writeDigits(ring, end - instantFromEnd, instantMs, 13, 48);
      else if (instants === "iso") writeIso(end - instantFromEnd, instantMs);
      if (stampKind === "seq") writeDigits(ring, end - stampFromEnd, sequence, STAMP_WIDTH, 32);
      else if (stampKind === "sentUs") writeDigits(ring, end - stampFromEnd, nowUs, STAMP_WIDTH, 32);
    },
    bytes,
  };
}
