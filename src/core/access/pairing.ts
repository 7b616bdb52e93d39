/** The join window: unknown boards wait in it until an operator lets them in. What they publish is not stored. */
import type { WaitingBoard } from "../../contract/access.ts";
import type { Clock } from "../ports/clock.ts";
import { type MqttLogin, nameIn, shownUserName } from "./mqtt-login.ts";
import { recognizedBoard } from "./recognized-board.ts";

/** A board that waits, as its connection sees it. */
export interface Waiting {
  /** It published something; nothing of it goes anywhere. */
  said(topic: string, payload: Uint8Array): void;
  /** It subscribed to this, or it is the topic of its last will: its family is known by it. */
  tried(topic: string): void;
  /** Its connection is gone. */
  left(): void;
}

/** Undefined: it is not to wait. `end` is called when it must go. */
export type Quarantine = (login: MqttLogin, end: () => void) => Waiting | undefined;

export interface Pairing {
  open(minutes: number): void;
  close(): void;
  /** Wall time; undefined: the window is shut. */
  openUntilMs(): number | undefined;
  /** Lets an unknown client wait, if the window is open and not too many wait. */
  readonly wait: Quarantine;
  waiting(): WaitingBoard[];
  /** Its login; undefined: it does not wait any more. */
  look(id: string): MqttLogin | undefined;
  /** Disconnects it, so that it comes back with its credential. */
  letGo(id: string): void;
  stop(): void;
}

export interface PairingOptions {
  readonly clock: Clock;
  readonly makeId: () => string;
}

const MINUTE_MS = 60_000;
const MOST_WAITING = 20;
const MOST_WAIT_MS = 2 * MINUTE_MS;
const MOST_TOPICS = 10;
const SAMPLE_BYTES = 200;
/** A password that a board brings along may be adopted from this length on. */
export const ADOPTED_PASSWORD = 12;

interface Entry {
  readonly login: MqttLogin;
  readonly since: number;
  readonly sinceMs: number;
  readonly topics: Set<string>;
  readonly tried: Set<string>;
  sample: string | undefined;
  readonly end: () => void;
}

const decoder = new TextDecoder();

export function createPairing({ clock, makeId }: PairingOptions): Pairing {
  const entries = new Map<string, Entry>();
  let until: { monotonicMs: number; wallMs: number } | undefined;
  const stop = clock.every(1_000, sweep);

  function sweep(): void {
    const nowMs = clock.monotonicMs();
    for (const [id, { since }] of entries) if (nowMs - since > MOST_WAIT_MS) letGo(id);
    if (until !== undefined && nowMs >= until.monotonicMs) close();
  }

  function letGo(id: string): void {
    const entry = entries.get(id);
    entries.delete(id);
    entry?.end();
  }

  function close(): void {
    until = undefined;
    for (const id of [...entries.keys()]) letGo(id);
  }

  function wait(login: MqttLogin, end: () => void): Waiting | undefined {
    if (until === undefined || clock.monotonicMs() >= until.monotonicMs || entries.size >= MOST_WAITING)
      return undefined;
    const id = makeId();
    const entry = {
      login,
      since: clock.monotonicMs(),
      sinceMs: clock.nowMs(),
      topics: new Set<string>(),
      tried: new Set<string>(),
      sample: undefined as string | undefined,
      end,
    };
    entries.set(id, entry);
    return {
      said: (topic, payload) => {
        addTo(entry.topics, topic);
        entry.sample ??= decoder.decode(payload.subarray(0, SAMPLE_BYTES));
      },
      tried: (topic) => addTo(entry.tried, topic),
      left: () => void entries.delete(id),
    };
  }

  return {
    open: (minutes) => {
      const forMs = minutes * MINUTE_MS;
      until = { monotonicMs: clock.monotonicMs() + forMs, wallMs: clock.nowMs() + forMs };
    },
    close,
    openUntilMs: () => until?.wallMs,
    wait,
    waiting: () => [...entries].map(([id, entry]) => shown(id, entry)),
    look: (id) => entries.get(id)?.login,
    letGo,
    stop: () => {
      stop();
      close();
    },
  };
}

function addTo(topics: Set<string>, topic: string): void {
  if (topics.size < MOST_TOPICS) topics.add(topic.slice(0, SAMPLE_BYTES));
}

function shown(id: string, { login, sinceMs, topics, tried, sample }: Entry): WaitingBoard {
  const { clientId, password = "", address } = login;
  const userName = shownUserName(login);
  const recognized = recognizedBoard([...tried, ...topics], nameIn(login));
  return {
    id,
    clientId: clientId.slice(0, 128),
    ...(userName !== undefined && { userName: userName.slice(0, 128) }),
    ...(address !== undefined && { address }),
    since: new Date(sinceMs).toISOString(),
    topics: [...topics],
    ...(sample !== undefined && { sample }),
    ...(recognized !== undefined && { recognized }),
    mayAdopt: password.length >= ADOPTED_PASSWORD,
  };
}
