/** Sends the lines of a file to the hub, batch by batch, counts them and saves the position. */
import type { ImportAnswer, RebuildAnswer } from "../../contract/control/control.ts";
import type { RebuildRequest } from "../../contract/control/control-requests.ts";
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
  /** Hours whose raw readings are deleted are replaced by those that the file's readings make. */
  readonly rebuild: boolean;
  readonly savePosition: (position: FilePosition) => Promise<void>;
  /** Prints a line for the user. */
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

export const EXPIRED =
  "The reading is older than the raw readings that the hub keeps. With --rebuild, the import makes hourly summaries of such readings";
const NOT_REBUILT =
  "The hourly summary was not replaced: raw readings of this day are still stored, or the hub or the device has reached a limit";
const SAVE_EVERY_MS = 1_000;

export function createImportRun(options: ImportRunOptions): { tally: ImportTally; run(): Promise<void> } {
  const { link, clock, batches, report, begun, rebuild, savePosition, say, signal } = options;
  const tally: ImportTally = { ...begun, rebuilt: 0, lines: 0, bytes: 0 };
  const hours = createRebuiltHours();
  let endByte = begun.endByte;
  let savedMs = Number.NEGATIVE_INFINITY; // the position behind the first batch is saved at once
  /** Why the position could not be saved while the import ran. */
  let notSaved: unknown;

  const position = (): FilePosition => ({
    endByte,
    stored: tally.stored,
    duplicates: tally.duplicates,
    refused: begun.refused + report.count(),
  });

  async function send(batch: readonly ImportLine[]): Promise<void> {
    const toSend = batch.filter(({ line }) => line !== undefined);
    for (const { reason, detail, record } of batch) {
      if (reason !== undefined) report.add(record.line, reason, detail, record.text);
    }
    if (toSend.length > 0) {
      const text = `${toSend.map(({ line }) => line).join("\n")}\n`;
      await settle(toSend, await link.ask<ImportAnswer>("/import", { type: "application/x-ndjson", text }));
      tally.bytes += text.length;
    }
    tally.lines += batch.length;
    endByte = batch.at(-1)?.record.endByte ?? endByte;
    if (clock.monotonicMs() - savedMs < SAVE_EVERY_MS) return;
    savedMs = clock.monotonicMs();
    await savePosition(position()).catch((error: Error) => {
      notSaved = error;
      throw error;
    });
  }

  async function settle(sent: readonly ImportLine[], answer: ImportAnswer): Promise<void> {
    tally.stored += answer.stored;
    tally.duplicates += answer.duplicates;
    for (const { line, reason, detail } of answer.refused) {
      const record = sent[line]?.record;
      report.add(record?.line, reason, detail, record?.text ?? "");
    }
    for (const at of answer.forgotten) {
      const { line = "", record } = sent[at] ?? {};
      const read = rebuild ? readImportedLine(line, { nowMs: clock.nowMs(), isSane: true }) : undefined;
      if (read?.ok) hours.add(read.reading);
      else report.add(record?.line, EXPIRED, undefined, record?.text ?? "");
    }
    if (hours.isFull()) await sendHours();
  }

  async function sendHours(): Promise<void> {
    const { hours: requests, readings } = hours.take();
    if (requests.length === 0) return;
    const text = JSON.stringify({ hours: requests } satisfies RebuildRequest);
    const { taken } = await link.ask<RebuildAnswer>("/rebuild", { type: "application/json", text });
    for (const [at, isTaken] of taken.entries()) {
      if (isTaken) tally.rebuilt += readings[at] ?? 0;
      else {
        const { deviceId = "", startMs = 0 } = requests[at] ?? {};
        report.add(undefined, NOT_REBUILT, undefined, `${deviceId}, hour from ${new Date(startMs).toISOString()}`);
      }
    }
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
          onItsWay.catch(() => undefined); // handled where it is awaited
        }
        await onItsWay;
        await sendHours();
      } catch (error) {
        fault = error;
        throw error;
      } finally {
        await onItsWay.catch(() => undefined); // it may be saving its position, in the same file
        // A position that cannot be saved at the end must not hide what the import did, nor why it failed.
        if (!rebuild) {
          await savePosition(position()).catch(({ message }: Error) => {
            if (fault === undefined || fault !== notSaved) say(message);
          });
        }
      }
    },
  };
}
