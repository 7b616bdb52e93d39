/** Writes down what the broker must not forget, in the same commits as readings. Decides nothing about what that is. */
import type { Clock, JournalEntry, Log } from "../core/ports.ts";
import type { Connection } from "../core/registry.ts";
import type { Writer } from "../core/writer.ts";

export interface Journal {
  /**
   * `done` is called when the entries, and all before them, are durable; with false when the store has not taken them
   * for so long that whoever waits should be told (they are written later all the same).
   */
  write(entries: readonly JournalEntry[], done: (isDurable: boolean) => void): void;
  /** Nobody waits for it. */
  later(entry: JournalEntry): void;
}

/** The hub itself: no device is heard by what it writes. */
const HUB: Connection = { clientId: "", serial: 0 };
/** What an entry holds in memory beside its bytes. */
const ENTRY_BYTES = 512;

export function createJournal({ writer, clock, log }: { writer: Writer; clock: Clock; log: Log }): Journal {
  let unwritten: JournalEntry[] = [];

  /** Entries that nobody waits for go with the next that somebody waits for, or with the end of this turn. */
  function later(entry: JournalEntry): void {
    if (unwritten.length === 0) clock.soon(flush);
    unwritten.push(entry);
  }

  function flush(): void {
    if (unwritten.length > 0) put([], false, () => undefined);
  }

  function put(entries: readonly JournalEntry[], urgent: boolean, done: (isDurable: boolean) => void): void {
    const all = unwritten.length === 0 ? entries : [...unwritten, ...entries];
    unwritten = [];
    writer.put({
      writes: all.map((entry) => ({ kind: "journal", entry })),
      bytes: all.reduce((sum, entry) => sum + bytesOf(entry), 0),
      urgent,
      irrevocable: true,
      connection: HUB,
      answer: (outcome) => {
        if (outcome === "stalled") return done(false);
        const refused = outcome.find((each) => each.kind === "refused");
        if (refused?.kind === "refused") log.error("broker's journal refused an entry", { reason: refused.reason });
        done(true);
      },
    });
  }

  return { write: (entries, done) => put(entries, true, done), later };
}

function bytesOf(entry: JournalEntry): number {
  switch (entry.of) {
    case "retained":
      return ENTRY_BYTES + (entry.value?.payload.length ?? 0);
    case "delivery":
    case "will":
      return ENTRY_BYTES + (entry.value?.message?.payload.length ?? 0);
    default:
      return ENTRY_BYTES;
  }
}
