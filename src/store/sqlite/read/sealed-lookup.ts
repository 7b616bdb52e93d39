/** Finds sealed readings by their instant, to recognise duplicates among late readings. Runs in the writer's thread. */

import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { setNewest } from "../../../core/model/bounded-map.ts";
import { canonicalBody } from "../../../core/model/identity.ts";
import { DAY_MS, startOf } from "../../../core/model/utc-day.ts";
import { metricsAt, type Segment } from "../format/segment-format.ts";
import { openSegment, type SegmentHead } from "./history.ts";

export interface SealedLookup {
  /** The newest sealed reading of a device. */
  newest(key: number): { atMs: number; n: number } | undefined;
  /** The n of each sealed reading of that instant with the same content. */
  equal(key: number, atMs: number, body: string): readonly number[];
  /** −1: none is sealed. */
  greatestN(key: number, atMs: number): number;
  has(key: number, atMs: number, n: number): boolean;
  /** Segments of that device (of any device) changed. */
  invalidate(key?: number): void;
}

/** The readings of one instant: content → their n. */
type Instant = ReadonlyMap<string, readonly number[]>;

interface Opened {
  readonly key: number;
  readonly segment: Segment | undefined;
  readonly instants: Map<number, Instant>;
}

/** A backlog comes in order, from few devices at a time. */
const KEPT_SEGMENTS = 32;

export function createSealedLookup(db: DatabaseSyncInstance): SealedLookup {
  const covering = db.prepare(
    `SELECT id, from_at AS fromAt, from_n AS fromN, to_at AS toAt, count FROM segment INDEXED BY segment_by_instant
     WHERE device = ? AND from_at >= ? AND from_at <= ? AND to_at >= ? ORDER BY from_at, from_n`,
  );
  const last = db.prepare("SELECT from_at FROM segment WHERE device = ? ORDER BY from_at DESC LIMIT 1");
  const end = db.prepare("SELECT max(to_at) AS to_at FROM segment WHERE device = ? AND from_at >= ?");
  const opened = new Map<number, Opened>();

  /** A reading cannot be compared with damaged ones: it is stored again rather than lost. */
  function open(key: number, head: SegmentHead): Opened {
    const known = opened.get(head.id);
    if (known !== undefined) return known;
    const fresh = { key, segment: openSegment(db, head, () => {}), instants: new Map<number, Instant>() };
    setNewest(opened, head.id, fresh, KEPT_SEGMENTS);
    return fresh;
  }

  const headsAt = (key: number, atMs: number): SegmentHead[] =>
    covering.all(key, startOf(atMs, DAY_MS), atMs, atMs) as unknown as SegmentHead[];

  function instantIn(key: number, head: SegmentHead, atMs: number): Instant {
    const { segment, instants } = open(key, head);
    const known = instants.get(atMs);
    if (known !== undefined || segment === undefined) return known ?? new Map();
    const instant = readInstant(segment, atMs);
    instants.set(atMs, instant);
    return instant;
  }

  const numbersIn = (key: number, head: SegmentHead, atMs: number): number[] =>
    [...instantIn(key, head, atMs).values()].flat();

  /** The last segment with the instant has its greatest n. If a segment is damaged, that need not be the last one whose range covers it. */
  function greatestN(key: number, atMs: number): number {
    for (const head of headsAt(key, atMs).reverse()) {
      const numbers = numbersIn(key, head, atMs);
      if (numbers.length > 0) return numbers.reduce((greatest, n) => Math.max(greatest, n));
    }
    return -1;
  }

  return {
    newest: (key) => {
      const from = last.get(key)?.["from_at"];
      if (from === undefined) return undefined;
      const atMs = Number(end.get(key, startOf(Number(from), DAY_MS))?.["to_at"]);
      return { atMs, n: Math.max(0, greatestN(key, atMs)) };
    },
    equal: (key, atMs, body) => {
      const content = canonicalBody(body);
      return headsAt(key, atMs).flatMap((head) => instantIn(key, head, atMs).get(content) ?? []);
    },
    greatestN,
    has: (key, atMs, n) => headsAt(key, atMs).some((head) => numbersIn(key, head, atMs).includes(n)),
    invalidate: (key) => {
      if (key === undefined) return opened.clear();
      for (const [id, each] of opened) if (each.key === key) opened.delete(id);
    },
  };
}

function readInstant(segment: Segment, atMs: number): Instant {
  const found = new Map<string, number[]>();
  const { at } = segment;
  let index = firstAt(at, atMs);
  if (at[index] !== atMs) return found;
  const columns = new Map([...segment.names()].map((name) => [name, segment.values(name)]));
  for (; at[index] === atMs; index++) {
    const content = canonicalBody(JSON.stringify(metricsAt(columns, index)));
    const numbers = found.get(content);
    const n = segment.n[index] ?? 0;
    if (numbers === undefined) found.set(content, [n]);
    else numbers.push(n);
  }
  return found;
}

/** Index of the first instant that is `atMs` or later. */
function firstAt(sorted: Float64Array, atMs: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
