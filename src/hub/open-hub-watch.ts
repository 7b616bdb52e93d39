/** Opens what watches the hub itself, for alert rules about it. */
import { type BackupRecord, createBackupRecord } from "../core/alerts/hub/backup-record.ts";
import { createHubWatch } from "../core/alerts/hub/hub-watch.ts";
import { createPopulation } from "../core/alerts/hub/population.ts";
import type { HubFacts } from "../core/alerts/hub/troubles.ts";
import type { Writer } from "../core/ingest/writer.ts";
import { awayProblem } from "../core/outbox/away.ts";
import type { TlsFiles } from "../platform/tls-files.ts";
import type { PartOptions } from "./hub-options.ts";
import type { Alerts } from "./open-alerts.ts";
import type { HubRecords } from "./open-hub-records.ts";
import type { Storage } from "./open-storage.ts";
import type { Times } from "./open-times.ts";
import type { UpkeepParts } from "./open-upkeep.ts";

export interface HubWatchOptions extends PartOptions {
  readonly storage: Storage;
  readonly hubRecords: HubRecords;
  readonly times: Times;
  readonly upkeep: UpkeepParts;
  readonly writer: Writer;
  readonly tls: TlsFiles | undefined;
  readonly alerts: Alerts;
  readonly backups: BackupRecord;
}

export const openBackupRecord = ({ log }: PartOptions, { hubFile, keptOfHub }: Storage, times: Times): BackupRecord =>
  createBackupRecord({ records: keptOfHub.records, hubFile, nowMs: times.time.nowMs, log });

export function openHubWatch(options: HubWatchOptions): void {
  const { config, clock, own, storage, hubRecords, times, upkeep, writer, tls, alerts, backups } = options;
  const { forward } = storage;
  const { diskWatch } = upkeep;
  const population = createPopulation(clock);

  function facts(): HubFacts | undefined {
    population.note(alerts.regularity.population());
    // It is measured right after the start, and then each minute.
    if (
      diskWatch.space() === undefined &&
      diskWatch.problem() === undefined &&
      clock.monotonicMs() - openedMs < SOON_MS
    )
      return undefined;
    const away = forward?.away();
    const lastBackupMs = backups.lastMs();
    return {
      diskProblem: diskWatch.problem(),
      storeProblem: diskWatch.filesProblem() ?? writer.problem(),
      hubFileProblem: hubRecords.problem(),
      clockProblem: times.clockSanity.problem(),
      clockWrongMs: times.clockSanity.problemForMs(),
      mongodbProblem: awayProblem(away, config.maxOutboxBytes),
      mongodbAwayMs: away === undefined || away.isDraining ? 0 : clock.nowMs() - away.sinceMs,
      certificateProblem: tls?.problem(),
      backupAgeMs: lastBackupMs === undefined ? undefined : times.time.sinceMs(lastBackupMs),
      backupDays: config.backupDays,
      failingChannels: alerts.notifications.failing().map(({ name, reason, sinceMs }) => ({
        name,
        reason,
        forMs: Math.max(0, clock.nowMs() - sinceMs),
      })),
      population: population.fall(),
    };
  }

  const openedMs = clock.monotonicMs();
  own("hub watch", createHubWatch({ clock, facts, report: alerts.engine.hubTrouble }));
}

const SOON_MS = 60_000;
