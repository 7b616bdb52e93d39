/** Notices clients that disconnect each other because they use the same client id. */
import { setNewest } from "../model/bounded-map.ts";
import type { Clock } from "../ports/clock.ts";

export interface TakeOver {
  readonly clientId: string;
  /** Of the client that was disconnected, and of the one that replaced it. */
  readonly formerAddress: string | undefined;
  readonly address: string | undefined;
}

export interface TakeOvers {
  /** A sentence for the owner; undefined: it may have been one client that reconnected. */
  note(takeOver: TakeOver): string | undefined;
  /** How often within the last minute. */
  recent(clientId: string): number;
}

const WITHIN_MS = 60_000;
/** A client whose connection breaks comes back once or twice a minute; two that share an id do it every few seconds. */
const SUSPICIOUS = 4;
/** Client ids that are watched; beyond it the one that was quiet longest is no longer. */
const MOST_IDS = 1_000;

export function createTakeOvers({ clock }: { readonly clock: Pick<Clock, "monotonicMs"> }): TakeOvers {
  /** When it happened to each id within the last minute. */
  const instants = new Map<string, readonly number[]>();

  const recentOf = (clientId: string, nowMs: number): number[] =>
    (instants.get(clientId) ?? []).filter((atMs) => nowMs - atMs < WITHIN_MS);

  return {
    recent: (clientId) => recentOf(clientId, clock.monotonicMs()).length,
    note: ({ clientId, formerAddress = "unknown", address = "unknown" }) => {
      const nowMs = clock.monotonicMs();
      const recent = [...recentOf(clientId, nowMs), nowMs].slice(-MOST);
      setNewest(instants, clientId, recent, MOST_IDS);
      if (recent.length < SUSPICIOUS) return undefined;
      const who = formerAddress === address ? `two clients at ${address}` : `${formerAddress} and ${address}`;
      return `${who}, ${recent.length === MOST ? "more than " : ""}${recent.length} times in the last minute`;
    },
  };
}

/** Enough to tell how often. */
const MOST = 60;
