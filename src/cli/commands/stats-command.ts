/** `aerie stats`: how many devices, readings and bytes are stored. */

import type { StatsAnswer } from "../../contract/control/control.ts";
import { DAY_MS } from "../../core/model/utc-day.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import { linkToHub } from "../shared/hub-link.ts";
import { bytesText, countText, durationText } from "../shared/quantity.ts";

export async function statsCommand(options: { json?: true }, { config, clock }: CommandWorld): Promise<number> {
  const link = await linkToHub({ config, clock });
  try {
    const stats = await link.ask<StatsAnswer>("/stats");
    process.stdout.write(options.json ? `${JSON.stringify(shown(stats), undefined, 2)}\n` : statsText(stats));
    return 0;
  } finally {
    await link.close();
  }
}

/** What takes the space, in the words of the documents. */
const NAMES: Readonly<Record<keyof StatsAnswer["bytes"], string>> = {
  hot: "readings not compressed yet",
  segments: "compressed readings",
  rollups: "hourly and daily summaries",
  journal: "MQTT sessions and messages",
  other: "devices and everything else",
  free: "free for new data",
  log: "write-ahead log",
};
const WIDTH = Math.max(...Object.values(NAMES).map((name) => name.length)) + 3;

/** The answer and what follows from it. */
function shown({ oldestMs, ...stats }: StatsAnswer) {
  const { readings, usedBytes, bytes, written } = stats;
  return {
    ...stats,
    oldest: oldestMs === null ? null : new Date(oldestMs).toISOString(),
    bytesPerReading: readings === 0 ? null : Number(((usedBytes - bytes.free) / readings).toFixed(2)),
    bytesWrittenPerDay: written === null ? null : Math.round((written.bytes / written.overMs) * DAY_MS),
  };
}

export function statsText(stats: StatsAnswer): string {
  const { devices, readings, hotReadings, segments, bytes, usedBytes, hubFileBytes, diskFreeBytes, written } = stats;
  const { oldest, bytesPerReading, bytesWrittenPerDay } = shown(stats);
  const rows: [string, string][] = [
    ["devices", countText(devices)],
    ["readings", countText(readings)],
    ["  not compressed yet", countText(hotReadings)],
    ["compressed blocks", countText(segments)],
    ["oldest reading", oldest ?? "none"],
    ["database size", bytesText(usedBytes)],
    ...Object.entries(bytes).map(([kind, size]): [string, string] => [
      `  ${NAMES[kind as keyof typeof bytes]}`,
      bytesText(size),
    ]),
    ["settings, presence (hub.db)", bytesText(hubFileBytes)],
    ["bytes per reading", bytesPerReading === null ? "none yet" : String(bytesPerReading)],
    [
      "written per day",
      written === null || bytesWrittenPerDay === null
        ? "unknown: the hub is not running"
        : `${bytesText(bytesWrittenPerDay)} (at the rate since the hub's start ${durationText(written.overMs)} ago)`,
    ],
    ["free disk space", bytesText(diskFreeBytes)],
  ];
  return rows.map(([name, value]) => `${name.padEnd(WIDTH)} ${value}\n`).join("");
}
