/** A metric of a Sparkplug payload, as it came. */

export interface SparkplugMetric {
  readonly name: string | undefined;
  readonly alias: Alias | undefined;
  /** Epoch ms. */
  readonly timestampMs: number | undefined;
  readonly datatype: number | undefined;
  /** It was kept while there was no connection. */
  readonly isHistorical: boolean;
  /** It is not meant to be stored. */
  readonly isTransient: boolean;
  readonly isNull: boolean;
  readonly properties: MetricProperties | undefined;
  readonly value: RawValue | undefined;
}

/** Which of the payload's fields holds the value, and what is in it. */
export type RawValue =
  | { readonly kind: "int" | "float" | "double"; readonly value: number }
  | { readonly kind: "long"; readonly value: bigint }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  /** Bytes, a data set or a template. */
  | { readonly kind: "other" };

/** By key in small letters; undefined: the value is neither a number nor text. */
export type MetricProperties = ReadonlyMap<string, string | number | undefined>;

/** A whole number of 64 bits; as text where a double does not hold it. */
export type Alias = number | string;

export const aliasOf = (alias: bigint): Alias => (alias <= Number.MAX_SAFE_INTEGER ? Number(alias) : alias.toString());

/** The sender says that the value is not the present one: its quality is bad, or it is stale. [Sparkplug 3.0, 6.4.8.1] */
export function isStale({ properties }: SparkplugMetric): boolean {
  const quality = properties?.get("quality");
  return quality === 0 || quality === 500;
}
