/** Keeps the definitions of derived metrics: checks them, stores them, and says which a device has. */
import { type Derived, type DerivedFields, derivedFields, MAX_DERIVED } from "../../contract/derived.ts";
import type { DeviceId } from "../../contract/readings.ts";
import { createScope } from "../alerts/decisions/scope.ts";
import { setCached } from "../model/bounded-map.ts";
import { createSerialQueue } from "../model/serial-queue.ts";
import type { Clock } from "../ports/clock.ts";
import type { HubFile, StoredRecord } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";
import { type DefinitionFault, inOrder, type ReadDefinition, readDefinition, usedFault } from "./definition-faults.ts";

/** `full`: there are as many as a hub keeps. */
export type DerivedOutcome =
  | { readonly kind: "done"; readonly derived: Derived }
  | { readonly kind: "refused"; readonly fault: DefinitionFault }
  | { readonly kind: "full" | "unknown" };

export interface DerivedBook {
  /** In the order in which they were made. */
  list(): readonly ReadDefinition[];
  /** Those of a device, each behind those that it needs. */
  ofDevice(deviceId: DeviceId): readonly ReadDefinition[];
  /** These reject with a StoreError where nothing could be written; then nothing was changed. */
  add(fields: DerivedFields): Promise<DerivedOutcome>;
  replace(id: string, fields: DerivedFields): Promise<DerivedOutcome>;
  /** What it has computed stays. */
  remove(id: string): Promise<DerivedOutcome>;
  /** Called after each change. */
  onChange(run: () => void): void;
}

export interface DerivedBookOptions {
  readonly hubFile: Pick<HubFile, "write">;
  readonly stored: readonly StoredRecord[];
  readonly clock: Pick<Clock, "nowMs">;
  readonly log: Log;
}

interface Scoped {
  readonly definition: ReadDefinition;
  readonly isOf: (deviceId: DeviceId) => boolean;
}

export function createDerivedBook({ hubFile, stored, clock, log }: DerivedBookOptions): DerivedBook {
  const queue = createSerialQueue();
  const ofDevices = new Map<DeviceId, readonly ReadDefinition[]>();
  const onChange: (() => void)[] = [];
  let scoped: readonly Scoped[] = [];
  let definitions: readonly ReadDefinition[] = [];
  keep(restored());

  /** What needs another one may have been made before it was changed to do so: all are read before they are checked. */
  function restored(): readonly ReadDefinition[] {
    const records = stored.flatMap(({ kind, id, data }) =>
      kind === "derived" ? [{ id, fields: fieldsIn(data) }] : [],
    );
    let read: readonly ReadDefinition[] = [];
    for (let left = records; left.length > 0; ) {
      const still = left.filter(({ id, fields }) => {
        const done = fields && readDefinition({ ...fields, id }, read);
        if (done?.ok !== true) return true;
        read = [...read, done.definition];
        return false;
      });
      if (still.length === left.length) {
        for (const { id } of still) log.warn("a derived metric cannot be read, and is left as it is", { id });
        break;
      }
      left = still;
    }
    const order = new Map(records.map(({ id }, index) => [id, index]));
    return read.toSorted((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
  }

  function keep(changed: readonly ReadDefinition[]): void {
    definitions = changed;
    ofDevices.clear();
    const breadth = ({ scope }: ReadDefinition): number =>
      scope.devices !== undefined ? 0 : scope.families !== undefined ? 1 : 2;
    scoped = changed
      .toSorted((a, b) => breadth(a) - breadth(b))
      .map((definition) => ({ definition, isOf: createScope(definition.scope) }));
  }

  function found(deviceId: DeviceId): readonly ReadDefinition[] {
    const ofMetric = new Map<string, ReadDefinition>();
    for (const { definition, isOf } of scoped) {
      if (!ofMetric.has(definition.metric) && isOf(deviceId)) ofMetric.set(definition.metric, definition);
    }
    return ofMetric.size === 0 ? NONE : inOrder([...ofMetric.values()]);
  }

  async function put(id: string, fields: DerivedFields, replaces: ReadDefinition | undefined): Promise<DerivedOutcome> {
    const others = definitions.filter((each) => each !== replaces);
    const read = readDefinition({ ...fields, id }, others);
    if (!read.ok) return { kind: "refused", fault: read.fault };
    const used = replaces && usedFault(replaces, [...others, read.definition]);
    if (used !== undefined) return { kind: "refused", fault: used };
    await hubFile.write([{ of: "record", kind: "derived", id, data: JSON.stringify(fields) }]);
    const { definition } = read;
    take(
      replaces === undefined ? [...definitions, definition] : definitions.map((e) => (e === replaces ? definition : e)),
    );
    return { kind: "done", derived: { ...fields, id } };
  }

  function take(changed: readonly ReadDefinition[]): void {
    keep(changed);
    for (const run of onChange) run();
  }

  /** Never that of one that was removed: what is counted and backfilled names it. */
  function newId(): string {
    for (let at = clock.nowMs(); ; at++) {
      const id = at.toString(36);
      if (!definitions.some((each) => each.id === id)) return id;
    }
  }

  const known = (id: string): ReadDefinition | undefined => definitions.find((each) => each.id === id);
  const UNKNOWN = { kind: "unknown" } as const;

  return {
    list: () => definitions,
    ofDevice: (deviceId) => {
      if (scoped.length === 0) return NONE;
      const known = ofDevices.get(deviceId) ?? found(deviceId);
      if (!ofDevices.has(deviceId)) setCached(ofDevices, deviceId, known, KEPT_DEVICES);
      return known;
    },
    add: (fields) =>
      queue.run(async () => (definitions.length >= MAX_DERIVED ? { kind: "full" } : put(newId(), fields, undefined))),
    replace: (id, fields) =>
      queue.run(async () => {
        const replaced = known(id);
        return replaced === undefined ? UNKNOWN : put(id, fields, replaced);
      }),
    remove: (id) =>
      queue.run(async () => {
        const gone = known(id);
        if (gone === undefined) return UNKNOWN;
        const others = definitions.filter((each) => each !== gone);
        const fault = usedFault(gone, others);
        if (fault !== undefined) return { kind: "refused", fault };
        await hubFile.write([{ of: "record", kind: "derived", id, data: undefined }]);
        take(others);
        return { kind: "done", derived: gone };
      }),
    onChange: (run) => void onChange.push(run),
  };
}

const NONE: readonly ReadDefinition[] = [];
/** Devices of which is known what they have. */
const KEPT_DEVICES = 20_000;

function fieldsIn(data: string): DerivedFields | undefined {
  try {
    return derivedFields.parse(JSON.parse(data));
  } catch {
    return undefined;
  }
}
