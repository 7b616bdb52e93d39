/** Counts what the simulation sent, what was acknowledged or refused, and what went wrong. */

import { reasonText } from "../../src/contract/reason-codes.ts";

/** What a message was for; each is a row of the final table. */
export const MESSAGE_KINDS = ["telemetry", "backlog", "redelivery", "malformed", "status", "attributes"] as const;

export type MessageKind = (typeof MESSAGE_KINDS)[number];

export interface KindCount {
  messages: number;
  readings: number;
  /** PUBACK or PUBCOMP came. */
  acknowledged: number;
  /** PUBACK or PUBREC came, with a reason code that is an error. 3.1.1 has none: there it is acknowledged. */
  refused: number;
  /** Sent with QoS 1 or 2 and not acknowledged so far. */
  unacknowledged: number;
  /** Sent with QoS 0, which nobody acknowledges. */
  unacknowledgeable: number;
}

export interface Cause {
  text: string;
  count: number;
}

export interface Summary {
  elapsedMs: number;
  devices: number;
  /** A bridge is one for all of its devices. */
  clients: number;
  connected: number;
  /** Whether any station got a CONNACK that let it in. */
  everConnected: boolean;
  kinds: Record<MessageKind, KindCount>;
  /** Sent again with DUP=1 after a lost connection; they are not counted as messages again. */
  retransmitted: number;
  notSent: Cause[];
  /** By reason code, in words. */
  refused: Cause[];
  errors: Cause[];
}

export interface Tally {
  linkUp(): void;
  linkDown(): void;
  sent(message: { kind: MessageKind; qos: 0 | 1 | 2; readings: number }): void;
  acknowledged(kind: MessageKind): void;
  refused(kind: MessageKind, reasonCode: number): void;
  retransmitted(): void;
  /** `cause` groups, `text` explains; the newest text of a cause is kept. */
  notSent(cause: string, text?: string): void;
  error(text: string): void;
  summary(): Summary;
}

/** Texts come from libraries and may hold anything: beyond this many they share one line. */
const MAX_CAUSES = 40;

interface TallyOptions {
  devices: number;
  /** Left out: one for each device. */
  clients?: number;
  now: () => number;
}

export function createTally({ devices, clients = devices, now }: TallyOptions): Tally {
  const startedAtMs = now();
  const kinds = emptyKinds();
  const notSent = new Map<string, Cause>();
  const refused = new Map<string, Cause>();
  const errors = new Map<string, Cause>();
  let connected = 0;
  let everConnected = false;
  let retransmitted = 0;

  return {
    linkUp() {
      connected += 1;
      everConnected = true;
    },
    linkDown() {
      connected -= 1;
    },
    sent({ kind, qos, readings }) {
      const row = kinds[kind];
      row.messages += 1;
      row.readings += readings;
      if (qos === 0) row.unacknowledgeable += 1;
      else row.unacknowledged += 1;
    },
    acknowledged(kind) {
      kinds[kind].acknowledged += 1;
      kinds[kind].unacknowledged -= 1;
    },
    refused(kind, reasonCode) {
      kinds[kind].refused += 1;
      kinds[kind].unacknowledged -= 1;
      count(refused, String(reasonCode), reasonText(reasonCode));
    },
    retransmitted() {
      retransmitted += 1;
    },
    notSent: (cause, text = cause) => count(notSent, cause, text),
    error: (text) => count(errors, text, text),
    summary: () => ({
      elapsedMs: now() - startedAtMs,
      devices,
      clients,
      connected,
      everConnected,
      kinds: structuredClone(kinds),
      retransmitted,
      notSent: causesOf(notSent),
      refused: causesOf(refused),
      errors: causesOf(errors),
    }),
  };
}

function count(causes: Map<string, Cause>, key: string, text: string): void {
  const known = causes.has(key) || causes.size < MAX_CAUSES;
  const cause = causes.get(known ? key : "") ?? { text: "", count: 0 };
  causes.set(known ? key : "", { text: known ? text : "(other causes)", count: cause.count + 1 });
}

const causesOf = (causes: ReadonlyMap<string, Cause>): Cause[] => [...causes.values()].map((cause) => ({ ...cause }));

function emptyKinds(): Record<MessageKind, KindCount> {
  const none = (): KindCount => ({
    messages: 0,
    readings: 0,
    acknowledged: 0,
    refused: 0,
    unacknowledged: 0,
    unacknowledgeable: 0,
  });
  return {
    telemetry: none(),
    backlog: none(),
    redelivery: none(),
    malformed: none(),
    status: none(),
    attributes: none(),
  };
}
