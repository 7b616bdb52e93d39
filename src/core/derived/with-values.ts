/** Adds what was computed to a reading, without writing the rest of it again. */
import type { MetricValue } from "../../contract/readings.ts";
import { MetricList, type ReadingMetrics } from "../model/metric-list.ts";
import type { Body, ReadingWrite } from "../ports/writes.ts";

export type WithValues = (
  reading: ReadingWrite,
  names: readonly string[],
  values: readonly MetricValue[],
) => ReadingWrite;

const NOT_ASCII = /[^\x20-\x7e]/g;

/** For readings with the same names there is one list of them, as `ReadingMetrics.names` has it. */
export function createWithValues(): WithValues {
  /** By the list of the names that came, then by the list of those that were added. */
  const lists = new WeakMap<readonly string[], Map<readonly string[], readonly string[]>>();

  function listOf(came: readonly string[], added: readonly string[]): readonly string[] {
    let known = lists.get(came);
    if (known === undefined) {
      known = new Map();
      lists.set(came, known);
    }
    let list = known.get(added);
    if (list === undefined) {
      list = [...came, ...added];
      known.set(added, list);
    }
    return list;
  }

  function metricsWith(
    metrics: ReadingMetrics,
    names: readonly string[],
    values: readonly MetricValue[],
  ): ReadingMetrics {
    if (metrics instanceof MetricList)
      return new MetricList(listOf(metrics.names, names), [...metrics.values, ...values]);
    const all = new Map(metrics);
    for (const [index, name] of names.entries()) {
      const value = values[index];
      if (value !== undefined) all.set(name, value);
    }
    return all;
  }

  /** `names`: the same list for the same names. */
  return (reading, names, values) => {
    const metrics = metricsWith(reading.metrics, names, values);
    const body = bodyWith(reading.body, names, values);
    // Written out: a spread of a reading costs as much as everything else here.
    const { kind, deviceId, atMs, timed, receivedAtMs, element, n, packet } = reading;
    const written = { kind, deviceId, atMs, timed, receivedAtMs, metrics, body, element, packet };
    return n === undefined ? written : { ...written, n };
  };
}

/** The object ends with `}`, and has a member. */
function bodyWith(body: Body, names: readonly string[], values: readonly MetricValue[]): Body {
  let more = "";
  for (let index = 0; index < names.length; index++) more += `,"${names[index] ?? ""}":${jsonOf(values[index] ?? 0)}`;
  more += "}";
  if (typeof body === "string") return body.slice(0, -1) + more;
  const last = body.at(-1);
  return last === undefined ? body : [...body.slice(0, -1), last.subarray(0, -1), asciiBytes(more)];
}

/** A name needs no escape. Bytes of a body are ASCII. */
const jsonOf = (value: MetricValue): string =>
  typeof value === "string"
    ? JSON.stringify(value).replace(NOT_ASCII, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
    : String(value);

/** For a text this short, a TextEncoder takes five times as long. */
function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}
