/** `aerie stats`: how many devices, readings and bytes are stored. */
import type { StatsAnswer } from "../../contract/control.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import { linkToHub } from "../shared/hub-link.ts";
import { bytesText, countText, durationText } from "../shared/quantity.ts";

const DAY_MS = 24 * 3_600_000;

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
  const { devices, readings, hotReadings, segments, bytes, usedBytes, diskFreeBytes, written } = stats;
  const { oldest, bytesPerReading, bytesWrittenPerDay } = shown(stats);
  const rows: [string, string][] = [
    ["devices", countText(devices)],
    ["readings", countText(readings)],
    ["  not sealed yet", countText(hotReadings)],
    ["  segments", countText(segments)],
    ["oldest reading", oldest ?? "none"],
    ["bytes", bytesText(usedBytes)],
    ...Object.entries(bytes).map(([kind, size]): [string, string] => [`  ${kind}`, bytesText(size)]),
    ["bytes a reading", bytesPerReading === null ? "none yet" : String(bytesPerReading)],
    [
      "bytes written a day",
      written === null || bytesWrittenPerDay === null
        ? "unknown: the hub is not running"
        : `${bytesText(bytesWrittenPerDay)} (as in the ${durationText(written.overMs)} since its start)`,
    ],
    ["free on the disk", bytesText(diskFreeBytes)],
  ];
  return rows.map(([name, value]) => `${name.padEnd(20)} ${value}\n`).join("");
}
