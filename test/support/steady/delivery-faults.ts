/** Compares what was published with what a subscriber was given. Knows no sockets. */
import type { SentMessage } from "./steady-publisher.ts";

export interface GivenMessage {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly dup?: boolean;
}

export interface Faults {
  readonly lost: readonly string[];
  /** Given, and never published so. */
  readonly foreign: readonly string[];
  /** More than once, where that must not be. */
  readonly twice: readonly string[];
  /** First copies behind a later message of the same topic and QoS. [MQTT-4.6.0-6] */
  readonly disordered: readonly string[];
}

export const NO_FAULTS: Faults = { lost: [], foreign: [], twice: [], disordered: [] };

const SHOWN = 10;

export interface Terms {
  /** QoS 0 may be missing: the subscriber was away at times. */
  mayMissQos0: boolean;
  /** QoS 1 may come again with DUP only, or anyhow, since a publisher's DUP is not handed on. [MQTT-3.3.1-3] */
  mayRepeatQos1: "with DUP" | "anyhow";
}

/** Payloads must be unique. */
export function faultsOf(sent: readonly SentMessage[], given: readonly GivenMessage[], terms: Terms): Faults {
  const keyOf = ({ topic, payload, qos }: GivenMessage): string => `${topic} ${payload} QoS ${qos}`;
  const places = new Map(sent.map((message, place) => [keyOf(message), place]));
  const seen = new Set<string>();
  const newest = new Map<string, number>();
  const faults = { lost: [] as string[], foreign: [] as string[], twice: [] as string[], disordered: [] as string[] };
  for (const message of given) {
    const key = keyOf(message);
    const place = places.get(key);
    if (place === undefined) {
      faults.foreign.push(key);
    } else if (seen.has(key)) {
      const isAllowed = message.qos === 1 && (terms.mayRepeatQos1 === "anyhow" || message.dup === true);
      if (!isAllowed) faults.twice.push(key);
    } else {
      seen.add(key);
      const lane = `${message.topic} ${message.qos}`;
      if (place < (newest.get(lane) ?? -1)) faults.disordered.push(key);
      else newest.set(lane, place);
    }
  }
  for (const message of sent) {
    if (!seen.has(keyOf(message)) && !(message.qos === 0 && terms.mayMissQos0)) faults.lost.push(keyOf(message));
  }
  return {
    lost: shortened(faults.lost),
    foreign: shortened(faults.foreign),
    twice: shortened(faults.twice),
    disordered: shortened(faults.disordered),
  };
}

/** Enough for a reader to see what is wrong. */
const shortened = (list: readonly string[]): readonly string[] =>
  list.length <= SHOWN ? list : [...list.slice(0, SHOWN), `and ${list.length - SHOWN} more`];
