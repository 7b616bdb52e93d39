/** Brings sessions back from what the last run wrote into the journal. */
import type { Journal as KeptJournal } from "../../core/ports/broker-state.ts";
import type { TrustedTime } from "../../core/time/trusted-time.ts";
import type { Journal } from "../journal/journal.ts";
import type { Qos, Version } from "../packets/packet.ts";
import type { Matching } from "../routing/matching.ts";
import { revived } from "../routing/publication.ts";
import type { OutboundContext } from "./outbound.ts";
import { Session, sessionEntry } from "./session.ts";

export interface RestoreOptions {
  /** Restored sessions are added to both. */
  readonly sessions: Map<string, Session>;
  readonly away: Set<Session>;
  readonly time: Pick<TrustedTime, "nowMs">;
  readonly journal: Pick<Journal, "note">;
  readonly matching: Matching<Session>;
  readonly outbound: OutboundContext;
}

/** Sessions first, then what belongs to them. What belongs to no session is deleted from the journal. */
export function createRestore(options: RestoreOptions): (kept: KeptJournal) => void {
  const { sessions, away, time, journal, matching, outbound } = options;

  return (kept) => {
    const nowMs = time.nowMs();
    const sentThrough = restoreSessions(kept.sessions, nowMs);
    restoreSubscriptions(kept.subscriptions);
    for (const { clientId, packetId } of kept.inbound) {
      const session = sessions.get(clientId);
      if (session === undefined) journal.note({ of: "inbound", clientId, packetId, value: undefined });
      else session.inbound.set(packetId, { isSettled: true, followers: [] });
    }
    restoreDeliveries(kept.deliveries, sentThrough, nowMs);
    noteDisconnected(kept.sessions);
  };

  /** Answers up to which order the deliveries of each session may have been sent. */
  function restoreSessions(kept: KeptJournal["sessions"], nowMs: number): ReadonlyMap<string, number> {
    const sentThrough = new Map<string, number>();
    for (const { clientId, value } of kept) {
      const session = new Session(clientId, asVersion(value.version), outbound);
      session.setExpiry(value.expiryS);
      const { disconnectedAtMs } = value;
      const isKnown = disconnectedAtMs !== undefined && isPossible(disconnectedAtMs, nowMs);
      session.disconnectedAtMs = isKnown ? disconnectedAtMs : nowMs;
      const sent = disconnectedAtMs === undefined ? Number.POSITIVE_INFINITY : value.sentThrough;
      if (sent !== undefined) sentThrough.set(clientId, sent);
      sessions.set(clientId, session);
      away.add(session);
    }
    return sentThrough;
  }

  function restoreSubscriptions(kept: KeptJournal["subscriptions"]): void {
    for (const { clientId, filter, value } of kept) {
      const session = sessions.get(clientId);
      if (session === undefined) {
        journal.note({ of: "subscription", clientId, filter, value: undefined });
        continue;
      }
      const subscription = { session, filter, ...value };
      session.subscriptions.set(filter, subscription);
      matching.add(subscription);
    }
  }

  function restoreDeliveries(
    kept: KeptJournal["deliveries"],
    sentThrough: ReadonlyMap<string, number>,
    nowMs: number,
  ): void {
    for (const { clientId, order, value } of kept) {
      const { message, qos, retain, subscriptionIds, share } = value;
      const session = sessions.get(clientId);
      if (session === undefined) {
        journal.note({ of: "delivery", clientId, order, value: undefined });
        continue;
      }
      session.outbound.restore({
        publication: message && revived(message, nowMs),
        qos: qos as Qos,
        retain,
        subscriptionIds,
        share,
        order,
        isRepeat: order <= (sentThrough.get(clientId) ?? -1),
        isDropped: false,
        isWritten: true,
      });
    }
  }

  /** A client that was connected when the hub ended is away from now on, and may have been sent all of its deliveries. */
  function noteDisconnected(kept: KeptJournal["sessions"]): void {
    for (const { clientId, value } of kept) {
      const session = sessions.get(clientId);
      if (session === undefined || session.disconnectedAtMs === value.disconnectedAtMs) continue;
      if (value.disconnectedAtMs === undefined) session.outbound.assumeAllSent();
      journal.note(sessionEntry(session));
    }
  }
}

/** An instant before the first hub, or in the future, was written by a wrong clock: no time can be counted from it. */
const isPossible = (atMs: number, nowMs: number): boolean => atMs >= FIRST_VALID_MS && atMs <= nowMs;

const FIRST_VALID_MS = Date.UTC(2020, 0, 1);

const asVersion = (version: number): Version => (version === 3 || version === 5 ? version : 4);
