/** The time ranges that charts can show: the last hour, day … up to now, or from one instant to another. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The hub refuses earlier instants. */
export const EARLIEST_MS = Date.UTC(2020, 0, 1);
/** The hub accepts instants up to this far in the future. */
export const FUTURE_MS = 5 * 60_000;
/** A shorter window shows nothing that a longer one does not. */
export const LEAST_SPAN_MS = 10_000;

export interface Preset {
  readonly name: string;
  readonly spanMs: number;
  readonly label: string;
  /** After "the". */
  readonly words: string;
}

export const DEFAULT_PRESET: Preset = { name: "24h", spanMs: DAY_MS, label: "24 h", words: "last 24 hours" };

/** A range that begins so long ago and ends now. */
export const PRESETS: readonly Preset[] = [
  { name: "1h", spanMs: HOUR_MS, label: "1 h", words: "last hour" },
  DEFAULT_PRESET,
  { name: "7d", spanMs: 7 * DAY_MS, label: "7 d", words: "last 7 days" },
  { name: "30d", spanMs: 30 * DAY_MS, label: "30 d", words: "last 30 days" },
  { name: "1y", spanMs: 365 * DAY_MS, label: "1 y", words: "last 365 days" },
];

/** From `fromMs` to just before `toMs`. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What part of time the charts show. */
export interface ChartWindow extends TimeWindow {
  /** Of a live window, which ends now. */
  readonly preset: Preset | undefined;
  /** The device's first reading, where the window begins with that and not the preset's length ago. */
  readonly firstMs: number | undefined;
}

export type ChartRange = { readonly kind: "live"; readonly preset: Preset } | ({ readonly kind: "fixed" } & TimeWindow);

export const liveRange = (preset: Preset): ChartRange => ({ kind: "live", preset });

export const fixedRange = ({ fromMs, toMs }: TimeWindow): ChartRange => ({ kind: "fixed", fromMs, toMs });
