/** Remembers the last BIRTH of each edge node and device, as it is stored; those in use also by name and alias, within a bound. */
import type { DeviceId, MetricValue } from "../../contract/readings.ts";
import { type Birth, type BirthIndex, indexOf } from "./birth.ts";
import { readStoredBirth } from "./stored-birth.ts";

export interface Births {
  get(deviceId: DeviceId): KnownBirth | undefined;
  /** Undefined: none is known. */
  open(deviceId: DeviceId): OpenedBirth | undefined;
  /** Behind the edge node, with itself. */
  of(nodeId: DeviceId): readonly KnownBirth[];
  /** What is about to be learned, so that it need not be read again; `newest`: as of `OpenedBirth`. */
  expect(expected: ExpectedBirth): void;
  /** `data` undefined: it no longer holds. */
  learn(deviceId: DeviceId, data: string | undefined): void;
}

export interface KnownBirth {
  readonly deviceId: DeviceId;
  readonly label: string;
  readonly nodeId: DeviceId;
  readonly data: string;
  /** Its aliases hold: since this BIRTH came neither one of its edge node nor a death. */
  isValid: boolean;
  isOnline: boolean;
}

export interface OpenedBirth extends BirthIndex {
  /** The hub did not take all metrics that it has. */
  readonly isIncomplete: boolean;
  /** The newest value of each metric that came since it was opened. */
  readonly newest: Map<string, NewestValue>;
}

export interface ExpectedBirth extends Pick<OpenedBirth, "newest"> {
  readonly data: string;
  readonly birth: Birth;
}

export interface NewestValue {
  /** Undefined: it came without an instant. */
  readonly atMs: number | undefined;
  readonly value: MetricValue;
}

/** In all opened births: some 60 MB. */
const MAX_OPENED_METRICS = 250_000;

export function createBirths(): Births {
  const known = new Map<DeviceId, KnownBirth>();
  const ofNode = new Map<DeviceId, Set<DeviceId>>();
  const opened = new Map<DeviceId, OpenedBirth>();
  let openedMetrics = 0;
  let expected: ExpectedBirth | undefined;

  function open(deviceId: DeviceId): OpenedBirth | undefined {
    const former = opened.get(deviceId);
    if (former !== undefined) return former;
    const data = known.get(deviceId)?.data;
    const birth = data === undefined ? undefined : birthOf(data);
    return birth && openAs(deviceId, birth, new Map());
  }

  function openAs(deviceId: DeviceId, birth: Birth, newest: OpenedBirth["newest"]): OpenedBirth {
    const made = { ...indexOf(birth.metrics), isIncomplete: birth.leftOut > 0, newest };
    opened.set(deviceId, made);
    openedMetrics += made.byOriginal.size;
    for (const oldest of opened.keys()) {
      if (openedMetrics <= MAX_OPENED_METRICS || oldest === deviceId) break;
      shut(oldest);
    }
    return made;
  }

  function shut(deviceId: DeviceId): void {
    openedMetrics -= opened.get(deviceId)?.byOriginal.size ?? 0;
    opened.delete(deviceId);
  }

  function birthOf(data: string): Birth | undefined {
    if (expected?.data === data) return expected.birth;
    try {
      return readStoredBirth(JSON.parse(data));
    } catch {
      return undefined;
    }
  }

  function learn(deviceId: DeviceId, data: string | undefined): void {
    const former = known.get(deviceId);
    const birth = data === undefined ? undefined : birthOf(data);
    if (data !== undefined && birth === undefined) return;
    const newest = expected?.data === data ? expected?.newest : opened.get(deviceId)?.newest;
    shut(deviceId);
    if (former !== undefined) remove(former);
    if (data === undefined || birth === undefined) return;
    const { label, nodeId } = birth;
    known.set(deviceId, { deviceId, label, nodeId, data, isValid: true, isOnline: true });
    const siblings = ofNode.get(nodeId) ?? new Set();
    ofNode.set(nodeId, siblings.add(deviceId));
    if (newest !== undefined) openAs(deviceId, birth, newest);
  }

  function remove({ deviceId, nodeId }: KnownBirth): void {
    known.delete(deviceId);
    const siblings = ofNode.get(nodeId);
    siblings?.delete(deviceId);
    if (siblings?.size === 0) ofNode.delete(nodeId);
  }

  return {
    get: (deviceId) => known.get(deviceId),
    open,
    of: (nodeId) =>
      [...(ofNode.get(nodeId) ?? [])].flatMap((deviceId) => {
        const birth = known.get(deviceId);
        return birth === undefined ? [] : [birth];
      }),
    expect: (birth) => {
      expected = birth;
    },
    learn,
  };
}
