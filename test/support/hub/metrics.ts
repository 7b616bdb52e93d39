/** Reads a hub's /metrics. Knows no more of Prometheus' format than a sample's line. */

import { until } from "../until.ts";
import type { HubAddress } from "./hub.ts";
import { ask } from "./rest.ts";

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{[^}]*\})? (\S+)/;

/** Each metric summed over its labels; NaN where the hub does not expose it. Up to a second old where somebody asked before. */
export async function metricsOf<const Names extends readonly string[]>(
  hub: HubAddress,
  ...names: Names
): Promise<{ [Index in keyof Names]: number }> {
  return sumsOf((await ask(hub, "/metrics")).text, names);
}

/** The same as it is now: waits until the hub has made its text anew, for a second at most. */
export async function freshMetricsOf<const Names extends readonly string[]>(
  hub: HubAddress,
  ...names: Names
): Promise<{ [Index in keyof Names]: number }> {
  const former = (await ask(hub, "/metrics")).text;
  const text = await until("/metrics is made anew", async () => {
    const next = (await ask(hub, "/metrics")).text;
    return next !== former && next;
  });
  return sumsOf(text, names);
}

function sumsOf<const Names extends readonly string[]>(text: string, names: Names): { [Index in keyof Names]: number } {
  const sums = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name = "", value = ""] = SAMPLE.exec(line) ?? [];
    sums.set(name, (sums.get(name) ?? 0) + Number(value));
  }
  return names.map((name) => sums.get(name) ?? Number.NaN) as { [Index in keyof Names]: number };
}
