/** What a store is that may be out of reach, and what keeps its readings meanwhile. Declares shapes; does nothing itself. */
import type { Store } from "./readings-store.ts";
import type { WriteOutcome, WritesOfMessage } from "./writes.ts";

/** What a store decided of a group just before it sent it. To write it again changes nothing. */
export interface AssignedGroup {
  /** As they were given; each reading that is to be stored has its `n`. */
  readonly messages: readonly WritesOfMessage[];
  /** One for each write: what it is (duplicate, refused), or becomes when it is written. */
  readonly outcomes: readonly (readonly WriteOutcome[])[];
}

/**
 * A store at the other end of a connection. Its calls reject with a passing StoreError while it cannot be reached, and at
 * the latest after some seconds; whether an `append` that failed was carried out is not known.
 */
export interface RemoteStore extends Store {
  /** `onAssigned` is told what each write will be, and waited for, before anything is sent. It may reject: nothing is sent then. */
  append(
    messages: readonly WritesOfMessage[],
    onAssigned?: (assigned: AssignedGroup) => void | Promise<void>,
  ): Promise<WriteOutcome[][]>;
  /** Writes what may be there already, from the first try, each reading once: the same `_id` with the same content is the same. */
  repeat(assigned: AssignedGroup): Promise<WriteOutcome[][]>;
}

/** Groups that wait to be sent, the oldest, as one. */
export interface WaitingGroup {
  /** Of the last of them: its place in the order. */
  readonly seq: number;
  readonly messages: readonly WritesOfMessage[];
  /** Set where the store had decided before it went away, or before a crash. */
  readonly assigned: AssignedGroup | undefined;
}

export interface OutboxState {
  /** Readings, and writes of other kinds. */
  readonly writes: number;
  readonly groups: number;
  readonly bytes: number;
  /** When the oldest that waits was put in, epoch ms. */
  readonly sinceMs: number | undefined;
}

/** Keeps acknowledged groups, in order, on the hub's own disk until the store has them. Promises reject with a StoreError. */
export interface Outbox {
  /**
   * Settles when the group is durable here, with one outcome for each write: as assigned, or as judged among what waits.
   * A full outbox rejects with a passing error.
   */
  put(messages: readonly WritesOfMessage[], assigned: AssignedGroup | undefined): Promise<WriteOutcome[][]>;
  /** The oldest that wait behind `seq`; undefined: nothing does. */
  next(behindSeq: number): Promise<WaitingGroup | undefined>;
  /** Settles when it is durable that what `next` gave will be written so. */
  assign(group: WaitingGroup, assigned: AssignedGroup): Promise<void>;
  /** The store has all groups up to this one. */
  remove(throughSeq: number): Promise<void>;
  state(): OutboxState;
  filesProblem: Store["filesProblem"];
  /** What waits, as a store that can be asked, brought up to date by `put`; what is forgotten may be in it until nothing waits. */
  readonly waiting: Pick<Store, "readings" | "readingsChunk" | "series">;
  close(): Promise<void>;
}
