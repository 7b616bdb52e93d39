/** Writes what the broker must keep over a restart, in the same commits as readings. */

import type { Connection } from "../../core/devices/connection.ts";
import type { Writer } from "../../core/ingest/writer.ts";
import type { JournalEntry } from "../../core/ports/broker-state.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";

/**
 * Called with true when it is on disk; with false when the store has not taken it for so long that the waiting client should be answered (it
 * is written later all the same).
 */
export type WhenDurable = (isDurable: boolean) => void;

export interface Journal {
  /** Entries are committed in the order of the calls; those between two calls of `settle` in one turn are in one commit. */
  note(entry: JournalEntry, whenDurable?: WhenDurable): void;
  /** Calls back when everything that was noted so far is on disk. To be called after the last entry of a message. */
  settle(whenDurable: WhenDurable): void;
  /** Writes at once what waits for the end of the turn. */
  flush(): void;
  /** The store is known to accept no writes at the moment. */
  isStuck(): boolean;
}

/** The hub itself: its entries are no sign of life of a device. */
const HUB: Connection = { clientId: "", serial: 0 };
/** What an entry holds in memory beside its bytes. */
const ENTRY_BYTES = 512;
const MAX_TURN_BYTES = 256 * 1024;

export function createJournal({ writer, clock, log }: { writer: Writer; clock: Clock; log: Log }): Journal {
  let entries: JournalEntry[] = [];
  let waiting: WhenDurable[] = [];
  let bytes = 0;

  function schedule(): void {
    if (entries.length === 0 && waiting.length === 0) clock.soon(flush);
  }

  function flush(): void {
    if (entries.length === 0 && waiting.length === 0) return;
    const waiters = waiting;
    const all = entries;
    const heldBytes = bytes + ENTRY_BYTES;
    entries = [];
    waiting = [];
    bytes = 0;
    writer.put({
      writes: all.map((entry) => ({ kind: "journal", entry })),
      bytes: heldBytes,
      urgent: waiters.length > 0,
      irrevocable: true,
      connection: HUB,
      answer: (outcome) => {
        const isDurable = outcome !== "stalled";
        if (isDurable) {
          const refused = outcome.find((each) => each.kind === "refused");
          if (refused?.kind === "refused")
            log.error("MQTT state could not be stored and is lost at the next restart", { reason: refused.reason });
        }
        for (const tell of waiters) tell(isDurable);
      },
    });
  }

  return {
    note: (entry, whenDurable) => {
      schedule();
      entries.push(entry);
      bytes += bytesOf(entry);
      if (whenDurable !== undefined) waiting.push(whenDurable);
    },
    settle: (whenDurable) => {
      schedule();
      waiting.push(whenDurable);
      // Many bytes are counted at once, so that connections see a full byte budget and stop reading. Never between the entries of one
      // message: after a crash its deliveries would be there without its packet id.
      if (bytes > MAX_TURN_BYTES) flush();
    },
    flush,
    isStuck: () => writer.problem() !== undefined,
  };
}

function bytesOf(entry: JournalEntry): number {
  switch (entry.of) {
    case "subscription":
      return ENTRY_BYTES + entry.filter.length;
    case "retained":
      return ENTRY_BYTES + (entry.value?.payload.length ?? 0);
    case "delivery":
    case "will":
      return ENTRY_BYTES + (entry.value?.message?.payload.length ?? 0);
    default:
      return ENTRY_BYTES;
  }
}
