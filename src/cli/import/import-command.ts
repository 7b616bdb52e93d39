/** `aerie import`: stores the readings of a file, each once. Resumes where it was stopped. */
import type { Clock } from "../../core/ports/clock.ts";
import { CommandFault } from "../shared/command-fault.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import { linkToHub } from "../shared/hub-link.ts";
import { showProgress } from "../shared/progress.ts";
import { countText, durationText, readingsText } from "../shared/quantity.ts";
import { batchesOf } from "./import-batches.ts";
import { readImportLines } from "./import-lines.ts";
import { createPositionFile, type FilePosition } from "./import-position.ts";
import { createImportRun, type ImportTally } from "./import-run.ts";
import { type FileFormat, type ImportSource, openImportSource } from "./import-source.ts";
import { createRefusedReport, type RefusedReport } from "./refused-report.ts";

export interface ImportOptions {
  readonly format?: FileFormat;
  readonly device?: string;
  readonly report?: string;
  readonly rebuild?: true;
  readonly fromStart?: true;
  readonly decimalComma?: true;
}

const FROM_START: FilePosition = { endByte: 0, stored: 0, duplicates: 0, refused: 0 };

/** The exit code: 1 where lines were refused; all others are stored. */
export async function importCommand(name: string, options: ImportOptions, world: CommandWorld): Promise<number> {
  const { config, clock, say } = world;
  const { device: deviceId, rebuild = false, decimalComma = false } = options;
  const source = await openImportSource(name, options.format);
  const keeper = createPositionFile(config.dataDir, source, deviceId);
  // A rebuild starts over: it is not known which part of an hour was rebuilt.
  const found = options.fromStart || rebuild ? undefined : keeper.find();
  const begun = found ?? FROM_START;
  if (found !== undefined)
    say(
      `Resuming ${name} at byte ${countText(found.endByte)}, where an earlier import stopped. --from-start starts again at the beginning.`,
    );
  const report = createRefusedReport(options.report ?? `${name}.refused`, found !== undefined);
  const link = await linkToHub({ config, clock, changes: { say }, imports: true });
  const signal = world.stopSignal();
  const startedMs = clock.monotonicMs();
  const batches = batchesOf(readImportLines(source, { fromByte: begun.endByte, deviceId, decimalComma }));
  const { tally, run } = createImportRun({
    link,
    clock,
    batches,
    report,
    begun,
    rebuild,
    savePosition: keeper.save,
    say,
    signal,
  });
  const progress = watch(world, source, tally);
  try {
    await run();
  } finally {
    progress.end();
    await link.close();
  }
  if (signal.aborted) throw new CommandFault(stopped(tally, rebuild), 130);
  keeper.remove();
  say(summary(tally, report, begun, clock, startedMs));
  const refused = report.words();
  if (refused !== undefined) say(refused);
  return report.count() + begun.refused > 0 ? 1 : 0;
}

function watch({ clock, screen }: CommandWorld, source: ImportSource, tally: ImportTally) {
  const done = () => ({
    readings: tally.lines,
    bytes: tally.bytes,
    fraction: source.sizeBytes === 0 ? undefined : source.readBytes() / source.sizeBytes,
  });
  return showProgress({ clock, screen, verb: "Importing", done });
}

const stopped = ({ stored }: ImportTally, rebuild: boolean): string =>
  `Stopped: ${readingsText(stored)} stored so far. Run the same command again to ${rebuild ? "start over" : "resume"}.`;

function summary(
  { stored, duplicates, rebuilt }: ImportTally,
  report: RefusedReport,
  begun: FilePosition,
  clock: Clock,
  startedMs: number,
): string {
  const parts = [
    `${countText(stored)} stored`,
    `${countText(duplicates)} skipped because they are stored already`,
    ...(rebuilt > 0 ? [`${countText(rebuilt)} replaced by hourly summaries`] : []),
    `${countText(report.count() + begun.refused)} refused`,
  ];
  return `Readings: ${parts.join(", ")}, in ${durationText(clock.monotonicMs() - startedMs)}.`;
}
