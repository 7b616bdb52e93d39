/** A store that may be unreachable, and the outbox that keeps readings meanwhile. */
import type { Store } from "./readings-store.ts";
import type { WriteOutcome, WritesOfMessage } from "./writes.ts";

/** A group with the ids and outcomes that a store decided on before it sent it. Writing it again changes nothing. */
export interface AssignedGroup {
  /** As given; each reading that is to be stored has its `n`. */
  readonly messages: readonly WritesOfMessage[];
  /** One for each write: duplicate, refused, or stored once it is written. */
  readonly outcomes: readonly (readonly WriteOutcome[])[];
}

/**
 * A store at the other end of a connection. While it cannot be reached its calls reject with a passing StoreError, after some
 * seconds at the latest. An `append` that failed may have been carried out.
 */
export interface RemoteStore extends Store {
  /** Calls and awaits `onAssigned` before anything is sent. If it rejects, nothing is sent. */
  append(
    messages: readonly WritesOfMessage[],
    onAssigned?: (assigned: AssignedGroup) => void | Promise<void>,
  ): Promise<WriteOutcome[][]>;
  /** Writes a group that may have been written before, each reading once: the same `_id` with the same content is the same reading. */
  repeat(assigned: AssignedGroup): Promise<WriteOutcome[][]>;
}

/** The oldest groups that wait to be sent, as one. */
export interface WaitingGroup {
  /** Sequence number of the last of them. */
  readonly seq: number;
  readonly messages: readonly WritesOfMessage[];
  /** Set where the store had assigned ids before it went away, or before a crash. */
  readonly assigned: AssignedGroup | undefined;
}

export interface OutboxState {
  /** Readings, and writes of other kinds. */
  readonly writes: number;
  readonly groups: number;
  readonly bytes: number;
  /** When the oldest group was put in, epoch ms. */
  readonly sinceMs: number | undefined;
}

/** Keeps acknowledged groups in order on the hub's own disk until the store has them. Promises reject with a StoreError. */
export interface Outbox {
  /**
   * Settles when the group is durable here, with one outcome for each write: as assigned, or as compared with what waits.
   * A full outbox rejects with a passing error.
   */
  put(messages: readonly WritesOfMessage[], assigned: AssignedGroup | undefined): Promise<WriteOutcome[][]>;
  /** The oldest groups behind `seq`; undefined: none wait. */
  next(behindSeq: number): Promise<WaitingGroup | undefined>;
  /** Records the assigned ids of a group that `next` answered. Settles when they are durable. */
  assign(group: WaitingGroup, assigned: AssignedGroup): Promise<void>;
  /** Removes all groups up to this one: the store has them. */
  remove(throughSeq: number): Promise<void>;
  state(): OutboxState;
  filesProblem: Store["filesProblem"];
  /** Queries over what waits. Groups that were removed may still be found until nothing waits. */
  readonly waiting: Pick<Store, "readings" | "readingsChunk" | "series">;
  close(): Promise<void>;
}
