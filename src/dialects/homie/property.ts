/** What a Homie device says of one of its properties, and what the hub makes of it. */
import type { MetricInfo, MetricKind } from "../../contract/metrics.ts";

/** Attributes as the device wrote them; what is not there was not sent. */
export interface Property {
  readonly name?: string;
  readonly unit?: string;
  readonly datatype?: string;
  readonly format?: string;
  readonly settable?: boolean;
  readonly retained?: boolean;
}

const MAX_OPTIONS = 64;
const MAX_CHARS = 64;

/** `label`: where the name alone does not say which one it is. */
export function infoOf(property: Property, label: string): MetricInfo {
  const { datatype, format = "", unit = "", settable } = property;
  const kind = kindOf(property);
  const range = kind === "number" ? rangeOf(format) : undefined;
  const options = datatype === "enum" ? optionsOf(format) : [];
  return {
    label: label.slice(0, MAX_CHARS),
    kind,
    // `#` is Homie's word for a count.
    unit: unit === "#" ? "" : unit.slice(0, MAX_CHARS),
    ...(range !== undefined && { range }),
    ...(datatype === "integer" && { digits: 0 }),
    ...(options.length > 0 && { options }),
    ...(settable === true && { settable }),
  };
}

/** A property that is not retained is a momentary event, such as a doorbell; a number is a measurement all the same. */
export function kindOf({ datatype, retained }: Property): MetricKind {
  if (datatype === "integer" || datatype === "float") return "number";
  if (retained === false) return "event";
  return datatype === "boolean" ? "boolean" : datatype === "enum" ? "enum" : "text";
}

/** `-20:120`, since version 5 with a step behind it and with ends that may be open. */
function rangeOf(format: string): readonly [number, number] | undefined {
  const [min = "", max = ""] = format.split(":");
  if (min.trim() === "" || max.trim() === "") return undefined;
  const range = [Number(min), Number(max)] as const;
  return range.every((end) => Number.isFinite(end)) ? range : undefined;
}

const optionsOf = (format: string): string[] =>
  format
    .split(",", MAX_OPTIONS)
    .map((option) => option.slice(0, MAX_CHARS))
    .filter((option) => option !== "");
