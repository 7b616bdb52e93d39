/** Reads NDATA and DDATA: values by name, or by the aliases of the last BIRTH. */
import type { Part } from "../../core/dialects/parsed-message.ts";
import { metricNameOf } from "../payload/names.ts";
import { type BirthMetric, useOf } from "./birth.ts";
import type { OpenedBirth } from "./births.ts";
import { createFoundValues, type FoundValues } from "./found-values.ts";
import type { NodeMessage } from "./read-birth.ts";
import type { Alias, SparkplugMetric } from "./sparkplug-metric.ts";

export interface ReadData {
  readonly parts: readonly Part[];
  /** Only a new BIRTH can say what some of it is. */
  readonly needsBirth: boolean;
}

export function readData({ address, payload, births }: NodeMessage): ReadData {
  const { deviceId } = address;
  const known = births.get(deviceId);
  if (known !== undefined) known.isOnline = true;
  const birth = births.open(deviceId);
  const found = createFoundValues();
  const unknown: Alias[] = [];
  for (const metric of payload.metrics) {
    const { name, alias } = metric;
    if (name !== undefined && name !== "") {
      addNamed(metric, name, birth, payload.timestampMs, found);
    } else if (alias !== undefined) {
      const born = known?.isValid ? birth?.byAlias.get(alias) : undefined;
      if (born !== undefined) addBorn(metric, born, birth, payload.timestampMs, found);
      else unknown.push(alias);
    } else found.refuse({ code: "METRIC_NAME_INVALID", detail: "it has neither a name nor an alias" });
  }
  const needsBirth = known?.isValid !== true;
  // An alias of a metric that was refused when it was born is no news.
  const isNews = unknown.length > 0 && (needsBirth || birth?.isIncomplete !== true);
  if (isNews) found.refuse({ code: "ALIAS_UNKNOWN", detail: unknown.slice(0, MAX_SHOWN).join(", ") });
  return { parts: found.parts(deviceId), needsBirth: needsBirth || isNews };
}

const MAX_SHOWN = 10;

function addNamed(
  metric: SparkplugMetric,
  original: string,
  birth: OpenedBirth | undefined,
  messageMs: number | undefined,
  found: FoundValues,
): void {
  const born = birth?.byOriginal.get(original);
  if (born !== undefined) return addBorn(metric, born, birth, messageMs, found);
  const name = metricNameOf(original);
  const value = found.read(metric, name, metric.datatype);
  if (value !== undefined) found.add(useOf(original, metric.datatype), name, value, metric.timestampMs ?? messageMs);
}

function addBorn(
  metric: SparkplugMetric,
  { name, original, datatype: born }: BirthMetric,
  birth: OpenedBirth | undefined,
  messageMs: number | undefined,
  found: FoundValues,
): void {
  const datatype = metric.datatype ?? born;
  const value = found.read(metric, name, datatype);
  if (value === undefined) return;
  const atMs = metric.timestampMs ?? messageMs;
  const lastMs = birth?.newest.get(name)?.atMs;
  if (lastMs === undefined || atMs === undefined || atMs >= lastMs) birth?.newest.set(name, { atMs, value });
  found.add(useOf(original, datatype), name, value, atMs);
}
