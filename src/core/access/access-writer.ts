/** Applies changes to the records of access in order, one write at a time, also while the file cannot be written. */

import { messageOf } from "../model/message-of.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { withUses } from "./access-index.ts";
import type { AccessRecords, AccessStore } from "./access-records.ts";

/** The file of accounts cannot be written. */
export class AccessFileError extends Error {
  /** The change holds all the same, and is written when that can be; else it does not, and never will. */
  readonly isInForce: boolean;
  constructor(isInForce: boolean, cause: unknown) {
    super(messageOf(cause), { cause });
    this.name = "AccessFileError";
    this.isInForce = isInForce;
  }
}

/** Undefined: these records do not allow the change. */
type Change = (records: AccessRecords) => AccessRecords | undefined;

export interface AccessWriter {
  /** What is in force. */
  records(): AccessRecords;
  /** Settles when it is on disk; false: the records did not allow it. Rejects with an AccessFileError. */
  change(change: Change, inForce: "at once" | "when it is on disk"): Promise<boolean>;
  /** Written after everything else; a failure is logged and tried again. */
  saveUses(): void;
  /** In words for the owner, while the file cannot be written. */
  problem(): string | undefined;
  /** Tries once more what is not on disk. */
  close(): Promise<void>;
}

export interface AccessWriterOptions {
  readonly store: AccessStore;
  readonly clock: Clock;
  readonly log: Log;
  /** When each was used last; what is on disk is taken out. */
  readonly uses: Map<string, number>;
}

interface Pending {
  readonly change: Change;
  readonly isAtOnce: boolean;
  readonly resolve: (isDone: boolean) => void;
  readonly reject: (error: AccessFileError) => void;
}

const TRY_AGAIN_MS = 2_000;

export function createAccessWriter({ store, clock, log, uses }: AccessWriterOptions): AccessWriter {
  /** In force; on disk too, where no failure is known. */
  let settled = store.records;
  /** In order. They are taken out when their write has succeeded or failed. */
  let pending: readonly Pending[] = [];
  /** `settled`, with those pending changes that hold at once. */
  let inForce = settled;
  let failure: { readonly words: string; readonly notOnDisk: number } | undefined;
  let writing: Promise<void> | undefined;
  let stopRetry: (() => void) | undefined;
  let isClosed = false;

  function change(change: Change, when: "at once" | "when it is on disk"): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const isAtOnce = when === "at once";
      pending = [...pending, { change, isAtOnce, resolve, reject }];
      if (isAtOnce) inForce = change(inForce) ?? inForce;
      void write();
    });
  }

  function write(): Promise<void> {
    stopRetry?.();
    writing ??= writeAll();
    return writing;
  }

  async function writeAll(): Promise<void> {
    do await writeOnce();
    while (pending.length > 0);
    writing = undefined; // before anything awaits: a change that comes after the check above begins a new write
    if (failure !== undefined && !isClosed) stopRetry = clock.after(TRY_AGAIN_MS, () => void write());
  }

  async function writeOnce(): Promise<void> {
    const batch = pending;
    const done = new Set<Pending>();
    let target = settled;
    for (const each of batch) {
      const next = each.change(target);
      if (next === undefined) continue;
      target = next;
      done.add(each);
    }
    const noted = new Map(uses);
    target = withUses(target, noted);
    try {
      await store.save(target);
    } catch (cause) {
      return failed(batch, cause);
    }
    for (const [key, atMs] of noted) if (uses.get(key) === atMs) uses.delete(key);
    settle(target, batch);
    if (failure !== undefined) log.info("accounts and secrets can be saved again");
    failure = undefined;
    for (const each of batch) each.resolve(done.has(each));
  }

  /** Changes that hold at once stay in force and are tried again; the others are dropped, and their promises reject. */
  function failed(batch: readonly Pending[], cause: unknown): void {
    const kept = batch.filter(({ isAtOnce }) => isAtOnce);
    settle(
      kept.reduce((records, { change }) => change(records) ?? records, settled),
      batch,
    );
    if (failure === undefined)
      log.error("accounts and secrets cannot be saved; the hub tries again every two seconds", {
        reason: messageOf(cause),
      });
    failure = { words: messageOf(cause), notOnDisk: (failure?.notOnDisk ?? 0) + kept.length };
    for (const { isAtOnce, reject } of batch) reject(new AccessFileError(isAtOnce, cause));
  }

  function settle(records: AccessRecords, batch: readonly Pending[]): void {
    settled = records;
    pending = pending.slice(batch.length);
    inForce = pending.reduce((held, { isAtOnce, change }) => (isAtOnce ? (change(held) ?? held) : held), settled);
  }

  return {
    records: () => inForce,
    change,
    saveUses: () => void write(),
    problem: () => {
      if (failure === undefined) return undefined;
      const { words, notOnDisk } = failure;
      const held = `${notOnDisk} ${notOnDisk === 1 ? "change is" : "changes are"} in force but not saved: a crash would undo ${notOnDisk === 1 ? "it" : "them"}. `;
      return `Accounts, tokens and secrets cannot be changed: ${words}. ${notOnDisk === 0 ? "" : held}The hub tries again by itself.`;
    },
    close: async () => {
      isClosed = true;
      stopRetry?.();
      await writing;
      if (uses.size > 0 || failure !== undefined) await write();
      if (failure !== undefined && failure.notOnDisk > 0) {
        log.error("the hub stops, and changes of accounts and secrets are lost: they could not be saved", {
          count: failure.notOnDisk,
          reason: failure.words,
        });
      }
    },
  };
}
