/** Sends a file's lines to the hub, batch by batch, and keeps the place and the count. Opens no file and parses no value. */
import type { ImportAnswer, RebuildAnswer } from "../../contract/control.ts";
import type { RebuildRequest } from "../../contract/control-requests.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { readImportedLine } from "../../core/transfer/imported-reading.ts";
import { createRebuiltHours } from "../../core/transfer/rebuilt-hours.ts";
import type { HubLink } from "../shared/hub-link.ts";
import type { ImportLine } from "./import-lines.ts";
import type { FilePosition } from "./import-position.ts";
import type { RefusedReport } from "./refused-report.ts";

export interface ImportRunOptions {
  readonly link: HubLink;
  readonly clock: Clock;
  readonly batches: AsyncIterable<ImportLine[]>;
  readonly report: RefusedReport;
  readonly begun: FilePosition;
  /** Hours of a time whose raw readings are forgotten are replaced by what the file says. */
  readonly rebuild: boolean;
  readonly savePosition: (place: FilePosition) => Promise<void>;
  /** A line for who asked. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface ImportTally {
  stored: number;
  duplicates: number;
  /** Readings in hours that were rebuilt. */
  rebuilt: number;
  /** Lines that were looked at in this run. */
  lines: number;
  bytes: number;
}

export const EXPIRED = "It is older than the raw readings that the hub keeps (--rebuild makes hours of such)";
const NOT_REBUILT =
  "An hour was not rebuilt: raw readings of its day are still there, or there is no room for its device";
const KEEP_EVERY_MS = 1_000;

export function createImportRun(options: ImportRunOptions): { tally: ImportTally; run(): Promise<void> } {
  const { link, clock, batches, report, begun, rebuild, savePosition: keepPlace, say, signal } = options;
  const tally: ImportTally = { ...begun, rebuilt: 0, lines: 0, bytes: 0 };
  const hours = createRebuiltHours();
  let endByte = begun.endByte;
  let keptMs = Number.NEGATIVE_INFINITY; // the first batch's place is kept at once

  const place = (): FilePosition => ({
    endByte,
    stored: tally.stored,
    duplicates: tally.duplicates,
    refused: begun.refused + report.count(),
  });

  async function send(batch: readonly ImportLine[]): Promise<void> {
    const toSend = batch.filter(({ line }) => line !== undefined);
    for (const { reason, record } of batch) {
      if (reason !== undefined) report.add(record.line, reason, undefined, record.text);
    }
    if (toSend.length > 0) {
      const text = `${toSend.map(({ line }) => line).join("\n")}\n`;
      await settle(toSend, await link.ask<ImportAnswer>("/import", { type: "application/x-ndjson", text }));
      tally.bytes += text.length;
    }
    tally.lines += batch.length;
    endByte = batch.at(-1)?.record.endByte ?? endByte;
    if (clock.monotonicMs() - keptMs < KEEP_EVERY_MS) return;
    keptMs = clock.monotonicMs();
    await keepPlace(place());
  }

  async function settle(sent: readonly ImportLine[], answer: ImportAnswer): Promise<void> {
    tally.stored += answer.stored;
    tally.duplicates += answer.duplicates;
    for (const { line, reason, detail } of answer.refused) {
      const record = sent[line]?.record;
      report.add(record?.line ?? 0, reason, detail, record?.text ?? "");
    }
    for (const at of answer.forgotten) {
      const { line = "", record } = sent[at] ?? {};
      const read = rebuild ? readImportedLine(line, { nowMs: clock.nowMs(), isSane: true }) : undefined;
      if (read?.ok) hours.add(read.reading);
      else report.add(record?.line ?? 0, EXPIRED, undefined, record?.text ?? "");
    }
    if (hours.isFull()) await sendHours();
  }

  async function sendHours(): Promise<void> {
    const { hours: wishes, readings } = hours.take();
    if (wishes.length === 0) return;
    const text = JSON.stringify({ hours: wishes } satisfies RebuildRequest);
    const { taken } = await link.ask<RebuildAnswer>("/rebuild", { type: "application/json", text });
    for (const [at, isTaken] of taken.entries()) {
      if (isTaken) tally.rebuilt += readings[at] ?? 0;
      else {
        const { deviceId = "", startMs = 0 } = wishes[at] ?? {};
        report.add(0, NOT_REBUILT, undefined, `${deviceId} ${new Date(startMs).toISOString()}`);
      }
    }
  }

  /** At the end: that the place is not kept hides neither what the import did nor why it failed. */
  function warn({ message }: Error, fault: unknown): void {
    if (!(fault instanceof Error && fault.message === message)) say(message);
  }

  return {
    tally,
    run: async () => {
      // One batch is on its way while the next is read.
      let onItsWay: Promise<void> = Promise.resolve();
      let fault: unknown;
      try {
        for await (const batch of batches) {
          await onItsWay;
          if (signal.aborted) break;
          onItsWay = send(batch);
          onItsWay.catch(() => undefined); // whoever awaits it is told
        }
        await onItsWay;
        await sendHours();
      } catch (error) {
        fault = error;
        throw error;
      } finally {
        await onItsWay.catch(() => undefined); // it may be keeping its place, in the same file
        if (!rebuild) await keepPlace(place()).catch((error: Error) => warn(error, fault));
      }
    },
  };
}
