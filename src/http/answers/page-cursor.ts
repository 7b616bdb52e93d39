/** Opaque cursors of paged answers: a position in an order. A cursor never expires. */
import { type FleetSort, isMetricSort, type MetricSort } from "../../contract/fleet/devices-query.ts";
import type { FleetPosition } from "../../core/fleet/fleet-query.ts";
import type { ReadingPosition } from "../../core/ports/history.ts";
import { invalidField } from "./problem.ts";

/** By id it is the id alone, as it has always been. An id has no `/`. */
export function fleetCursor(position: FleetPosition): string {
  const { id } = position;
  switch (position.sort) {
    case "id":
      return toCursor(id);
    case "name":
      return toCursor(`n/${id}/${position.key}`);
    case "state":
      return toCursor(`s/${id}/${position.rank}/${position.sinceMs}`);
    default:
      return toCursor(`m/${id}/${position.value ?? ""}/${position.sort}`);
  }
}

const toCursor = (text: string): string => Buffer.from(text).toString("base64url");

export const readingCursor = ({ atMs, n }: ReadingPosition): string =>
  Buffer.from(`${atMs.toString(36)}.${n.toString(36)}`).toString("base64url");

/** A cursor of another order is not one of this. */
export function parseFleetCursor(cursor: string | undefined, sort: FleetSort): FleetPosition | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, "base64url").toString();
  const position = isMetricSort(sort) ? metricPosition(text, sort) : POSITIONS[sort](text);
  if (position === undefined || fleetCursor(position) !== cursor) throw notOurs();
  return position;
}

const POSITIONS: Readonly<Record<Exclude<FleetSort, MetricSort>, (text: string) => FleetPosition | undefined>> = {
  id: (text) => (text === "" || text.includes("/") ? undefined : { sort: "id", id: text }),
  name: (text) => {
    const [, id, key] = /^n\/([^/]+)\/(.*)$/s.exec(text) ?? [];
    return id === undefined || key === undefined ? undefined : { sort: "name", key, id };
  },
  state: (text) => {
    const [, id, rank, sinceMs] = /^s\/([^/]+)\/(\d)\/(\d{1,16})$/.exec(text) ?? [];
    return id === undefined ? undefined : { sort: "state", rank: Number(rank), sinceMs: Number(sinceMs), id };
  },
};

function metricPosition(text: string, sort: MetricSort): FleetPosition | undefined {
  const [, id, value = "", itsSort] = /^m\/([^/]+)\/([^/]*)\/(.*)$/s.exec(text) ?? [];
  if (id === undefined || itsSort !== sort || !Number.isFinite(Number(value))) return undefined;
  return { sort, id, value: value === "" ? undefined : Number(value) };
}

export function parseReadingCursor(cursor: string | undefined): ReadingPosition | undefined {
  if (cursor === undefined) return undefined;
  const match = /^([0-9a-z]{1,11})\.([0-9a-z]{1,7})$/.exec(Buffer.from(cursor, "base64url").toString());
  if (match?.[1] === undefined || match[2] === undefined) throw notOurs();
  const position = { atMs: Number.parseInt(match[1], 36), n: Number.parseInt(match[2], 36) };
  if (readingCursor(position) !== cursor) throw notOurs();
  return position;
}

export const seqCursor = (seq: number): string => Buffer.from(seq.toString(36)).toString("base64url");

export function parseSeqCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const seq = Number.parseInt(Buffer.from(cursor, "base64url").toString(), 36);
  if (!Number.isSafeInteger(seq) || seqCursor(seq) !== cursor) throw notOurs();
  return seq;
}

const notOurs = () => invalidField("cursor", "expected the nextCursor of an earlier answer");
