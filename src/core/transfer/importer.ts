/** Stores lines of an import as readings, each once, and updates memory. An import does not make a device online. */
import type { ImportAnswer } from "../../contract/control/control.ts";
import type { MetricValue } from "../../contract/readings.ts";
import { REFUSALS } from "../../contract/refusals.ts";
import type { Derivation } from "../derived/derivation.ts";
import type { Registry } from "../devices/registry.ts";
import type { RawHorizon } from "../history/raw-horizon.ts";
import { withNumbers } from "../model/numeric-text.ts";
import type { Clock } from "../ports/clock.ts";
import type { Counters } from "../ports/counters.ts";
import type { Store } from "../ports/readings-store.ts";
import type { ReadingWrite, WriteOutcome } from "../ports/writes.ts";
import type { Sparklines } from "../sparklines/sparklines.ts";
import { type ImportedLine, type ImportedReading, type LineRefusal, readImportedLine } from "./imported-reading.ts";

export interface ImporterOptions {
  readonly store: Pick<Store, "append">;
  readonly registry: Registry;
  readonly clock: Clock;
  /** Whether the hub's own clock can judge the future. */
  readonly isClockSane: () => boolean;
  readonly rawHorizon: RawHorizon;
  /** Undefined: there are no definitions, as where no hub runs. */
  readonly derivation: Pick<Derivation, "derive" | "settled"> | undefined;
  readonly counters: Pick<Counters, "readings">;
  readonly onStored: (readings: number) => void;
  /** Undefined: there are none, as where no hub runs. */
  readonly sparklines: Pick<Sparklines, "stored"> | undefined;
}

export interface Importer {
  /** Settles when what was taken is durable; rejects with a StoreError when nothing of it may be. */
  take(lines: readonly string[]): Promise<ImportAnswer>;
}

export function createImporter(options: ImporterOptions): Importer {
  const { store, registry, clock, isClockSane, rawHorizon, derivation, counters, onStored, sparklines } = options;

  async function take(lines: readonly string[]): Promise<ImportAnswer> {
    const answer: ImportAnswer = { stored: 0, duplicates: 0, refused: [], forgotten: [] };
    const now = { nowMs: clock.nowMs(), isSane: isClockSane() };
    const readings: Line[] = [];
    for (const [line, text] of lines.entries()) {
      const read = withKnownNumbers(readImportedLine(text, now));
      const refusal = read.ok ? limitRefusal(read.reading) : read.refusal;
      if (refusal !== undefined) answer.refused.push({ line, ...refusal });
      else if (read.ok && isTooOld(read.reading, now.nowMs)) answer.forgotten.push(line);
      else if (read.ok) readings.push({ line, reading: read.reading });
    }
    if (readings.length === 0) return answer;
    const messages = groupByIdentity(readings);
    const writes = messages.map((message) =>
      message.map(({ reading }) => derivation?.derive(writeOf(reading)) ?? writeOf(reading)),
    );
    const outcomes = await store.append(writes);
    for (const [index, message] of messages.entries()) {
      for (const [element, { line }] of message.entries()) {
        const write = writes[index]?.[element];
        if (write !== undefined) note(answer, line, write, outcomes[index]?.[element]);
      }
    }
    answer.duplicates += readings.length - messages.reduce((sum, message) => sum + message.length, 0);
    count(answer);
    return answer;
  }

  /** A line without an id may have a number as text, as a board may. */
  function withKnownNumbers(read: ImportedLine): ImportedLine {
    if (!read.ok || read.reading.n !== undefined) return read;
    const { reading } = read;
    const { metrics, faults } = withNumbers(reading.metrics, (name) => registry.hasBeenNumber(reading.deviceId, name));
    const [fault] = faults;
    if (fault !== undefined)
      return { ok: false, refusal: { reason: REFUSALS[fault.code], detail: fault.detail ?? "" } };
    return metrics === reading.metrics ? read : { ok: true, reading: { ...reading, metrics: new Map(metrics) } };
  }

  /** It might be taken, but would go in the middle of the import: some readings of its hour raw, some too late. */
  const isTooOld = ({ deviceId, atMs }: ImportedReading, nowMs: number): boolean => atMs < rawHorizon(deviceId, nowMs);

  function limitRefusal({ deviceId, metrics }: ImportedReading): LineRefusal | undefined {
    const code = registry.admitDevice(deviceId, undefined);
    if (code !== undefined) return { reason: REFUSALS[code] };
    const [metric] = registry.admitMetrics(deviceId, metrics);
    return metric === undefined ? undefined : { reason: REFUSALS.TOO_MANY_METRICS_OF_DEVICE, detail: metric };
  }

  function note(answer: ImportAnswer, line: number, reading: ReadingWrite, outcome: WriteOutcome | undefined): void {
    if (outcome !== undefined) derivation?.settled(reading, outcome.kind);
    switch (outcome?.kind) {
      case "stored":
        answer.stored++;
        registry.importedReading(reading.deviceId, reading.metrics, reading.atMs, reading.receivedAtMs);
        sparklines?.stored([{ ...reading, receivedAtMs: clock.nowMs() }]); // when it was received first says nothing of now
        return;
      case "duplicate":
        answer.duplicates++;
        return;
      case "refused":
        if (outcome.code === "expired") answer.forgotten.push(line);
        else answer.refused.push({ line, reason: REFUSALS.STORE_REFUSED, detail: outcome.reason });
    }
  }

  function count({ stored, duplicates, refused, forgotten }: ImportAnswer): void {
    if (stored > 0) counters.readings("stored", stored);
    if (duplicates > 0) counters.readings("duplicate", duplicates);
    const refusedCount = refused.length + forgotten.length;
    if (refusedCount > 0) counters.readings("refused", refusedCount);
    onStored(stored);
  }

  return { take };
}

interface Line {
  readonly line: number;
  readonly reading: ImportedReading;
}

/**
 * Readings with different ids are different ones, even where they say the same, as those of one message are; so all of
 * a device that have an id go as one. Those without are told apart by instant and content, so each goes alone.
 */
function groupByIdentity(lines: readonly Line[]): Line[][] {
  const withId = new Map<string, Map<string, Line>>();
  const alone: Line[][] = [];
  for (const each of lines) {
    const { deviceId, atMs, n } = each.reading;
    if (n === undefined) alone.push([each]);
    else {
      const ofDevice = withId.get(deviceId) ?? new Map<string, Line>();
      withId.set(deviceId, ofDevice);
      const id = `${atMs}-${n}`;
      if (!ofDevice.has(id)) ofDevice.set(id, each);
    }
  }
  return [...alone, ...[...withId.values()].map((ofDevice) => [...ofDevice.values()])];
}

function writeOf({ deviceId, atMs, n, receivedAtMs, metrics }: ImportedReading): ReadingWrite {
  return {
    kind: "reading",
    deviceId,
    atMs,
    timed: true,
    receivedAtMs,
    metrics,
    body: bodyOf(metrics),
    element: 0,
    ...(n !== undefined && { n }),
    packet: undefined,
  };
}

/** JSON of one object, in a third of the time that making the object would take. A metric's name needs no escape. */
function bodyOf(metrics: ReadonlyMap<string, MetricValue>): string {
  let body = "";
  metrics.forEach((value, name) => {
    const text = typeof value === "string" ? JSON.stringify(value) : value;
    body += `${body === "" ? "{" : ","}"${name}":${text}`;
  });
  return `${body}}`;
}
