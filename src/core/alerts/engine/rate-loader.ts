/** After a start, and for a new rule, reads the stored readings that rates of change still need. One device after the other. */
import type { DeviceId } from "../../../contract/readings.ts";
import { valueInBody } from "../../history/value-in-body.ts";
import { messageOf } from "../../model/message-of.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Store, UnsavedReading } from "../../ports/readings-store.ts";
import { effectiveMs } from "../decisions/arrival.ts";
import { MOST_POINTS, MOST_WINDOWS, type RateSample, type RateWindow } from "../decisions/rate-window.ts";
import { numberOf } from "../decisions/verdict.ts";
import type { AlertDevices } from "./alert-devices.ts";
import type { DeviceAlerts } from "./device-alerts.ts";

export interface RateLoader {
  /** Rates of this device may lack what came before. */
  need(device: DeviceAlerts): void;
  isNeeded(): boolean;
  /**
   * Begins. `unjudged`: of a device the first reading that is yet to be judged again; it comes by itself, and so do those that were received
   * after it. Settles when all is read, and after some seconds at the latest: the rest is read while the hub runs.
   */
  begin(unjudged: ReadonlyMap<DeviceId, ReadingTimes>): Promise<void>;
  /** Settles when nothing is read any more. */
  close(): Promise<void>;
}

export type ReadingTimes = Pick<UnsavedReading, "atMs" | "receivedAtMs">;

export interface RateLoaderOptions {
  readonly readings: Store["readings"];
  readonly devices: Pick<AlertDevices, "latestOf">;
  readonly clock: Pick<Clock, "after" | "nowMs">;
  readonly log: Log;
}

/** A start waits so long for it. */
const MOST_WAIT_MS = 2_000;
/** Readings of one query: what most rules need is in the first. */
const PAGE = 1_000;
/** Of a longer time one reading for each point of the window; some do not have the metric. */
const FEW = 8;

export function createRateLoader({ readings, devices, clock, log }: RateLoaderOptions): RateLoader {
  const needed = new Set<DeviceAlerts>();
  let unjudged: ReadonlyMap<DeviceId, ReadingTimes> = new Map();
  let isBegun = false;
  let isClosed = false;
  let working: Promise<void> | undefined;

  function start(): void {
    if (!isBegun || needed.size === 0) return;
    working ??= work().finally(() => {
      working = undefined;
      start();
    });
  }

  async function work(): Promise<void> {
    for (const device of needed) {
      needed.delete(device);
      for (const { metric, window } of device.rates()) {
        if (isClosed) return;
        try {
          await load(device.deviceId, metric, window);
        } catch (error) {
          log.warn("rates of change start from nothing: the earlier readings cannot be read", {
            reason: messageOf(error),
          });
          needed.clear();
          return;
        }
      }
    }
  }

  async function load(deviceId: DeviceId, metric: string, window: RateWindow): Promise<void> {
    const latest = devices.latestOf(deviceId, metric);
    if (latest === undefined) return;
    const { overMs } = window;
    const first = unjudged.get(deviceId);
    const receivedBeforeMs = first?.receivedAtMs ?? Number.POSITIVE_INFINITY;
    // What has an instant in the future was received while the clock was wrong.
    const newestMs = Math.min(latest.atMs, clock.nowMs());
    const toMs = window.firstMs() ?? newestMs + 1;
    const neededMs = Math.min(newestMs, first?.atMs ?? newestMs) - overMs;
    const fromMs = neededMs - (MOST_WINDOWS - 1) * overMs;
    const samples: RateSample[] = [];
    let untilMs = toMs;
    // One reading from before the window is enough.
    while (untilMs > fromMs && (samples.at(-1)?.atMs ?? toMs) > neededMs) {
      const limit = untilMs === toMs ? PAGE : FEW;
      const found = await readings({ deviceId, fromMs, toMs: untilMs, limit, order: "desc", behind: undefined });
      if (isClosed) return;
      for (const { atMs, receivedAtMs, body } of found) {
        const number = receivedAtMs < receivedBeforeMs ? numberOf(valueInBody(body, metric) ?? "") : undefined;
        if (number !== undefined) samples.push({ value: number, atMs: effectiveMs(atMs, receivedAtMs) });
      }
      const oldest = found.at(-1);
      if (oldest === undefined || found.length < limit) break;
      untilMs = Math.floor(oldest.atMs - overMs / MOST_POINTS);
    }
    window.precede(samples.reverse().sort((one, other) => one.atMs - other.atMs));
  }

  return {
    need: (device) => {
      needed.add(device);
      start();
    },
    isNeeded: () => needed.size > 0,
    begin: async (firsts) => {
      unjudged = firsts;
      isBegun = true;
      start();
      if (working === undefined) return;
      let cancel = (): void => undefined;
      const waited = new Promise<void>((resolve) => {
        cancel = clock.after(MOST_WAIT_MS, resolve);
      });
      await Promise.race([working, waited]);
      cancel();
      unjudged = new Map();
    },
    close: async () => {
      isClosed = true;
      needed.clear();
      await working;
    },
  };
}
