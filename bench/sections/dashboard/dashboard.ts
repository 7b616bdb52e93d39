/** The overview of 10,000 devices that send 1,000 readings a second, in a real browser: first data on a slow phone, what it costs, and how calm it is. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, chromium } from "playwright-core";
import { readTools } from "../../../test/support/tools.ts";
import { mainThreadMs } from "../../helpers/main-thread.ts";
import { type Bench, withHub } from "../../run/bench-run.ts";
import type { BenchOptions } from "../../run/options.ts";
import type { Peer } from "../../run/peer-process.ts";
import { addRules, deleteAllRules, ruleOf, UNLIMITED } from "../alerts/rules.ts";
import { firstDataOnPhone, openOverview, type PageFacts } from "./overview-page.ts";
import { type Fleet, openFleet } from "./sending-fleet.ts";

export interface DashboardResult {
  /** From the address to the first device with a value, ms. */
  readonly firstDataMs: readonly number[];
  readonly page: PageFacts;
  /** From a fire's PUBACK until it is on the first screen, in the counter and in the title, ms. */
  readonly firesMs: readonly number[];
  /** Busy time of the hub's main thread ÷ time passed. */
  readonly shareWithout: number;
  readonly shareWith: number;
  readonly watchedSeconds: number;
}

const FIRES = 5;
const DEVICES_APART = 1_999;
/** `--seconds 120`: ten minutes. */
const STRETCH = 5;
const SETTLED_MS = 3_000;

export const dashboardSeconds = ({ pairs, seconds }: BenchOptions): number => 30 + 10 * pairs + 2 * STRETCH * seconds;

export async function dashboard(bench: Bench): Promise<DashboardResult> {
  bench.progress.begin("the overview of 10,000 devices", dashboardSeconds(bench.options));
  const browser = await chromium.launch({ executablePath: readTools().browser, args: ["--no-sandbox"] });
  try {
    return await withHub(bench, "the overview", (hub) => measure(bench, hub, browser), { settings: UNLIMITED });
  } finally {
    await browser.close();
  }
}

async function measure({ options }: Bench, hub: Peer, browser: Browser): Promise<DashboardResult> {
  await deleteAllRules(hub.httpUrl);
  await addRules(hub.httpUrl, [
    ruleOf({ name: "Hot", condition: { kind: "above", metric: "temperature", threshold: 50 } }),
    ruleOf({ name: "Damp", severity: "warning", condition: { kind: "above", metric: "humidity", threshold: 90 } }),
  ]);
  const fleet = await openFleet(hub);
  try {
    const watchedMs = STRETCH * options.seconds * 1_000;
    const shareWithout = await shareOver(hub, watchedMs);
    const firstDataMs: number[] = [];
    for (let round = 0; round < options.pairs; round++) firstDataMs.push(await firstDataOnPhone(browser, hub.httpUrl));
    const overview = await openOverview(browser, hub.httpUrl);
    await sleep(SETTLED_MS);
    await overview.begin();
    const shareWith = await shareOver(hub, watchedMs);
    const page = await overview.facts();
    const firesMs = await fires(fleet, overview.showsFire);
    await overview.close();
    return { firstDataMs, page, firesMs, shareWithout, shareWith, watchedSeconds: watchedMs / 1_000 };
  } finally {
    fleet.close();
  }
}

async function shareOver(hub: Peer, forMs: number): Promise<number> {
  const sinceMs = performance.now();
  const busyMs = mainThreadMs(hub.pid);
  await sleep(forMs);
  return (mainThreadMs(hub.pid) - busyMs) / (performance.now() - sinceMs);
}

/** One after the other, anywhere among all devices. */
async function fires(fleet: Fleet, isShown: (deviceId: string) => Promise<void>): Promise<number[]> {
  const firesMs: number[] = [];
  for (let fire = 1; fire <= FIRES; fire++) {
    const deviceId = fleet.idOf(fire * DEVICES_APART);
    const sinceMs = await fleet.send(deviceId, { temperature: 62 });
    await isShown(deviceId);
    firesMs.push(performance.now() - sinceMs);
    await fleet.send(deviceId, { temperature: 20 });
    await sleep(SETTLED_MS);
  }
  return firesMs;
}
