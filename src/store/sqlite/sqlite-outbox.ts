/** The outbox in an embedded store of its own: what waits is stored there as ever, and each group beside it as it came. */
import type { MetricValue } from "../../contract/readings.ts";
import type { DamageNotes } from "../../core/damage.ts";
import type { Clock, Log, Write, WriteOutcome, WritesOfMessage } from "../../core/ports.ts";
import type { Outbox, PlacedGroup, WaitingGroup } from "../../core/remote-store.ts";
import { StartError } from "../../core/start-error.ts";
import type { PackedGroup, PackedPlaces } from "./outbox-table.ts";
import {
  DUPLICATE_MARK,
  type PackedBatch,
  packBatch,
  REFUSED_MARK,
  unpackBatch,
  unpackOutcomes,
  unpackPatch,
} from "./packed-batch.ts";
import { openSqliteParts } from "./sqlite-store.ts";

export interface SqliteOutboxOptions {
  /** Of the outbox alone; made where it is not there. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onDead: (cause: Error) => void;
  readonly damage?: DamageNotes | undefined;
  readonly maxBytes: number;
}

/** Nothing else has what waits in it. */
const ADVICE =
  "Check the disk. It holds what waits for MongoDB: stop the hub and move this directory away to go on without what cannot be read";

/** Sent together; many groups are of a reading or two. */
const WRITES_A_GROUP = 2_000;

/** Rejects with a StartError where the directory or the file cannot be used. */
export async function openSqliteOutbox(options: SqliteOutboxOptions): Promise<Outbox> {
  const { dataDir, clock, log, onDead, damage, maxBytes } = options;
  const { store, writer } = await openSqliteParts({ dataDir, log, onDead, damage, advice: ADVICE });
  let state = await writer.call("outboxOpen", [maxBytes]).catch(async (cause: Error) => {
    // Its threads and its lock would keep the process from ending.
    await store.close().catch(() => undefined);
    throw new StartError(`The outbox cannot be opened. ${cause.message}`, 1, cause);
  });
  /** What `next` gave, as it is stored. */
  const given = new WeakMap<WaitingGroup, readonly PackedGroup[]>();

  async function put(messages: readonly WritesOfMessage[], placed: PlacedGroup | undefined): Promise<WriteOutcome[][]> {
    const batch = packBatch(placed?.messages ?? messages);
    const places = placed && packPlaces(placed.outcomes);
    const answer = await writer.call("outboxPut", [batch, places, clock.nowMs()]);
    state = answer.state;
    return placed === undefined ? unpackOutcomes(messages, answer.outcomes) : placed.outcomes.map((each) => [...each]);
  }

  async function next(behindSeq: number): Promise<WaitingGroup | undefined> {
    const answer = await writer.call("outboxNext", [behindSeq, WRITES_A_GROUP]);
    const { groups } = answer;
    state = answer.state; // of what is damaged nothing waits any more
    const last = groups.at(-1);
    if (last === undefined) return undefined;
    const messages = groups.flatMap(({ batch }) => messagesOf(batch));
    const outcomes = groups.flatMap(
      ({ batch, places }) => places && unpackOutcomes(messagesOf(batch), { ...places, lastSeq: 0 }),
    );
    const isPlaced = last.places !== undefined;
    const group: WaitingGroup = {
      seq: last.seq,
      messages,
      placed: isPlaced ? { messages, outcomes: outcomes.map((each) => each ?? []) } : undefined,
    };
    given.set(group, groups);
    return group;
  }

  async function place(group: WaitingGroup, placed: PlacedGroup): Promise<void> {
    let from = 0;
    const groups = (given.get(group) ?? []).map(({ seq, batch }): PackedGroup => {
      const to = from + messagesOf(batch).length;
      const [messages, outcomes] = [placed.messages.slice(from, to), placed.outcomes.slice(from, to)];
      from = to;
      return { seq, batch: packBatch(messages), places: packPlaces(outcomes) };
    });
    await writer.call("outboxPlace", [groups]);
  }

  return {
    put,
    next,
    place,
    forget: async (throughSeq) => {
      state = await writer.call("outboxForget", [throughSeq]);
    },
    state: () => state,
    filesProblem: store.filesProblem,
    waiting: { readings: store.readings, readingsChunk: store.readingsChunk, series: store.series },
    close: store.close,
  };
}

/** The writes of a batch as they were given to it, message by message. */
function messagesOf(batch: PackedBatch): WritesOfMessage[] {
  const messages: Write[][] = [];
  for (const { message, write } of writesOf(batch)) {
    while (messages.length <= message) messages.push([]);
    messages[message]?.push(write);
  }
  return messages;
}

function* writesOf(batch: PackedBatch): Generator<{ message: number; write: Write }> {
  for (const unpacked of unpackBatch(batch)) {
    const { message } = unpacked;
    switch (unpacked.kind) {
      case "journal":
        yield { message, write: { kind: "journal", entry: unpacked.entry } };
        break;
      case "status": {
        const { deviceId, receivedAtMs, flag } = unpacked;
        yield { message, write: { kind: "status", deviceId, receivedAtMs, online: flag === true } };
        break;
      }
      case "attributes": {
        const { deviceId, receivedAtMs, flag, body } = unpacked;
        const said = flag === undefined ? {} : { clockSuspect: flag };
        yield { message, write: { kind: "attributes", deviceId, receivedAtMs, patch: unpackPatch(body), ...said } };
        break;
      }
      case "reading": {
        const { deviceId, atMs, timed, receivedAtMs, element, n, body, packet } = unpacked;
        const metrics = new Map(Object.entries(JSON.parse(body) as { [metric: string]: MetricValue }));
        const about = { deviceId, atMs, timed, receivedAtMs, metrics, body, element, packet };
        yield { message, write: { kind: "reading", ...about, ...(n !== undefined && { n }) } };
      }
    }
  }
}

function packPlaces(outcomes: PlacedGroup["outcomes"]): PackedPlaces {
  const reasons: string[] = [];
  const marks = outcomes.flat().map((outcome) => {
    if (outcome.kind === "stored") return outcome.n;
    return outcome.kind === "duplicate" ? DUPLICATE_MARK : REFUSED_MARK - (reasons.push(outcome.reason) - 1);
  });
  return { marks: Float64Array.from(marks), reasons };
}
