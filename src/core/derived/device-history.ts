/** What the hub remembers of a device's readings to compute from: the latest value of each metric, the one before it, and numbers over a time. */
import type { MetricValue } from "../../contract/readings.ts";
import type { ReadingMetrics } from "../model/metric-list.ts";
import type { SavedHistory } from "../ports/derived.ts";
import { Window, type WindowBudget } from "./window.ts";

/** A metric that expressions name; `overMs`: the longest time over which it is averaged, 0: it is not. */
export interface TrackedMetric {
  readonly name: string;
  readonly overMs: number;
}

export const NO_HISTORY: SavedHistory = { latest: [], windows: [] };

export interface Sample {
  readonly value: MetricValue;
  readonly atMs: number;
}

export interface Tracked extends TrackedMetric {
  latest: Sample | undefined;
  /** The latest one before: that which counts again where the latest was not stored. */
  former: Sample | undefined;
  readonly window: Window | undefined;
}

/** Of one reading. */
type Values = Pick<ReadingMetrics, "get">;

export class DeviceHistory {
  readonly tracked: readonly Tracked[];

  constructor(metrics: readonly TrackedMetric[], budget: WindowBudget) {
    this.tracked = metrics.map(({ name, overMs }) => ({
      name,
      overMs,
      latest: undefined,
      former: undefined,
      window: overMs > 0 ? new Window(overMs, budget) : undefined,
    }));
  }

  /** A reading came, with what was computed of it. A value that is older than the latest is no longer of use. */
  add(metrics: Values, atMs: number): void {
    for (const tracked of this.tracked) {
      const value = metrics.get(tracked.name);
      const { latest, window } = tracked;
      if (value === undefined || (latest !== undefined && atMs < latest.atMs)) continue;
      tracked.former = latest;
      tracked.latest = { value, atMs };
      if (window !== undefined && typeof value === "number") window.push(atMs, value);
    }
  }

  /** What was added was not stored. */
  withdraw(metrics: Values, atMs: number): void {
    for (const tracked of this.tracked) {
      const value = metrics.get(tracked.name);
      const { latest } = tracked;
      if (latest?.atMs === atMs && latest.value === value) {
        tracked.latest = tracked.former;
        tracked.former = undefined;
      }
      if (typeof value === "number") tracked.window?.remove(atMs, value);
    }
  }

  restore({ latest, windows }: SavedHistory): void {
    for (const tracked of this.tracked) {
      const found = latest.find(([metric]) => metric === tracked.name);
      if (found !== undefined) tracked.latest = { value: found[1], atMs: found[2] };
      const window = windows.find(([metric]) => metric === tracked.name);
      if (window !== undefined) tracked.window?.precede(window[1], window[2]);
    }
  }

  /** Adds what lies before what is remembered. */
  complete({ latest, windows }: SavedHistory): void {
    const missing = new Set(this.tracked.filter((each) => each.latest === undefined).map(({ name }) => name));
    this.restore({ latest: latest.filter(([metric]) => missing.has(metric)), windows });
  }

  saved(): SavedHistory {
    return {
      latest: this.tracked.flatMap(({ name, latest }) =>
        latest === undefined ? [] : [[name, latest.value, latest.atMs] as const],
      ),
      windows: this.tracked.flatMap(({ name, window }) => {
        if (window === undefined) return [];
        const { ats, values } = window.saved();
        return [[name, ats, values] as const];
      }),
    };
  }

  release(): void {
    for (const { window } of this.tracked) window?.release();
  }
}
