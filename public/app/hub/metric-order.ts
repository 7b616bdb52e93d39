/** Sorts metrics by importance: safety first. */

const BY_SAFETY = [
  "flameDetected",
  "coPpm",
  "ch4Ppm",
  "lpgPpm",
  "temperature",
  "humidity",
  "co2",
  "eco2",
  "aqi",
  "tvoc",
  "alcohol",
  "toluene",
  "acetone",
  "flameIntensity",
  "pressure",
  "battery",
  "rssi",
];

const positions = new Map(BY_SAFETY.map((metric, index) => [metric, index]));
const positionOf = (metric: string): number => positions.get(metric) ?? BY_SAFETY.length;

export const sortMetrics = (metrics: readonly string[]): string[] =>
  metrics.toSorted((a, b) => positionOf(a) - positionOf(b) || (a < b ? -1 : a > b ? 1 : 0));
