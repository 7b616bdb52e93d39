/** A mapping as the text fields of a form have it, and back. */
import type { MappingFields } from "../../../src/contract/mappings.ts";

/** Tables are `temp=temperature, hum=humidity`; a scale is `level=0.1` or `level=0.1:-5`. An empty text is left out. */
export interface MappingText {
  readonly topic: string;
  readonly payload: MappingFields["payload"];
  readonly device: string;
  readonly time: string;
  readonly values: string;
  readonly rename: string;
  readonly only: string;
  readonly scale: string;
  readonly units: string;
}

export type ParsedText =
  | { readonly ok: true; readonly fields: MappingFields }
  /** In words for the person before the page. */
  | { readonly ok: false; readonly message: string };

const tableText = (table: Readonly<Record<string, string>> = {}): string =>
  Object.entries(table)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");

const scaleText = ({ factor, offset }: { factor: number; offset: number }): string =>
  offset === 0 ? String(factor) : `${factor}:${offset}`;

export function textOf({ topic, payload, ...fields }: MappingFields): MappingText {
  const { device = "", time = "", values = "", rename, only = [], scale = {}, units } = fields;
  const scales = Object.fromEntries(Object.entries(scale).map(([name, by]) => [name, scaleText(by)]));
  return {
    topic,
    payload,
    device,
    time,
    values,
    rename: tableText(rename),
    only: only.join(", "),
    scale: tableText(scales),
    units: tableText(units),
  };
}

export function fieldsIn(text: MappingText): ParsedText {
  const { topic, payload } = text;
  const isJson = payload === "json";
  const [device, time, values] = [text.device, text.time, text.values].map((path) => (isJson ? path.trim() : ""));
  const [rename, units, scales] = [text.rename, text.units, text.scale].map(tableIn);
  if (rename === undefined || units === undefined || scales === undefined) {
    return { ok: false, message: "Write other names, units and scales as name=value, with commas between several." };
  }
  const scale = Object.entries(scales).map(([name, by]) => [name, scaleIn(by)] as const);
  if (scale.some(([, by]) => by === undefined)) {
    return { ok: false, message: "Write a scale as name=factor, or as name=factor:offset: level=0.1:-5" };
  }
  const only = listIn(text.only);
  return {
    ok: true,
    fields: {
      topic: topic.trim(),
      payload,
      ...(device && { device }),
      ...(time && { time }),
      ...(values && { values }),
      ...(Object.keys(rename).length > 0 && { rename }),
      ...(only.length > 0 && { only }),
      ...(scale.length > 0 && { scale: Object.fromEntries(scale.flatMap(([name, by]) => (by ? [[name, by]] : []))) }),
      ...(Object.keys(units).length > 0 && { units }),
    },
  };
}

const listIn = (text: string): string[] =>
  text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");

function tableIn(text: string): Record<string, string> | undefined {
  const entries = listIn(text).map((pair): [string, string] => {
    const at = pair.indexOf("=");
    return [pair.slice(0, Math.max(at, 0)).trim(), pair.slice(at + 1).trim()];
  });
  return entries.some(([name]) => name === "") ? undefined : Object.fromEntries(entries);
}

function scaleIn(text: string): { factor: number; offset: number } | undefined {
  const [factor = "", offset = "0", ...more] = text.split(":").map((each) => each.trim());
  const numbers = [factor, offset].map((each) => (each === "" ? Number.NaN : Number(each)));
  if (more.length > 0 || !numbers.every(Number.isFinite)) return undefined;
  return { factor: numbers[0] ?? 1, offset: numbers[1] ?? 0 };
}
