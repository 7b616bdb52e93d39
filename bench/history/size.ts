/** Bytes of a reading by kind of board, each kind alone in a database: a file of several cannot tell. */
import { figure } from "../helpers/figure.ts";
import type { BoardRequest } from "./data/board.ts";
import type { Room } from "./data/room-walk.ts";
import { bytesASealedReading, bytesByKind, fileBytes } from "./file-look.ts";
import { DAY_MS, dropDir, fill, type HistoryBench } from "./history-bench.ts";
import { FULL_READINGS, type HistoryOptions } from "./options.ts";
import { atMost, type Part, type Row } from "./row.ts";

interface Kind {
  readonly room: Room;
  readonly intervalMs: number;
  readonly boards: number;
  /** Budget of a sealed reading. */
  readonly sealedBytes: number;
}

/** Half of the boards of each give their instants. A few seldom boards would only show what an empty file takes. */
const KINDS: readonly Kind[] = [
  { room: "quiet", intervalMs: 5_000, boards: 2, sealedBytes: 6 },
  { room: "noisy", intervalMs: 5_000, boards: 2, sealedBytes: 11 },
  { room: "quiet", intervalMs: 300_000, boards: 10, sealedBytes: 8 },
  { room: "noisy", intervalMs: 300_000, boards: 10, sealedBytes: 13 },
];
const DAYS = 30;
const LEAST_DAYS = 3;
export const WHOLE_BYTES = 20;
const RAW_DAYS = 90;

/** A board of 5 s has enough in a few days; one of 300 s has not, and costs little. */
function daysOf({ intervalMs }: Kind, { readings }: HistoryOptions): number {
  if (intervalMs > 5_000) return DAYS;
  return Math.max(LEAST_DAYS, Math.min(DAYS, Math.round((DAYS * readings * 2) / FULL_READINGS)));
}

const readingsOf = (kind: Kind, options: HistoryOptions): number =>
  (daysOf(kind, options) * DAY_MS * kind.boards) / kind.intervalMs;

export const sizeReadings = (options: HistoryOptions): number =>
  KINDS.reduce((sum, kind) => sum + readingsOf(kind, options), 0);

/** `segment 10.4, rollup 3.1, …` of what is worth a word. */
const sharesOf = (dataDir: string, readings: number): string =>
  bytesByKind(dataDir)
    .filter(([, bytes]) => bytes / readings >= 0.1)
    .map(([kind, bytes]) => `${kind} ${figure(bytes / readings, 1)}`)
    .join(", ");

export async function size(bench: HistoryBench): Promise<Part> {
  const sealed: Row[] = [];
  const whole: Row[] = [];
  const remarks: string[] = [];
  for (const kind of KINDS) {
    const { room, intervalMs, boards, sealedBytes } = kind;
    const name = `${room}, each ${intervalMs / 1000} s`;
    const requests = Array.from(
      { length: boards },
      (_, index): BoardRequest => ({
        name: `${room}-${index}`,
        room,
        intervalMs,
        timed: index % 2 === 0,
        seed: 100 + index,
      }),
    );
    const days = daysOf(kind, bench.options);
    const readings = readingsOf(kind, bench.options);
    const { dataDir } = await fill(bench, { name, boards: requests, readings, days, rawDays: RAW_DAYS });
    const bytes = bytesASealedReading(dataDir);
    const row = { unit: "bytes", digits: 2 };
    sealed.push({
      ...row,
      what: `a sealed reading, ${name}`,
      budget: atMost(sealedBytes),
      values: Number.isFinite(bytes) ? [bytes] : undefined,
      absent: "nothing sealed",
    });
    whole.push({
      ...row,
      what: `whole database ÷ ${figure(readings)} readings of ${days} days, ${name}`,
      budget: atMost(WHOLE_BYTES),
      values: [fileBytes(dataDir) / readings],
    });
    remarks.push(`${name}, pages by what they hold: ${sharesOf(dataDir, readings)}`);
    dropDir(bench, dataDir);
  }
  return { title: `size; the budgets are of ${DAYS} simulated days`, rows: [...sealed, ...whole], remarks };
}
