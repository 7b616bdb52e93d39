/** Reads what a suggestion needs, for the metric or device that an address names: presets, and the last day's values. */
import type { RulePreset } from "../../../../src/contract/answers/alert-answers.ts";
import { getRulePresets } from "../../hub/alert-api.ts";
import { getDevice, getSeries } from "../../hub/api.ts";
import { hubNowMs } from "../../hub/clock.ts";
import { metricLabel } from "../../ui/value-words.ts";
import type { KnownDevices } from "./known-devices.ts";
import { type Known, type Suggestion, suggestRule, suggestSilence } from "./suggest-rule.ts";

const DAY_MS = 86_400_000;

/** Undefined: the address names nothing. */
export async function readSuggestion(
  asked: URLSearchParams,
  known: KnownDevices,
  abort: AbortSignal,
): Promise<Suggestion | undefined> {
  const deviceId = asked.get("device");
  const metric = asked.get("metric");
  if (deviceId === null) return undefined;
  const subject = { deviceId, deviceName: known.deviceName(deviceId) };
  if (metric === null) return suggestSilence(subject);
  const [device, presets, seen] = await Promise.all([
    getDevice(deviceId, abort),
    readPresets(abort),
    readSeen(deviceId, metric, abort),
  ]);
  const described = known.describe(metric);
  const info = device.metricInfo[metric] ?? (typeof described === "string" ? undefined : described.info);
  const value = device.latest[metric]?.value;
  const about: Known = { metric, label: metricLabel({ name: metric, info }), info, value, seen };
  return suggestRule(about, subject, presets);
}

/** A suggestion can do without. */
const readPresets = (abort: AbortSignal): Promise<readonly RulePreset[]> =>
  getRulePresets(abort).then(
    ({ presets }) => presets,
    () => [],
  );

async function readSeen(deviceId: string, metric: string, abort: AbortSignal): Promise<Known["seen"]> {
  const nowMs = Math.ceil(hubNowMs.peek());
  const range = { from: nowMs - DAY_MS, to: nowMs, points: 200 };
  const answer = await getSeries(deviceId, { metrics: metric, ...range }, abort).catch(() => undefined);
  const columns = answer?.metrics[metric];
  if (columns === undefined || columns.min.length === 0) return undefined;
  return { low: Math.min(...columns.min), high: Math.max(...columns.max) };
}
