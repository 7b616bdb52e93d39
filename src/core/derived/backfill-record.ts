/** What is kept of a backfill: while it is under way, so that it resumes after a stop or a kill, and of the last that came to its end. */
import {
  type BackfillRecord,
  backfillRecord,
  type FinishedBackfill,
  finishedBackfill,
} from "../../contract/derived.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { HubChange, StoredRecord } from "../ports/hub-file.ts";

export const newRecord = (startedAtMs: number, key: string): BackfillRecord => ({
  startedAtMs,
  key,
  doneId: "",
  devicesDone: 0,
  readings: 0,
  changed: 0,
});

/** `job` undefined: it is over. */
export const recordChange = (id: string, job: BackfillRecord | undefined): HubChange => ({
  of: "record",
  kind: "backfill",
  id,
  data: job && JSON.stringify(job),
});

/** `done` undefined: the definition was deleted. */
export const finishedChange = (id: string, done: FinishedBackfill | undefined): HubChange => ({
  of: "record",
  kind: "backfilled",
  id,
  data: done && JSON.stringify(done),
});

/** By the id of the definition, in the order in which they began. What cannot be read is left out. */
export const backfillsIn = (stored: readonly StoredRecord[]): [id: string, job: BackfillRecord][] =>
  recordsOf(stored, "backfill", (data) => backfillRecord.safeParse(data).data);

/** By the id of the definition. What cannot be read is left out. */
export const finishedIn = (stored: readonly StoredRecord[]): [id: string, done: FinishedBackfill][] =>
  recordsOf(stored, "backfilled", (data) => finishedBackfill.safeParse(data).data);

function recordsOf<Kept>(
  stored: readonly StoredRecord[],
  wanted: StoredRecord["kind"],
  read: (data: unknown) => Kept | undefined,
): [id: string, kept: Kept][] {
  return stored.flatMap(({ kind, id, data }) => {
    if (kind !== wanted) return [];
    try {
      const kept = read(JSON.parse(data));
      return kept === undefined ? [] : [[id, kept]];
    } catch {
      return [];
    }
  });
}

/** The device behind the last one that is done, in the order of ids. */
export function nextDevice(ids: readonly DeviceId[], doneId: string): DeviceId | undefined {
  return ids.find((id) => id > doneId);
}
