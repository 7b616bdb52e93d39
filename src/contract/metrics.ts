/** What is known of metrics: unit, label, sensible range, kind. Holds what Aerie knows by name. */

/** `event`: something that happens (a button is pressed); each occurrence is stored, and it has no latest value. */
export type MetricKind = "number" | "boolean" | "text" | "enum" | "event";

export interface MetricInfo {
  /** What a person reads. */
  readonly label: string;
  readonly kind: MetricKind;
  /** Empty where the metric has none. */
  readonly unit: string;
  /** Where a working sensor's values lie; a chart may use it, nothing is refused by it. */
  readonly range?: readonly [min: number, max: number];
  /** Decimal places that mean something; undefined: unknown. */
  readonly digits?: number;
  /** As Home Assistant names it: `temperature`, `door`. */
  readonly deviceClass?: string;
  /** As Home Assistant names it: `measurement`, `total`, `total_increasing`. */
  readonly stateClass?: string;
  /** The values of an `enum`, or of an `event`. */
  readonly options?: readonly string[];
  /** It can be set by a command. */
  readonly settable?: boolean;
  /** Its owner wants to see it first. */
  readonly pinned?: true;
  /** Its owner does not want to see it. */
  readonly hidden?: true;
  /** Where its owner wants it among the metrics of the device; those without come after those with one. */
  readonly order?: number;
  /** Which of these its owner set. */
  readonly byOwner?: readonly OwnedField[];
}

/** What an owner may set of a metric. */
export const OWNED_FIELDS = ["label", "unit", "digits", "range", "pinned", "hidden", "order"] as const;
export type OwnedField = (typeof OWNED_FIELDS)[number];
/** What an owner set of a metric. */
export type OwnMetricInfo = Partial<Pick<MetricInfo, OwnedField>>;

/** Of a metric that Aerie knows by name. */
export interface CatalogueMetric extends MetricInfo {
  readonly kind: "number" | "boolean";
  readonly digits: number;
}

const CATALOGUE = {
  temperature: { label: "Temperature", kind: "number", unit: "°C", range: [-40, 85], digits: 1 },
  humidity: { label: "Humidity", kind: "number", unit: "%", range: [0, 100], digits: 0 },
  aqi: { label: "Air quality index", kind: "number", unit: "", range: [0, 500], digits: 0 },
  eco2: { label: "Equivalent CO₂", kind: "number", unit: "ppm", range: [400, 65_000], digits: 0 },
  tvoc: { label: "Volatile organics", kind: "number", unit: "ppb", range: [0, 65_000], digits: 0 },
  coPpm: { label: "Carbon monoxide", kind: "number", unit: "ppm", range: [0, 1_000], digits: 1 },
  ch4Ppm: { label: "Methane", kind: "number", unit: "ppm", range: [0, 10_000], digits: 1 },
  lpgPpm: { label: "LPG", kind: "number", unit: "ppm", range: [0, 10_000], digits: 1 },
  co2: { label: "CO₂", kind: "number", unit: "ppm", range: [0, 40_000], digits: 0 },
  alcohol: { label: "Alcohol", kind: "number", unit: "ppm", range: [0, 1_000], digits: 1 },
  toluene: { label: "Toluene", kind: "number", unit: "ppm", range: [0, 1_000], digits: 1 },
  acetone: { label: "Acetone", kind: "number", unit: "ppm", range: [0, 1_000], digits: 1 },
  flameDetected: { label: "Flame", kind: "boolean", unit: "", digits: 0 },
  flameIntensity: { label: "Flame intensity", kind: "number", unit: "", range: [0, 4_095], digits: 0 },
  pressure: { label: "Pressure", kind: "number", unit: "hPa", range: [300, 1_100], digits: 0 },
  battery: { label: "Battery", kind: "number", unit: "%", range: [0, 100], digits: 0 },
  rssi: { label: "Signal", kind: "number", unit: "dBm", range: [-120, 0], digits: 0 },
} as const satisfies Record<string, CatalogueMetric>;

/** By name; a Map, because names come from the wire. */
export const METRICS: ReadonlyMap<string, CatalogueMetric> = new Map(Object.entries(CATALOGUE));
