/** Knows the devices and groups of each bridge, by friendly name and by address. */
import type { DeviceId } from "../../contract/readings.ts";
import { setNewest } from "../../core/model/bounded-map.ts";
import { deviceIdOf } from "../payload/names.ts";
import { type Entity, readEntity } from "./entity.ts";

/** A part of a topic below a base topic. */
export interface FoundEntity {
  readonly deviceId: DeviceId;
  /** What follows the friendly name; empty: the topic is the entity's own. */
  readonly subTopic: string;
}

/** What is known of a bridge at the moment, and may be lost. */
export interface BridgeState {
  said: "online" | "offline" | undefined;
  /** It has just said that it is there: its list of devices is on its way. */
  listAwaitedUntilMs: number;
}

export interface EntityBook {
  /** Of all bridges. */
  bases(): Iterable<string>;
  /** The longest base topic that the topic begins with; undefined: none. */
  baseOf(topic: string): string | undefined;
  /** `rest`: after the base topic. The longest friendly name wins. */
  find(base: string, rest: string): FoundEntity | undefined;
  /** Something was learned of it, or it is the usual one. */
  isKnown(base: string): boolean;
  /** The bridge has said which devices it has. */
  hasList(base: string): boolean;
  entityOf(deviceId: DeviceId, base: string): Entity | undefined;
  /** Of the bridge that has it now, or else had it last. Costs one look-up. */
  anyEntityOf(deviceId: DeviceId): Entity | undefined;
  /** Those that the bridge has now, without the coordinator. */
  present(base: string): readonly DeviceId[];
  /** Other bridges that have it now. */
  otherBases(deviceId: DeviceId, base: string): readonly string[];
  /** Groups are numbered by each bridge: those of a second one are named by their base topic too. */
  groupId(base: string, id: number): DeviceId;
  stateOf(base: string): BridgeState;
  /** What the bridge last said of itself. */
  saidOf(base: string): BridgeState["said"];
  /** As `Dialect.learn`. The key is the base topic, so that a device that moves to another bridge has two entries for a while. */
  learn(deviceId: DeviceId, base: string, data: string | undefined): boolean;
}

interface Bridge {
  readonly byName: Map<string, DeviceId>;
  readonly entities: Map<DeviceId, Entity>;
  /** Devices of its list. */
  listed: number;
}

export const DEFAULT_BASE = "zigbee2mqtt";
const MAX_STATES = 500;
/** Of a base topic or a friendly name; a longer one is not known. */
export const MAX_NAME_CHARS = 256;

