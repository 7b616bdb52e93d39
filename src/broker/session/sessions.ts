/** All sessions: opens, takes over, ends and expires them. */

import { type MqttIdentity, maySubscribe } from "../../core/access/mqtt-access.ts";
import type { Connection } from "../../core/devices/connection.ts";
import type { TakeOver } from "../../core/limits/take-overs.ts";
import type { Journal as KeptJournal } from "../../core/ports/broker-state.ts";
import type { TrustedTime } from "../../core/time/trusted-time.ts";
import type { Journal } from "../journal/journal.ts";
import { NEVER_EXPIRES, type Version, type Will } from "../packets/packet.ts";
import type { Matching } from "../routing/matching.ts";
import type { Router } from "../routing/router.ts";
import type { Delivery } from "./delivery.ts";
import type { OutboundContext } from "./outbound.ts";
import { createRestore } from "./restore.ts";
import { entriesOf, type Holder, Session, sessionEntry } from "./session.ts";
import type { Wills } from "./wills.ts";

export interface SessionsOptions {
  readonly time: Pick<TrustedTime, "nowMs" | "sinceMs">;
  readonly journal: Journal;
  readonly matching: Matching<Session>;
  readonly router: Router;
  readonly wills: Wills;
  readonly outbound: OutboundContext;
  readonly maxSessions: number;
  readonly onTooMany: (clientId: string) => void;
  readonly onTakenOver: (takeOver: TakeOver) => void;
}

/** A client that connects. */
export interface Arrival {
  readonly connection: Connection;
  readonly version: Version;
  readonly clean: boolean;
  readonly expiryS: number;
  readonly keepAliveS: number;
  readonly will: Will | undefined;
  readonly who: MqttIdentity;
}

export interface Opened {
  readonly session: Session;
  /** The session existed before. [MQTT-3.2.2-2] */
  readonly isPresent: boolean;
}

export interface Sessions {
  open(arrival: Arrival, holder: Holder): Opened;
  /** The connection is gone; `publishWill` says whether without a proper DISCONNECT. */
  close(session: Session, publishWill: boolean): void;
  setExpiry(session: Session, expiryS: number): void;
  readonly count: number;
  all(): Iterable<Session>;
  get(clientId: string): Session | undefined;
  /** Ends the sessions of a credential, connected or not. Their wills are not published. */
  drop(owner: string): void;
  /** Cancels the last wills to these topics, of clients that are connected or not. */
  cancelWills(isTopic: (topic: string) => boolean): void;
  /** The hub stops: sessions and wills stay for the next start. */
  stop(): void;
  /** Ends what has expired. */
  sweep(): void;
  /**
   * Takes over what the last run kept and could not be read at the start. Clients that connected meanwhile keep their new session: they
   * were answered that no session is present.
   */
  adopt(kept: KeptJournal): void;
  /** Until `adopt`. */
  isOfThisRun(clientId: string): boolean;
}

