/** Bytes of a reading by kind of board, each kind alone in a database: a file of several cannot tell. */
import { figure } from "../figure.ts";
import type { BoardWish } from "./board.ts";
import { bytesASealedReading, fileBytes } from "./file-look.ts";
import { DAY_MS, dropDir, fill, type HistoryBench } from "./history-bench.ts";
import { FULL_READINGS, type HistoryOptions } from "./options.ts";
import type { Room } from "./room-walk.ts";
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
  { room: "quiet", intervalMs: 300_000, boards: 40, sealedBytes: 8 },
  { room: "noisy", intervalMs: 300_000, boards: 40, sealedBytes: 13 },
];
const DAYS = 30;
const LEAST_DAYS = 3;
export const WHOLE_BYTES = 20;
const RAW_DAYS = 90;

const daysOf = ({ readings }: HistoryOptions): number =>
  Math.max(LEAST_DAYS, Math.min(DAYS, Math.round((DAYS * readings * 2) / FULL_READINGS)));

const readingsOf = ({ intervalMs, boards }: Kind, days: number): number => (days * DAY_MS * boards) / intervalMs;

export const sizeReadings = (options: HistoryOptions): number =>
  KINDS.reduce((sum, kind) => sum + readingsOf(kind, daysOf(options)), 0);

export async function size(bench: HistoryBench): Promise<Part> {
  const days = daysOf(bench.options);
  const sealed: Row[] = [];
  const whole: Row[] = [];
  for (const kind of KINDS) {
    const { room, intervalMs, boards, sealedBytes } = kind;
    const name = `${room}, each ${intervalMs / 1000} s`;
    const wishes = Array.from(
      { length: boards },
      (_, place): BoardWish => ({
        name: `${room}-${place}`,
        room,
        intervalMs,
        timed: place % 2 === 0,
        seed: 100 + place,
      }),
    );
    const readings = readingsOf(kind, days);
    const { dataDir } = await fill(bench, { name, boards: wishes, readings, days, rawDays: RAW_DAYS });
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
      what: `whole database ÷ ${figure(readings)} readings, ${name}`,
      budget: atMost(WHOLE_BYTES),
      values: [fileBytes(dataDir) / readings],
    });
    dropDir(bench, dataDir);
  }
  const title = `size after ${days} simulated days${days < DAYS ? ` (shortened: the budget is of ${DAYS})` : ""}`;
  return { title, rows: [...sealed, ...whole] };
}
