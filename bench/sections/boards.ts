/** Ten thousand connected boards: connects a second, and memory before and after they speak, beside bare Aedes with the same ones. */
import { type Bench, type LoadSpec, OVERHEAD_SECONDS, type Pair, type RunRecord } from "../run/bench-run.ts";
import type { BenchOptions } from "../run/options.ts";
import { loadPairs } from "../run/pairs.ts";

export interface BoardsResult {
  connected: number;
  ratePerSecond: number;
  idleSeconds: number;
  pairs: Pair<RunRecord>[];
}

const SECONDS_BETWEEN_READINGS = 5;
const IDLE_SECONDS = 5;
/** For the progress only. */
const CONNECTS_PER_SECOND = 2_000;
/** Memory is steadier than time. */
const MOST_PAIRS = 3;
/** The generator holds as many boards as the hub: each has few messages to say, in turn. */
const VARIETY = 4;

const ratePerSecond = ({ connected }: BenchOptions): number => connected / SECONDS_BETWEEN_READINGS;

const runSeconds = ({ connected, seconds, warmUpSeconds }: BenchOptions): number =>
  connected / CONNECTS_PER_SECOND + IDLE_SECONDS + warmUpSeconds + 2 * seconds + OVERHEAD_SECONDS;

const pairsOf = ({ pairs }: BenchOptions): number => Math.min(pairs, MOST_PAIRS);

export const boardsSeconds = (options: BenchOptions): number => 2 * pairsOf(options) * runSeconds(options);

/** Each board sends a reading each five seconds, one board after the other. */
function boardsSpec(options: BenchOptions): LoadSpec {
  const { connected, seconds, warmUpSeconds } = options;
  const pace = { ratePerSecond: ratePerSecond(options) };
  return {
    load: { boards: connected, qos: 1, windowPerBoard: 2, variety: VARIETY },
    idleMs: IDLE_SECONDS * 1000,
    warmUp: { durationMs: warmUpSeconds * 1000, ...pace },
    measured: { durationMs: 2 * seconds * 1000, ...pace },
  };
}

export async function boards(bench: Bench): Promise<BoardsResult> {
  const { options } = bench;
  const { connected } = options;
  const plan = { title: `${connected} boards`, pairs: pairsOf(options), runSeconds: runSeconds(options) };
  const limit = connected + 100;
  const settings = {
    "max-connections": limit,
    "max-connections-per-address": limit, // all come from this one
    "max-sessions": limit,
    "max-devices": limit,
  };
  const pairs = await loadPairs(bench, plan, boardsSpec(options), settings);
  return { connected, ratePerSecond: ratePerSecond(options), idleSeconds: IDLE_SECONDS, pairs };
}
