/** Reads one counter of the hub's /metrics. */

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{[^}]*\})? (\S+)/;

/** The sum over all labels; NaN where the hub does not expose it. */
export async function scrape(httpUrl: string, counter: string): Promise<number> {
  const response = await fetch(new URL("/metrics", httpUrl));
  const samples = (await response.text())
    .split("\n")
    .map((line) => SAMPLE.exec(line))
    .filter((match) => match?.[1] === counter);
  return samples.length === 0 ? Number.NaN : samples.reduce((sum, match) => sum + Number(match?.[2]), 0);
}