export function createEntityBook(): EntityBook {
  const bridges = new Map<string, Bridge>([[DEFAULT_BASE, newBridge()]]);
  const basesOf = new Map<DeviceId, readonly string[]>();
  const chosen = new Map<DeviceId, Entity>();
  const states = new Map<string, BridgeState>();

  function baseOf(topic: string): string | undefined {
    for (let end = topic.lastIndexOf("/", MAX_NAME_CHARS); end > 0; end = topic.lastIndexOf("/", end - 1)) {
      const base = topic.slice(0, end);
      if (bridges.has(base)) return base;
    }
    return undefined;
  }

  function find(base: string, rest: string): FoundEntity | undefined {
    const bridge = bridges.get(base);
    if (bridge === undefined) return undefined;
    const longest = rest.length > MAX_NAME_CHARS ? rest.lastIndexOf("/", MAX_NAME_CHARS) : rest.length;
    for (let end = longest; end > 0; end = rest.lastIndexOf("/", end - 1)) {
      const deviceId = bridge.byName.get(rest.slice(0, end));
      // Where the bridge has said which devices it has, a name without an address is a leftover.
      const isKnown = deviceId !== undefined && !(bridge.listed > 0 && isNamed(bridge, deviceId));
      if (isKnown) return { deviceId, subTopic: rest.slice(end + 1) };
    }
    return undefined;
  }

  /** After a restart the entries come in any order, and the answer is to be the same. */
  function choose(deviceId: DeviceId): void {
    const all = (basesOf.get(deviceId) ?? []).flatMap((base) => bridges.get(base)?.entities.get(deviceId) ?? []);
    const [first] = all.sort((a, b) => rankOf(a) - rankOf(b) || (a.base < b.base ? -1 : 1));
    if (first === undefined) chosen.delete(deviceId);
    else chosen.set(deviceId, first);
  }

  const otherBases = (deviceId: DeviceId, base: string): readonly string[] =>
    (basesOf.get(deviceId) ?? []).filter(
      (each) => each !== base && bridges.get(each)?.entities.get(deviceId)?.isGone === false,
    );

  function groupId(base: string, id: number): DeviceId {
    const named = deviceIdOf("zigbee", base, `group-${id}`);
    if (bridges.get(base)?.entities.has(named) === true) return named;
    const plain = deviceIdOf("zigbee", `group-${id}`);
    return otherBases(plain, base).length > 0 ? named : plain;
  }

  function stateOf(base: string): BridgeState {
    const state = states.get(base) ?? { said: undefined, listAwaitedUntilMs: Number.NEGATIVE_INFINITY };
    setNewest(states, base, state, MAX_STATES);
    return state;
  }

  function learn(deviceId: DeviceId, base: string, data: string | undefined): boolean {
    const next = data === undefined ? undefined : readEntity(base, data);
    if (data !== undefined && next === undefined) return false;
    const bridge = bridges.get(base) ?? newBridge();
    const former = bridge.entities.get(deviceId);
    if (former !== undefined) unlink(bridge, deviceId, former);
    if (next !== undefined) link(bridge, deviceId, next);
    const others = (basesOf.get(deviceId) ?? []).filter((each) => each !== base);
    const bases = next === undefined ? others : [...others, base];
    if (bases.length > 0) basesOf.set(deviceId, bases);
    else basesOf.delete(deviceId);
    if (bridge.entities.size > 0 || base === DEFAULT_BASE) bridges.set(base, bridge);
    else bridges.delete(base);
    choose(deviceId);
    return former?.name !== next?.name || former?.isGone !== next?.isGone || former?.isListed !== next?.isListed;
  }

  return {
    bases: () => bridges.keys(),
    baseOf,
    find,
    isKnown: (base) => bridges.has(base),
    hasList: (base) => (bridges.get(base)?.listed ?? 0) > 0,
    entityOf: (deviceId, base) => bridges.get(base)?.entities.get(deviceId),
    anyEntityOf: (deviceId) => chosen.get(deviceId),
    present: (base) =>
      [...(bridges.get(base)?.entities ?? [])]
        .filter(([, { isGone, kind }]) => !isGone && kind !== "bridge")
        .map(([deviceId]) => deviceId),
    otherBases,
    groupId,
    stateOf,
    saidOf: (base) => states.get(base)?.said,
    learn,
  };
}

const isNamed = (bridge: Bridge, deviceId: DeviceId): boolean => bridge.entities.get(deviceId)?.kind === "named";

const newBridge = (): Bridge => ({ byName: new Map(), entities: new Map(), listed: 0 });

/** A list of groups says nothing of devices. */
const isOfList = ({ kind, isListed, isGone }: Entity): boolean => isListed && !isGone && kind !== "group";

/** A device without an address gives its name up to one that has one. */
const rankOf = ({ isGone, isListed, kind }: Entity): number =>
  (isGone ? 4 : 0) + (isListed ? 0 : 2) + (kind === "named" ? 1 : 0);

function link(bridge: Bridge, deviceId: DeviceId, entity: Entity): void {
  bridge.entities.set(deviceId, entity);
  if (isOfList(entity)) bridge.listed++;
  if (entity.isGone || entity.kind === "bridge") return;
  const holder = bridge.byName.get(entity.name);
  const held = holder === undefined ? undefined : bridge.entities.get(holder);
  if (held === undefined || rankOf(entity) <= rankOf(held)) bridge.byName.set(entity.name, deviceId);
}

function unlink(bridge: Bridge, deviceId: DeviceId, entity: Entity): void {
  bridge.entities.delete(deviceId);
  if (isOfList(entity)) bridge.listed--;
  if (bridge.byName.get(entity.name) === deviceId) bridge.byName.delete(entity.name);
}
