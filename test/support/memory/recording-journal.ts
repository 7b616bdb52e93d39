/** A journal in memory that says what a restart would find, and commits when the test says so. Writes no file. */
import type { Journal } from "../../../src/broker/journal/journal.ts";
import type { JournalEntry, Journal as KeptJournal } from "../../../src/core/ports/broker-state.ts";

export interface RecordingJournal extends Journal {
  /** Everything that was said, in order, committed or not. */
  readonly said: readonly JournalEntry[];
  /** Makes all that was said durable, and tells who waits; what they say to that is not durable yet. */
  commit(): void;
  /** Tells who waits that the store did not take it; it stays said, and a later `commit` makes it durable. */
  stall(): void;
  /** The process is killed: what was not committed was never said, and nobody waits. */
  kill(): void;
  /** What a start would find if the process were killed now: only what was committed. */
  kept(): KeptJournal;
}

export const NOTHING_KEPT: KeptJournal = {
  sessions: [],
  subscriptions: [],
  retained: [],
  deliveries: [],
  inbound: [],
  wills: [],
};

export function createRecordingJournal(): RecordingJournal {
  const said: JournalEntry[] = [];
  let durable = 0;
  let waiting: ((isDurable: boolean) => void)[] = [];

  function tell(isDurable: boolean): void {
    const those = waiting;
    waiting = [];
    for (const done of those) done(isDurable);
  }

  return {
    said,
    note: (entry, whenDurable) => {
      said.push(entry);
      if (whenDurable !== undefined) waiting.push(whenDurable);
    },
    settle: (whenDurable) => void waiting.push(whenDurable),
    flush: () => undefined,
    isStuck: () => false,
    commit: () => {
      durable = said.length;
      tell(true);
    },
    stall: () => tell(false),
    kill: () => {
      said.splice(durable);
      waiting = [];
    },
    kept: () => keptOf(said.slice(0, durable)),
  };
}

/** The same key replaces; to forget a session is to forget all of it but its will. */
export function keptOf(entries: readonly JournalEntry[]): KeptJournal {
  const rows = new Map<string, Exclude<JournalEntry, { value: undefined }>>();
  for (const entry of entries) {
    if (entry.of === "session" && entry.value === undefined) {
      for (const [key, row] of rows)
        if ("clientId" in row && row.clientId === entry.clientId && row.of !== "will") rows.delete(key);
    }
    if (entry.value === undefined) rows.delete(keyOf(entry));
    else rows.set(keyOf(entry), entry as Exclude<JournalEntry, { value: undefined }>);
  }
  const all = [...rows.values()];
  return {
    sessions: all.flatMap((row) =>
      row.of === "session" && row.value ? [{ clientId: row.clientId, value: row.value }] : [],
    ),
    subscriptions: all.flatMap((row) =>
      row.of === "subscription" && row.value ? [{ clientId: row.clientId, filter: row.filter, value: row.value }] : [],
    ),
    retained: all.flatMap((row) =>
      row.of === "retained" && row.value ? [{ topic: row.topic, value: row.value }] : [],
    ),
    deliveries: all
      .flatMap((row) =>
        row.of === "delivery" && row.value ? [{ clientId: row.clientId, order: row.order, value: row.value }] : [],
      )
      .sort((a, b) => a.order - b.order),
    inbound: all.flatMap((row) => (row.of === "inbound" ? [{ clientId: row.clientId, packetId: row.packetId }] : [])),
    wills: all.flatMap((row) => (row.of === "will" && row.value ? [{ clientId: row.clientId, value: row.value }] : [])),
  };
}

function keyOf(entry: JournalEntry): string {
  switch (entry.of) {
    case "retained":
      return JSON.stringify([entry.of, entry.topic]);
    case "subscription":
      return JSON.stringify([entry.of, entry.clientId, entry.filter]);
    case "delivery":
      return JSON.stringify([entry.of, entry.clientId, entry.order]);
    case "inbound":
      return JSON.stringify([entry.of, entry.clientId, entry.packetId]);
    default:
      return JSON.stringify([entry.of, entry.clientId]);
  }
}
