/** `aerie migrate`: everything from the embedded store to MongoDB or back, while the hub is stopped. Deletes nothing. */
import { createHash } from "node:crypto";
import type { Log, LogFields } from "../../core/ports/log.ts";
import { type MigrationProgress, type MigrationResult, migrate } from "../../core/transfer/migration.ts";
import { openBoth } from "../../store/open-both.ts";
import { CommandFault } from "../shared/command-fault.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import { showProgress } from "../shared/progress.ts";
import { countText, durationText } from "../shared/quantity.ts";

export type MigrationTarget = "mongodb" | "embedded";

export async function migrateCommand(
  target: MigrationTarget,
  { config, clock, screen, say, stopSignal }: CommandWorld,
): Promise<number> {
  if (config.mongodbUrl === "") {
    throw new CommandFault("Where is MongoDB? Set AERIE_MONGODB_URL, such as mongodb://127.0.0.1:27017/aerie.", 2);
  }
  const both = await openBoth(config, { clock, log: quietLog(say) });
  const startedMs = clock.monotonicMs();
  let at: MigrationProgress | undefined;
  const progress = showProgress({
    clock,
    screen,
    verb: "Moving",
    done: () => ({
      readings: at?.readings ?? 0,
      bytes: 0,
      fraction: at === undefined || at.ofReadings === 0 ? undefined : at.readings / at.ofReadings,
    }),
  });
  const stop = stopSignal();
  try {
    const [from, to] = target === "mongodb" ? [both.embedded, both.mongodb] : [both.mongodb, both.embedded];
    const result = await migrate({
      from,
      to,
      digest,
      nowMs: clock.nowMs,
      isStopped: () => stop.aborted,
      onProgress: (now) => {
        at = now;
      },
    });
    progress.end();
    return report(result, target, clock.monotonicMs() - startedMs, say);
  } finally {
    progress.end();
    await both.close();
  }
}

const digest = (text: string): bigint => createHash("sha1").update(text).digest().readBigUInt64BE(0);

function report(
  { devices, readings, moved, isJournalMoved, differences, wasStopped }: MigrationResult,
  target: MigrationTarget,
  tookMs: number,
  say: (line: string) => void,
): number {
  for (const { deviceId, problem } of differences) say(`${deviceId}: ${problem}`);
  if (wasStopped) {
    say(`Stopped after ${devices} devices. The same command goes on from there.`);
    return 130;
  }
  if (!isJournalMoved) say("The target holds MQTT sessions of its own; those of the source were left where they are.");
  if (differences.length > 0) {
    say(`${differences.length} of ${devices} devices differ. The same command tries again.`);
    return 1;
  }
  const much = `${countText(readings)} readings of ${countText(devices)} devices`;
  say(`${much} are in both stores, counted and compared (${countText(moved)} moved now), in ${durationText(tookMs)}.`);
  say(
    target === "mongodb"
      ? "Start the hub with AERIE_MONGODB_URL. What is in the data directory stays; delete aerie.db there when you are sure."
      : "Start the hub without AERIE_MONGODB_URL. What is in MongoDB stays; drop its databases when you are sure.",
  );
  return 0;
}

/** Standard output belongs to nobody here; what is worth a warning is said. */
function quietLog(say: (line: string) => void): Log {
  const tellIt = (event: string, fields: LogFields = {}): void => {
    const { reason, cause } = fields;
    const why = reason ?? (cause instanceof Error ? cause.message : undefined);
    say(why === undefined ? event : `${event}: ${String(why)}`);
  };
  return { debug: () => undefined, info: () => undefined, warn: tellIt, error: tellIt };
}
