/** The outbox in an embedded store of its own: waiting readings are stored there as usual, and each group beside them as it came. */

import type { DamageNotes } from "../../core/health/damage.ts";
import type { DiskFaults } from "../../core/health/disk-faults.ts";
import { StartError } from "../../core/model/start-error.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { AssignedGroup, Outbox, WaitingGroup } from "../../core/ports/outbox.ts";
import type { WriteOutcome, WritesOfMessage } from "../../core/ports/writes.ts";
import type { ClockSteps } from "../../core/time/clock-steps.ts";
import { readFormerGroup, readFormerOutcomes } from "./format/former-outbox-group.ts";
import { readGroup, readOutcomes, storedGroup, storedOutcomes } from "./format/outbox-group.ts";
import type { OpenedRecord } from "./format/outbox-record.ts";
import { packBatch, unpackOutcomes } from "./format/packed-batch.ts";
import { openSqliteParts } from "./sqlite-store.ts";
import type { GroupContent } from "./write/outbox-table.ts";

export interface SqliteOutboxOptions {
  /** Of the outbox alone; created if it does not exist. */
  readonly dataDir: string;
  readonly clock: Clock;
  /** Over `REDELIVERY_WINDOW_MS`; left out: the clock is taken for steady. */
  readonly clockSteps?: ClockSteps | undefined;
  readonly log: Log;
  readonly onDead: (cause: Error) => void;
  readonly damage?: DamageNotes | undefined;
  readonly diskFaults?: DiskFaults | undefined;
  readonly maxBytes: number;
}

/** There is no other copy of what waits in it. */
const ADVICE =
  "Check the disk. It holds what waits for MongoDB: stop the hub and move this directory away to continue without what cannot be read";

/** Writes sent together. Many groups have only a reading or two. */
const WRITES_A_GROUP = 2_000;

/** Rejects with a StartError if the directory or the file cannot be used. */
export async function openSqliteOutbox(options: SqliteOutboxOptions): Promise<Outbox> {
  const { dataDir, clock, clockSteps, log, onDead, damage, diskFaults, maxBytes } = options;
  const parts = { dataDir, log, onDead, damage, diskFaults, clockSteps, advice: ADVICE };
  const { store, writer } = await openSqliteParts(parts);
  let state = await writer.call("outboxOpen", [maxBytes]).catch(async (cause: Error) => {
    // Its threads and its lock would prevent the process from ending.
    await store.close().catch(() => undefined);
    throw new StartError(`The outbox cannot be opened. ${cause.message}`, 1, cause);
  });
  /** For groups that `next` returned: their records, and how many messages each has. */
  const recordsOf = new WeakMap<WaitingGroup, readonly { readonly seq: number; readonly messages: number }[]>();

  async function put(
    messages: readonly WritesOfMessage[],
    assigned: AssignedGroup | undefined,
  ): Promise<WriteOutcome[][]> {
    const writes = assigned?.messages ?? messages;
    const [batch, content] = [packBatch(writes), contentOf(writes, assigned?.outcomes)];
    const steps = clockSteps?.recent() ?? [];
    const answer = await writer.call("outboxPut", [batch, content, clock.nowMs(), steps], blocksOf([content]));
    state = answer.state;
    return assigned === undefined
      ? unpackOutcomes(messages, answer.outcomes)
      : assigned.outcomes.map((each) => [...each]);
  }

  async function next(behindSeq: number): Promise<WaitingGroup | undefined> {
    const answer = await writer.call("outboxNext", [behindSeq, WRITES_A_GROUP]);
    state = answer.state; // damaged groups no longer wait
    const groups = answer.groups.map(({ seq, group, outcomes }) => {
      const messages = messagesOf(group);
      return { seq, messages, outcomes: outcomes && outcomesOf(outcomes, messages) };
    });
    const last = groups.at(-1);
    if (last === undefined) return undefined;
    const messages = groups.flatMap((each) => each.messages);
    const isAssigned = last.outcomes !== undefined;
    const outcomes = groups.flatMap((each) => each.outcomes ?? []);
    const group: WaitingGroup = { seq: last.seq, messages, assigned: isAssigned ? { messages, outcomes } : undefined };
    recordsOf.set(
      group,
      groups.map(({ seq, messages: { length } }) => ({ seq, messages: length })),
    );
    return group;
  }

  async function assign(group: WaitingGroup, assigned: AssignedGroup): Promise<void> {
    let from = 0;
    const groups = (recordsOf.get(group) ?? []).map(({ seq, messages }) => {
      const to = from + messages;
      const content = contentOf(assigned.messages.slice(from, to), assigned.outcomes.slice(from, to));
      from = to;
      return { seq, ...content };
    });
    await writer.call("outboxAssign", [groups], blocksOf(groups));
  }

  return {
    put,
    next,
    assign,
    remove: async (throughSeq) => {
      state = await writer.call("outboxRemove", [throughSeq]);
    },
    state: () => state,
    filesProblem: store.filesProblem,
    waiting: { readings: store.readings, readingsChunk: store.readingsChunk, series: store.series },
    close: store.close,
  };
}

const contentOf = (
  messages: readonly WritesOfMessage[],
  outcomes: AssignedGroup["outcomes"] | undefined,
): GroupContent => ({
  group: storedGroup(messages),
  outcomes: outcomes && storedOutcomes(outcomes),
});

const messagesOf = ({ format, content }: OpenedRecord): WritesOfMessage[] =>
  format === "v8" ? readFormerGroup(content) : readGroup(content);

const outcomesOf = ({ format, content }: OpenedRecord, messages: readonly WritesOfMessage[]): WriteOutcome[][] =>
  format === "v8" ? readFormerOutcomes(content, messages) : readOutcomes(content);

/** Passed to the thread instead of copied. */
const blocksOf = (contents: readonly GroupContent[]): ArrayBuffer[] =>
  contents.flatMap(({ group, outcomes }) => [group.buffer, ...(outcomes === undefined ? [] : [outcomes.buffer])]);
