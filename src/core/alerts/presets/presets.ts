/** Finds which presets fit which devices, with the values of their rules filled in. Pure. */
import type { HubTrouble, RuleFields } from "../../../contract/alerts.ts";
import type { RulePreset } from "../../../contract/answers/alert-answers.ts";
import type { MetricInfo } from "../../../contract/metrics.ts";
import type { DeviceId } from "../../../contract/readings.ts";
import { DEFAULT_PRESETS, FLAME, FLAME_METRIC, HUB, SILENT_BOARD } from "./default-presets.ts";
import { METRIC_PRESETS, type MetricPreset, type SentMetric } from "./metric-presets.ts";

export interface PresetDevice {
  readonly deviceId: DeviceId;
  readonly metrics: readonly SentMetric[];
  /** It is missed when it is silent. */
  readonly isRegular: boolean;
}

/** Shown of each. */
const MOST_FITS = 100;
/** A rule names no more devices. */
const MOST_DEVICES = 10_000;
/** Of one preset, by the names of its metric that are most common. */
const MOST_NAMES = 8;
const MOST_ID_CHARS = 64;

export type PresetFit = Omit<RulePreset, "inUse">;

/**
 * `inUse`: a rule was made from it. Of the hub itself, whose rules are independent of each other, only those are offered of which no
 * rule watches anything: what the owner deleted.
 */
export function presetsFor(
  fits: readonly PresetFit[],
  made: readonly Pick<RuleFields, "preset" | "condition">[],
): RulePreset[] {
  const inUse = new Set(made.map(({ preset }) => preset));
  const watched = new Set(made.flatMap(troublesOf));
  return fits.map((preset) => {
    if (preset.id !== HUB.id) return { ...preset, inUse: inUse.has(preset.id) };
    const missing = preset.rules.filter((rule) => !troublesOf(rule).some((what) => watched.has(what)));
    return missing.length === 0 ? { ...preset, inUse: true } : { ...preset, rules: missing, inUse: false };
  });
}

const troublesOf = ({ condition }: Pick<RuleFields, "condition">): readonly HubTrouble[] =>
  condition.kind === "hub" ? condition.what : [];

export function presetFits(devices: readonly PresetDevice[]): PresetFit[] {
  const groups = groupsOf(devices);
  const found = [...DEFAULT_PRESETS.map(ofDefault), ...METRIC_PRESETS.flatMap((preset) => ofMetrics(preset, groups))];
  return found.map(({ fits, ...preset }) => ({ ...preset, fits: fits.slice(0, MOST_FITS) }));

  function ofDefault({ id, label, meaning, rules }: (typeof DEFAULT_PRESETS)[number]): PresetFit {
    const isFit = (device: PresetDevice): boolean =>
      (id === SILENT_BOARD.id && device.isRegular) ||
      (id === FLAME.id && device.metrics.some(({ metric }) => metric === FLAME_METRIC));
    return { id, label, meaning, rules: [...rules], fits: devices.filter(isFit).map(({ deviceId }) => deviceId) };
  }
}

interface Group {
  readonly metric: string;
  readonly info: MetricInfo | undefined;
  readonly deviceIds: DeviceId[];
}

/** Of each preset, by the name of the metric. */
type Groups = ReadonlyMap<MetricPreset, Map<string, Group>>;

function groupsOf(devices: readonly PresetDevice[]): Groups {
  const groups = new Map(METRIC_PRESETS.map((preset) => [preset, new Map<string, Group>()] as const));
  const kinds = new Map<string, readonly MetricPreset[]>();
  for (const { deviceId, metrics } of devices) {
    for (const sent of metrics) {
      for (const preset of aboutIt(sent, kinds)) {
        if (preset.fits?.(sent) === false) continue;
        const { metric, info } = sent;
        const ofPreset = groups.get(preset);
        const group = ofPreset?.get(metric) ?? { metric, info, deviceIds: [] };
        ofPreset?.set(metric, group);
        group.deviceIds.push(deviceId);
      }
    }
  }
  return groups;
}

/** Ten thousand boards send the same few kinds of metrics. */
function aboutIt(sent: SentMetric, kinds: Map<string, readonly MetricPreset[]>): readonly MetricPreset[] {
  const { metric, info, value } = sent;
  const kind = `${metric} ${typeof value} ${info?.kind} ${info?.unit} ${info?.deviceClass}`;
  const found = kinds.get(kind) ?? METRIC_PRESETS.filter((preset) => preset.isAbout(sent));
  kinds.set(kind, found);
  return found;
}

/** One for each name of the metric. */
function ofMetrics(preset: MetricPreset, groups: Groups): PresetFit[] {
  const found = [...(groups.get(preset)?.values() ?? [])];
  const { label, meaning, notice } = preset;
  return found
    .sort((a, b) => b.deviceIds.length - a.deviceIds.length || (a.metric < b.metric ? -1 : 1))
    .slice(0, MOST_NAMES)
    .map(({ metric, info, deviceIds }) => {
      const id = idOf(preset, metric);
      return {
        id,
        label: found.length === 1 ? label : `${label} (${info?.label ?? metric})`,
        meaning,
        ...(notice !== undefined && { notice }),
        rules: preset.rules(id, metric, info).map((rule) => inScope(preset, rule, deviceIds)),
        fits: deviceIds,
      };
    });
}

/** It depends on the name only: a rule is recognized whatever boards come and go. */
const idOf = ({ id }: MetricPreset, metric: string): string => `${id}:${metric}`.slice(0, MOST_ID_CHARS);

const inScope = ({ scope }: MetricPreset, rule: RuleFields, deviceIds: readonly DeviceId[]): RuleFields =>
  scope === "all" ? rule : { ...rule, scope: { devices: deviceIds.slice(0, MOST_DEVICES) } };
