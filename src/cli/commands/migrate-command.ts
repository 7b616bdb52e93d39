/** `aerie migrate`: copies everything from the embedded store to MongoDB or back, while the hub is stopped. */
import { createHash } from "node:crypto";
import type { Log, LogFields } from "../../core/ports/log.ts";
import { type MigrationProgress, type MigrationResult, migrate } from "../../core/transfer/migration.ts";
import { openBoth } from "../../store/open-both.ts";
import { CommandFault } from "../shared/command-fault.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import { showProgress } from "../shared/progress.ts";
import { countText, durationText, readingsText } from "../shared/quantity.ts";

export type MigrationTarget = "mongodb" | "embedded";

export async function migrateCommand(
  target: MigrationTarget,
  { config, clock, screen, say, stopSignal }: CommandWorld,
): Promise<number> {
  if (config.mongodbUrl === "") {
    throw new CommandFault(
      "AERIE_MONGODB_URL is not set. Set it to the address of MongoDB, such as mongodb://127.0.0.1:27017/aerie.",
      2,
    );
  }
  const both = await openBoth(config, { clock, log: quietLog(say) });
  const startedMs = clock.monotonicMs();
  let at: MigrationProgress | undefined;
  const progress = showProgress({
    clock,
    screen,
    verb: "Copying",
    done: () => ({
      readings: at?.readings ?? 0,
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
    say(`Stopped: ${devices} devices are copied. Run the same command again to resume.`);
    return 130;
  }
  if (!isJournalMoved)
    say("The target has MQTT sessions and retained messages already, so those of the source were not copied.");
  if (differences.length > 0) {
    say(`${differences.length} of ${devices} devices are not the same in both stores. Run the same command again.`);
    return 1;
  }
  const much = `${readingsText(readings)} of ${countText(devices)} ${devices === 1 ? "device" : "devices"}`;
  say(
    `Done: both stores hold the same ${much} (checked). ${countText(moved)} were copied in this run, in ${durationText(tookMs)}.`,
  );
  say(
    target === "mongodb"
      ? "Start the hub with AERIE_MONGODB_URL. The embedded store is unchanged. Delete aerie.db in the data directory when you no longer need it."
      : "Start the hub without AERIE_MONGODB_URL. MongoDB is unchanged. Drop its databases when you no longer need them.",
  );
  return 0;
}

/** Prints warnings and errors only. */
function quietLog(say: (line: string) => void): Log {
  const print = (event: string, fields: LogFields = {}): void => {
    const { reason, cause } = fields;
    const why = reason ?? (cause instanceof Error ? cause.message : undefined);
    say(why === undefined ? event : `${event}: ${String(why)}`);
  };
  return { debug: () => undefined, info: () => undefined, warn: print, error: print };
}
