/** The values in a payload by their paths, what changed since the payload before it, and which metric each became. */
import type { WatchedMessage } from "../../../../src/contract/live/watched-messages.ts";

export interface Leaf {
  /** `BME280.Temperature`; empty: the payload is this one value. */
  readonly path: string;
  readonly value: string | number | boolean | null;
}

export interface ComparedLeaf extends Leaf {
  /** What it was; left out where it is the same, or there was no payload before. */
  readonly was?: Leaf["value"];
  /** The payload before did not have it. */
  readonly isNew?: true;
}

/** The metric of a device as which a value was stored. */
export interface StoredAs {
  readonly deviceId: string;
  readonly metric: string;
}

/** Of one payload; what is beyond is not looked at. */
const MOST_LEAVES = 500;
const MOST_DEPTH = 16;

/** Undefined: it is neither JSON nor one number or boolean. */
export function leavesOf(payload: string): Leaf[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch {
    return undefined;
  }
  const leaves: Leaf[] = [];
  collect(json, "", 0, leaves);
  return leaves;
}

function collect(json: unknown, path: string, depth: number, leaves: Leaf[]): void {
  if (leaves.length >= MOST_LEAVES || depth > MOST_DEPTH) return;
  if (typeof json !== "object" || json === null) {
    leaves.push({ path, value: json as Leaf["value"] });
    return;
  }
  for (const [key, value] of Object.entries(json)) {
    collect(value, path === "" ? key : `${path}.${key}`, depth + 1, leaves);
  }
}

/** `gone`: paths that the payload before had. */
export function compare(
  leaves: readonly Leaf[],
  former: readonly Leaf[] | undefined,
): { leaves: ComparedLeaf[]; gone: string[] } {
  if (former === undefined) return { leaves: [...leaves], gone: [] };
  const before = new Map(former.map(({ path, value }) => [path, value]));
  const now = new Set(leaves.map(({ path }) => path));
  return {
    leaves: leaves.map((leaf): ComparedLeaf => {
      const was = before.get(leaf.path);
      if (was === undefined) return { ...leaf, isNew: true };
      return was === leaf.value ? leaf : { ...leaf, was };
    }),
    gone: former.flatMap(({ path }) => (now.has(path) ? [] : [path])),
  };
}

/**
 * By its name and value; by its value where only one metric has that; by its name where the value was converted. Undefined: it was not stored,
 * or it is not certain as what.
 */
export function storedAs({ path, value }: Leaf, readings: WatchedMessage["readings"]): StoredAs | undefined {
  if (typeof value !== "number") return undefined;
  const name = path.slice(path.lastIndexOf(".") + 1);
  const all = readings.flatMap(({ deviceId, metrics }) =>
    Object.entries(metrics).map(([metric, stored]) => ({ deviceId, metric, stored })),
  );
  const equal = all.filter(({ stored }) => stored === value);
  const isNamed = ({ metric }: StoredAs): boolean => metric === path || metric === name || metric.endsWith(`.${name}`);
  return onlyOne(equal.filter(isNamed)) ?? onlyOne(equal) ?? onlyOne(all.filter(isNamed));
}

/** Several readings of one metric are one. */
function onlyOne(some: readonly StoredAs[]): StoredAs | undefined {
  const [first, ...others] = some;
  if (first === undefined) return undefined;
  const { deviceId, metric } = first;
  return others.every((other) => other.metric === metric && other.deviceId === deviceId)
    ? { deviceId, metric }
    : undefined;
}
