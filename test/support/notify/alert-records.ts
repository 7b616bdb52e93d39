/** Rules and channels as a hub finds them at its start. */
import type { AlertEvent, RuleFields } from "../../../src/contract/alerts.ts";
import type { ChannelFields } from "../../../src/contract/channels.ts";
import type { HubChange, RecordKind } from "../../../src/core/ports/hub-file.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { openHubFile } from "../hub/built-hub-file.ts";
import { createMemoryLog } from "../memory/memory-log.ts";

export interface AlertRecords {
  /** By id. */
  readonly rules?: Readonly<Record<string, RuleFields>>;
  readonly channels?: Readonly<Record<string, ChannelFields>>;
}

const open = (dataDir: string) =>
  openHubFile({ dataDir, clock: systemClock, log: createMemoryLog(), onDead: () => undefined });

export async function writeAlertRecords(dataDir: string, { rules = {}, channels = {} }: AlertRecords): Promise<void> {
  const hubFile = await open(dataDir);
  const changes = [
    ...Object.entries(rules).map(([id, fields]) => recordOf("rule", id, fields)),
    ...Object.entries(channels).map(([id, fields]) => recordOf("channel", id, fields)),
  ];
  await hubFile.write(changes);
  await hubFile.close();
}

const recordOf = (kind: RecordKind, id: string, fields: object): HubChange => ({
  of: "record",
  kind,
  id,
  data: JSON.stringify(fields),
});

export interface KeptAlerts {
  /** The alert log, the oldest first. */
  readonly events: readonly AlertEvent[];
  /** Ids of records of that kind. */
  idsOf(kind: RecordKind): string[];
}

/** While no hub runs. */
export async function readAlertRecords(dataDir: string): Promise<KeptAlerts> {
  const hubFile = await open(dataDir);
  const { records } = await hubFile.load();
  const all = await hubFile.alertEvents({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 100_000 });
  await hubFile.close();
  return {
    events: all.reverse().map(({ data }) => JSON.parse(data) as AlertEvent),
    idsOf: (wanted) => records.flatMap(({ kind, id }) => (kind === wanted ? [id] : [])),
  };
}

export const ruleFields = (
  name: string,
  condition: RuleFields["condition"],
  more: Partial<RuleFields> = {},
): RuleFields => ({
  name,
  enabled: true,
  severity: "critical",
  scope: { all: true },
  condition,
  forS: 0,
  keepFiringS: 0,
  channels: "all",
  ...more,
});

export const webhook = (url: string, more: Partial<ChannelFields> = {}): ChannelFields => ({
  name: "webhook",
  enabled: true,
  atLeast: "info",
  settings: { kind: "webhook", url, preset: "json" },
  ...more,
});
