/** Tries a rule on readings that a store gives page by page. */
import type { MetricValue } from "../../../contract/readings.ts";
import type { ReadingPosition } from "../../ports/history.ts";
import type { Store } from "../../ports/readings-store.ts";
import type { GoOn, TrialOutcome, TrialSpec } from "../../ports/rule-trial.ts";
import { createDeviceTrial, needsText, trialMetrics } from "./device-trial.ts";
import { createTrialBuffer } from "./trial-buffer.ts";

/** One page takes a few milliseconds of the thread that answers boards. */
const PAGE = 2_000;

export async function tryByPages(readings: Store["readings"], spec: TrialSpec, goOn: GoOn): Promise<TrialOutcome> {
  const { deviceId, fromMs, toMs } = spec;
  const metrics = trialMetrics(spec);
  const trial = createDeviceTrial(spec);
  const buffer = createTrialBuffer(metrics.length, needsText(spec));
  let behind: ReadingPosition | undefined;
  let isComplete = false;
  for (let mayGoOn = true; mayGoOn && !isComplete; ) {
    const page = await readings({ deviceId, fromMs, toMs, limit: PAGE, order: "asc", behind });
    for (const { atMs, receivedAtMs, body } of page) {
      const values = JSON.parse(body) as { readonly [metric: string]: MetricValue };
      buffer.push(atMs, receivedAtMs);
      for (const [index, name] of metrics.entries()) {
        const value = Object.hasOwn(values, name) ? values[name] : undefined;
        if (value !== undefined) buffer.set(index, value);
      }
    }
    behind = page.at(-1);
    isComplete = page.length < PAGE;
    buffer.passOn(trial, isComplete ? Number.POSITIVE_INFINITY : (behind?.atMs ?? toMs));
    mayGoOn = goOn(page.length);
  }
  return trial.finish(isComplete);
}
