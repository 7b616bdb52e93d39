/** Keeps last wills until they are published or cancelled. [MQTT 3.1.2.5] */

import type { Connection } from "../../core/devices/connection.ts";
import type { Journal as KeptJournal, KeptWill } from "../../core/ports/broker-state.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { TrustedTime } from "../../core/time/trusted-time.ts";
import type { Journal } from "../journal/journal.ts";
import type { Will } from "../packets/packet.ts";

export interface WillsOptions {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly time: Pick<TrustedTime, "nowMs" | "sinceMs">;
  readonly journal: Journal;
  /** `done` is to be called when the will need not be kept any more, or with false when it is to be tried again. */
  readonly publish: (connection: Connection, will: Will, done: (isPublished: boolean) => void) => void;
}

export interface Wills {
  /** Its client is connected. */
  keep(clientId: string, will: Will, keepAliveS: number): void;
  /** The connection broke: the will is published at once, or after its delay. */
  due(connection: Connection, will: Will, delayS: number): void;
  /** Its client came back, or left properly. */
  cancel(clientId: string): void;
  /** The session ended: a delayed will is published now. */
  sessionEnded(clientId: string): void;
  /** Cancels the wills to these topics. */
  cancelAll(isTopic: (topic: string) => boolean): void;
  sweep(): void;
  /** What was kept of the last run and could not be read at the start: of clients that did not come meanwhile. */
  adopt(kept: KeptJournal, isOfThisRun: (clientId: string) => boolean): void;
}

/** After a start, boards have this long, or one and a half of their keep-alive, to be back before their wills go out. */
const GRACE_MS = 60_000;
const GRACE_KEEP_ALIVES = 1.5;
/** A store that did not take the message is asked again after this. */
const RETRY_MS = 1_000;

const DUE = { fromMs: 0, delayMs: 0 };

interface Pending {
  /** The connection that the will belongs to. */
  readonly connection: Connection;
  readonly will: Will;
  /** By the hub's time. */
  readonly fromMs: number;
  readonly delayMs: number;
  /** Monotonic: not before. */
  readonly notBeforeMs: number;
}

export function createWills({ clock, time, journal, publish }: WillsOptions, kept: KeptJournal): Wills {
  const pending = new Map<string, Pending>();
  /** Of connected and absent clients: those that stand in the journal. */
  const written = new Map<string, KeptWill>();
  restoreAll(kept, () => false);

  function restoreAll({ sessions, wills }: KeptJournal, isOfThisRun: (clientId: string) => boolean): void {
    const expiryOf = new Map(sessions.map(({ clientId, value }) => [clientId, value.expiryS]));
    for (const { clientId, value } of wills) {
      if (written.has(clientId)) continue;
      if (isOfThisRun(clientId)) journal.note({ of: "will", clientId, value: undefined });
      else restore(clientId, value, expiryOf.get(clientId) ?? 0);
    }
  }

  function restore(clientId: string, value: KeptWill, sessionExpiryS: number): void {
    const { message, delayS, keepAliveS, expiryS, dueAtMs } = value;
    const graceMs = Math.max(GRACE_MS, keepAliveS * GRACE_KEEP_ALIVES * 1000);
    const delayMs = Math.min(delayS, sessionExpiryS) * 1000;
    const nowMs = time.nowMs();
    // A client that was connected is away from now on. A wait that begins in the future was noted by a wrong clock.
    const fromMs = Math.min(nowMs, (dueAtMs ?? Number.POSITIVE_INFINITY) - delayMs);
    if (dueAtMs !== undefined && fromMs === nowMs) write(clientId, { ...value, dueAtMs: fromMs + delayMs });
    else written.set(clientId, value);
    const { topic, payload, qos, retain, properties } = message;
    const will = { topic, payload, qos, retain, properties, delayS, expiryS };
    const connection = { clientId, serial: 0 }; // older than any of this run
    pending.set(clientId, { connection, will, fromMs, delayMs, notBeforeMs: clock.monotonicMs() + graceMs });
  }

  function keep(clientId: string, will: Will, keepAliveS: number): void {
    write(clientId, { ...keptOf(clientId, will), keepAliveS, dueAtMs: undefined });
  }

  function due(connection: Connection, will: Will, delayS: number): void {
    const { clientId } = connection;
    if (delayS <= 0) return send(connection, will);
    const fromMs = time.nowMs();
    const delayMs = delayS * 1000;
    pending.set(clientId, { connection, will, fromMs, delayMs, notBeforeMs: clock.monotonicMs() });
    const keepAliveS = written.get(clientId)?.keepAliveS ?? 0;
    write(clientId, { ...keptOf(clientId, will), keepAliveS, dueAtMs: fromMs + delayMs });
  }

  function cancel(clientId: string): void {
    pending.delete(clientId);
    remove(clientId);
  }

  function sessionEnded(clientId: string): void {
    const waiting = pending.get(clientId);
    if (waiting !== undefined) send(waiting.connection, waiting.will);
  }

  function cancelAll(isTopic: (topic: string) => boolean): void {
    for (const [clientId, { message }] of written) if (isTopic(message.topic)) cancel(clientId);
    for (const [clientId, { will }] of pending) if (isTopic(will.topic)) cancel(clientId);
  }

  function sweep(): void {
    const nowMs = clock.monotonicMs();
    for (const { connection, will, fromMs, delayMs, notBeforeMs } of pending.values()) {
      if (notBeforeMs <= nowMs && time.sinceMs(fromMs) >= delayMs) send(connection, will);
    }
  }

  /** The will stays in the journal until its message is on disk, so that a crash in between does not lose it. */
  function send(connection: Connection, will: Will): void {
    const { clientId } = connection;
    pending.delete(clientId);
    const before = written.get(clientId);
    publish(connection, will, (isPublished) => {
      if (written.get(clientId) !== before) return; // its client came back meanwhile
      if (isPublished) remove(clientId);
      else pending.set(clientId, { connection, will, ...DUE, notBeforeMs: clock.monotonicMs() + RETRY_MS });
    });
  }

  function write(clientId: string, value: KeptWill): void {
    written.set(clientId, value);
    journal.note({ of: "will", clientId, value });
  }

  function remove(clientId: string): void {
    if (written.delete(clientId)) journal.note({ of: "will", clientId, value: undefined });
  }

  return { keep, due, cancel, cancelAll, sessionEnded, sweep, adopt: restoreAll };
}

function keptOf(publisher: string, will: Will): Pick<KeptWill, "message" | "delayS" | "expiryS"> {
  const { topic, qos, retain, delayS, expiryS } = will;
  // Copies: they may be views into what was read from a socket.
  const message = {
    topic,
    payload: new Uint8Array(will.payload),
    qos,
    retain,
    properties: new Uint8Array(will.properties),
    expiresAtMs: undefined,
    publisher,
  };
  return { message, delayS, expiryS };
}
