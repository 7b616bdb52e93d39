/** Counts of each definition how often it had a value, and why it had none the last time. */
import type { DeviceId } from "../../contract/readings.ts";
import type { Counters } from "../ports/counters.ts";
import type { Computed } from "./program.ts";

export interface DerivedCount {
  readonly computed: number;
  /** A metric was missing, or too old. */
  readonly missing: number;
  readonly failed: number;
  /** Why it had no value the last time: a failure before what was merely missing. */
  readonly last: LastFault | undefined;
}

export interface LastFault {
  readonly kind: "missing" | "failed";
  readonly deviceId: DeviceId;
  readonly atMs: number;
  readonly reason: string;
}

export interface DerivedCounts {
  of(id: string): DerivedCount;
  add(id: string, deviceId: DeviceId, computed: Computed): void;
  /** Those of other definitions are dropped. */
  keepOnly(ids: ReadonlySet<string>): void;
}

const NONE: DerivedCount = { computed: 0, missing: 0, failed: 0, last: undefined };

interface Count {
  computed: number;
  missing: number;
  failed: number;
  last: LastFault | undefined;
}

export function createDerivedCounts(counters: Pick<Counters, "derived">, nowMs: () => number): DerivedCounts {
  const counts = new Map<string, Count>();

  function add(id: string, deviceId: DeviceId, computed: Computed): void {
    if (computed.kind === "idle") return;
    let count = counts.get(id);
    if (count === undefined) {
      count = { ...NONE };
      counts.set(id, count);
    }
    if (computed.kind === "value") {
      count.computed++;
      return counters.derived("computed");
    }
    const { kind, reason } = computed;
    count[kind]++;
    counters.derived(kind);
    if (kind === "failed" || count.last?.kind !== "failed") count.last = { kind, deviceId, atMs: nowMs(), reason };
  }

  return {
    of: (id) => counts.get(id) ?? NONE,
    add,
    keepOnly: (ids) => {
      for (const id of counts.keys()) if (!ids.has(id)) counts.delete(id);
    },
  };
}
