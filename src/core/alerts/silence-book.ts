/** Keeps silences: for which alerts nothing is sent, and until when. */
import { MAX_SILENCES, type Silence, type SilenceFields, silence as silenceSchema } from "../../contract/alerts.ts";
import type { DeviceId } from "../../contract/readings.ts";
import { createSerialQueue } from "../model/serial-queue.ts";
import type { Clock } from "../ports/clock.ts";
import type { HubChange, HubFile, StoredRecord } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";
import type { BookOutcome, SilenceBook } from "./alert-types.ts";
import { newRecordId } from "./record-id.ts";
import { type SilenceNames, silencedEvent, unsilencedEvent } from "./silence-event.ts";

export interface SilenceBookOptions {
  readonly hubFile: Pick<HubFile, "write">;
  /** Of all kinds. */
  readonly stored: readonly StoredRecord[];
  /** For the log. */
  readonly names: SilenceNames;
  readonly clock: Clock;
  readonly log: Log;
}

/** The book, and what only the engine asks it. */
export interface OwnSilenceBook extends SilenceBook {
  /** Called when one begins, is removed or ends. */
  onChange(run: (silence: Silence, isOver: boolean) => void): void;
  close(): void;
}

const CHECK_EVERY_MS = 1_000;

export function createSilenceBook({ hubFile, stored, names, clock, log }: SilenceBookOptions): OwnSilenceBook {
  const queue = createSerialQueue();
  const silences = new Map<string, Kept>();
  /** By what they match: thousands of alerts may begin at once, and there may be a thousand silences. */
  const byTarget = new Map<string, Set<Kept>>();
  let onChange = (_silence: Silence, _isOver: boolean): void => undefined;
  for (const { kind, id, data } of stored) {
    if (kind !== "silence") continue;
    const read = readSilence(data);
    if (read === undefined) log.warn("a silence cannot be read, and is left as it is", { id });
    else keep(read);
  }
  const stop = clock.every(CHECK_EVERY_MS, () => {
    for (const kept of silences.values()) if (kept.endMs <= clock.nowMs()) end(kept);
  });

  function keep(made: Silence): void {
    const kept = { silence: made, endMs: Date.parse(made.until) };
    const target = targetOf(made.ruleId, made.deviceId);
    silences.set(made.id, kept);
    byTarget.set(target, (byTarget.get(target) ?? new Set()).add(kept));
  }

  function drop({ id, ruleId, deviceId }: Silence): void {
    const target = targetOf(ruleId, deviceId);
    const ofTarget = byTarget.get(target);
    const kept = silences.get(id);
    if (kept !== undefined) ofTarget?.delete(kept);
    if (ofTarget?.size === 0) byTarget.delete(target);
    silences.delete(id);
  }

  /** Whether it is deleted on disk changes nothing: its end is in it. */
  function end({ silence: over, endMs }: Kept): void {
    drop(over);
    onChange(over, true);
    hubFile.write([deleted(over), unsilencedEvent(over, names, { atMs: endMs })]).catch((cause: unknown) => {
      log.warn("a silence that is over could not be deleted; the next start deletes it", { id: over.id, cause });
    });
  }

  async function add(fields: SilenceFields, by: string): Promise<BookOutcome<Silence>> {
    const nowMs = clock.nowMs();
    if (silences.size >= MAX_SILENCES) return { kind: "full" };
    if (Date.parse(fields.until) <= nowMs) {
      return { kind: "refused", faults: [{ field: "until", message: "this time is over: name a later one" }] };
    }
    const id = newRecordId(silences, nowMs);
    const made: Silence = { ...fields, id, by, at: new Date(nowMs).toISOString() };
    await hubFile.write([
      { of: "record", kind: "silence", id, data: JSON.stringify(made) },
      silencedEvent(made, names),
    ]);
    keep(made);
    onChange(made, false);
    return { kind: "done", item: made };
  }

  async function remove(id: string, by: string): Promise<boolean> {
    const removed = silences.get(id)?.silence;
    if (removed === undefined) return false;
    await hubFile.write([deleted(removed), unsilencedEvent(removed, names, { atMs: clock.nowMs(), by })]);
    drop(removed);
    onChange(removed, true);
    return true;
  }

  function untilMs(ruleId: string, deviceId: string | undefined): number | undefined {
    if (silences.size === 0) return undefined;
    const nowMs = clock.nowMs();
    let latestMs: number | undefined;
    for (const target of targetsOf(ruleId, deviceId)) {
      for (const { endMs } of byTarget.get(target) ?? NONE) {
        if (endMs > nowMs) latestMs = Math.max(latestMs ?? endMs, endMs);
      }
    }
    return latestMs;
  }

  return {
    list: () => [...silences.values()].flatMap(({ silence, endMs }) => (endMs > clock.nowMs() ? silence : [])),
    add: (fields, by) => queue.run(() => add(fields, by)),
    remove: (id, by) => queue.run(() => remove(id, by)),
    untilMs,
    onChange: (run) => {
      onChange = run;
    },
    close: stop,
  };
}

export const matches = (silence: SilenceFields, ruleId: string, deviceId: DeviceId | undefined): boolean =>
  (silence.ruleId === undefined || silence.ruleId === ruleId) &&
  (silence.deviceId === undefined || silence.deviceId === deviceId);

interface Kept {
  readonly silence: Silence;
  readonly endMs: number;
}

const NONE: readonly Kept[] = [];

const deleted = ({ id }: Silence): HubChange => ({ of: "record", kind: "silence", id, data: undefined });

const targetOf = (ruleId = "", deviceId = ""): string => `${ruleId}~${deviceId}`;

const targetsOf = (ruleId: string, deviceId: string | undefined): string[] =>
  deviceId === undefined
    ? [targetOf(ruleId), targetOf()]
    : [targetOf(ruleId, deviceId), targetOf(ruleId), targetOf("", deviceId), targetOf()];

/** Undefined: a later version wrote it, or it is damaged. */
function readSilence(data: string): Silence | undefined {
  try {
    return silenceSchema.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined;
  }
}