export function createSessions(options: SessionsOptions, kept: KeptJournal, isKeptKnown = true): Sessions {
  const { time, journal, matching, router, wills, maxSessions, onTooMany, onTakenOver } = options;
  const sessions = new Map<string, Session>();
  /** Sessions that have no connection, in the order in which they lost it. */
  const away = new Set<Session>();
  /** Clients of this run, while what was kept of the last is not known. */
  const seen = new Set<string>();
  let isKeptUnknown = !isKeptKnown;
  let stopping = false;
  const restore = createRestore({ sessions, away, time, journal, matching, outbound: options.outbound });
  // Where the store could not be asked, this is what waits for it: of most sessions only what changed. `adopt` gets both together.
  if (isKeptKnown) restore(kept);

  function open(arrival: Arrival, holder: Holder): Opened {
    const { clean } = arrival;
    const { clientId } = arrival.connection;
    if (isKeptUnknown) seen.add(clientId);
    const former = sessions.get(clientId);
    if (former?.holder !== undefined) {
      const { address: formerAddress } = former.holder;
      former.holder.takenOver();
      onTakenOver({ clientId, formerAddress, address: holder.address });
      former.holder = undefined;
    }
    // [MQTT-3.1.2-4]; a session that expired since the last sweep does not count
    const present = former !== undefined && sessions.get(clientId) === former && !clean && !isExpired(former);
    if (former !== undefined && !present) end(former);
    wills.cancel(clientId); // [MQTT-3.1.3-9]: it was back in time
    const session = present ? former : new Session(clientId, arrival.version, options.outbound);
    begin(session, arrival, holder, present);
    return { session, isPresent: present };
  }

  function begin(session: Session, arrival: Arrival, holder: Holder, present: boolean): void {
    const { version, will, connection } = arrival;
    const { clientId } = connection;
    let { expiryS } = arrival;
    if (!present && sessions.size >= maxSessions) {
      if (expiryS > 0) onTooMany(clientId);
      expiryS = 0;
    }
    sessions.set(clientId, session);
    away.delete(session);
    const wasDurable = session.isDurable;
    session.who = arrival.who;
    if (present) authorizeAgain(session);
    session.holder = holder;
    session.version = version;
    session.disconnectedAtMs = undefined;
    session.last = { connection, will };
    session.connectedAtMs = time.nowMs();
    session.setExpiry(expiryS);
    if (session.isDurable) journal.note(sessionEntry(session));
    else if (wasDurable) journal.note({ of: "session", clientId, value: undefined });
    if (will !== undefined) wills.keep(clientId, will, arrival.keepAliveS);
  }

  /** The client's rights may have changed meanwhile. */
  function authorizeAgain(session: Session): void {
    for (const filter of session.subscriptions.keys()) {
      if (maySubscribe(session.who, filter)) continue;
      session.subscriptions.delete(filter);
      matching.remove(session, filter);
      if (session.isDurable) {
        journal.note({ of: "subscription", clientId: session.clientId, filter, value: undefined });
      }
    }
  }

  function drop(owner: string): void {
    for (const session of [...sessions.values()]) {
      const { clientId } = session;
      if (clientId !== owner && !clientId.startsWith(`${owner}/`)) continue;
      wills.cancel(clientId);
      session.last = undefined;
      session.holder?.revoked();
      if (sessions.get(clientId) === session) end(session);
    }
  }

  function cancelWills(isTopic: (topic: string) => boolean): void {
    wills.cancelAll(isTopic);
    for (const session of sessions.values()) {
      const { last } = session;
      if (last?.will !== undefined && isTopic(last.will.topic))
        session.last = { connection: last.connection, will: undefined };
    }
  }

  function close(session: Session, publishWill: boolean): void {
    session.holder = undefined;
    session.outbound.detach();
    session.disconnectedAtMs = time.nowMs();
    if (stopping && publishWill) return keepForNextStart(session);
    const { last } = session;
    session.last = undefined;
    if (last?.will !== undefined) {
      const { connection, will } = last;
      if (publishWill) wills.due(connection, will, Math.min(will.delayS, session.expiryS));
      else wills.cancel(session.clientId); // [MQTT-3.1.2-10]
    }
    if (!session.isDurable) return end(session);
    away.add(session);
    journal.note(sessionEntry(session));
  }

  function keepForNextStart(session: Session): void {
    if (session.isDurable) journal.note(sessionEntry(session));
  }

  /** Deletes all of the session: a delayed will is published now [MQTT-3.1.2-8], shared messages go to other members. */
  function end(session: Session): void {
    const { clientId } = session;
    sessions.delete(clientId);
    away.delete(session);
    for (const filter of session.subscriptions.keys()) matching.remove(session, filter);
    session.subscriptions.clear();
    const left = session.outbound.end();
    if (session.isDurable) journal.note({ of: "session", clientId, value: undefined });
    session.setExpiry(0); // deliveries that are under way note nothing more under this client id
    for (const delivery of left) redistribute(delivery);
    wills.sessionEnded(clientId);
  }

  /** [MQTT-4.8.2-5]: a message that may have reached this member with QoS 2 goes to no other. */
  function redistribute({ publication, qos, isRepeat, share }: Delivery): void {
    if (share === undefined || publication === undefined || (qos === 2 && isRepeat)) return;
    router.redistribute(share, publication);
  }

  function setExpiry(session: Session, expiryS: number): void {
    const wasDurable = session.isDurable;
    session.setExpiry(expiryS);
    if (!wasDurable && session.isDurable) for (const entry of entriesOf(session)) journal.note(entry);
    if (wasDurable && !session.isDurable) journal.note({ of: "session", clientId: session.clientId, value: undefined });
  }

  const isExpired = ({ expiryS, disconnectedAtMs }: Session): boolean =>
    disconnectedAtMs !== undefined && expiryS !== NEVER_EXPIRES && time.sinceMs(disconnectedAtMs) >= expiryS * 1000;

  function sweep(): void {
    for (const session of away) if (isExpired(session)) end(session);
  }

  function adopt(late: KeptJournal): void {
    const isOfThisRun = ({ clientId }: { readonly clientId: string }): boolean => seen.has(clientId);
    const others = <Item extends { readonly clientId: string }>(items: readonly Item[]): Item[] =>
      items.filter((item) => !isOfThisRun(item) && !sessions.has(item.clientId));
    const mine = late.sessions.filter(isOfThisRun);
    const owed = late.deliveries.filter(isOfThisRun);
    restore({
      ...late,
      sessions: others(late.sessions),
      subscriptions: others(late.subscriptions),
      inbound: others(late.inbound),
      deliveries: others(late.deliveries),
    });
    for (const { clientId } of mine) replaceKept(clientId, owed.filter((each) => each.clientId === clientId).length);
    isKeptUnknown = false;
    seen.clear();
  }

  /** Replaces what the journal has under this client id by the session of this run. */
  function replaceKept(clientId: string, keptDeliveries: number): void {
    const session = sessions.get(clientId);
    const entries = session?.isDurable === true ? entriesOf(session) : [];
    const lost = keptDeliveries - entries.filter((entry) => entry.of === "delivery").length;
    if (lost > 0) options.outbound.onDropped(clientId, lost);
    journal.note({ of: "session", clientId, value: undefined });
    for (const entry of entries) journal.note(entry);
  }

  return {
    open,
    close,
    setExpiry,
    drop,
    cancelWills,
    get count() {
      return sessions.size;
    },
    all: () => sessions.values(),
    get: (clientId) => sessions.get(clientId),
    stop: () => {
      stopping = true;
    },
    sweep,
    adopt,
    isOfThisRun: (clientId) => seen.has(clientId),
  };
}
