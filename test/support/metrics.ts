/** Reads a hub's /metrics. Knows no more of Prometheus' format than a sample's line. */
import type { HubAddress } from "./hub.ts";
import { ask } from "./rest.ts";

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{[^}]*\})? (\S+)/;

/** Each metric summed over its labels; NaN where the hub does not expose it. */
export async function metricsOf<const Names extends readonly string[]>(
  hub: HubAddress,
  ...names: Names
): Promise<{ [Index in keyof Names]: number }> {
  const { text } = await ask(hub, "/metrics");
  const sums = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name = "", value = ""] = SAMPLE.exec(line) ?? [];
    sums.set(name, (sums.get(name) ?? 0) + Number(value));
  }
  return names.map((name) => sums.get(name) ?? Number.NaN) as { [Index in keyof Names]: number };
}
