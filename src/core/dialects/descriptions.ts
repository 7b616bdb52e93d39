/** What is known of a device's name and metrics: from the catalogue, its dialect or a definition, and its owner; the later wins. */

import { FAMILIES } from "../../contract/families.ts";
import { METRICS, type MetricInfo, OWNED_FIELDS, type OwnMetricInfo } from "../../contract/metrics.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { HardwareBook } from "../hardware/hardware-book.ts";
import { isDerivedName } from "../model/device-id.ts";
import type { DialectPresence, Dialects } from "./dialect.ts";

export interface Descriptions {
  /** The name that the device gives itself. */
  nameOf(deviceId: DeviceId): string | undefined;
  metricInfo(deviceId: DeviceId, metric: string): MetricInfo | undefined;
  /** What its family says of it; undefined: it is of none. */
  familyOf(deviceId: DeviceId): OfFamily | undefined;
  /** What the owner set instead, of all metrics. `changed` follows, where the device stays. */
  setByOwner(deviceId: DeviceId, metrics: ReadonlyMap<string, OwnMetricInfo>): void;
  ownerOf(deviceId: DeviceId): ReadonlyMap<string, OwnMetricInfo>;
  /** Its dialect learned something of the device, or its owner set something of its metrics. */
  changed(deviceId: DeviceId): void;
  /** Its owner changed the mappings: anything may be known of any device. */
  mappingsChanged(): void;
  /** From now on `infoOf` knows of derived metrics; called again when the definitions changed. */
  setDerived(infoOf: (deviceId: DeviceId, metric: string) => MetricInfo | undefined): void;
  /** `run` is called with each device of which something else is known now. */
  onChanged(run: (deviceId: DeviceId) => void): void;
}

/** What a dialect says of one device of its family. */
export interface OfFamily {
  /** Whether a metric is an event: a button that was pressed has no value that holds afterwards. */
  isEvent(metric: string): boolean;
  presence(): DialectPresence | undefined;
}

const NONE: ReadonlyMap<string, OwnMetricInfo> = new Map();

/** Where the board of a device was replaced, the new one describes what it sends. */
export type BoardOf = Pick<HardwareBook, "deviceOf" | "hardwareOf">;

const NEVER_REPLACED: BoardOf = { deviceOf: (deviceId) => deviceId, hardwareOf: (deviceId) => deviceId };

export function createDescriptions(
  dialects: Pick<Dialects, "nameOf" | "metricInfo" | "presenceOf">,
  boards: BoardOf = NEVER_REPLACED,
): Descriptions {
  const known = new Map<DeviceId, Map<string, MetricInfo | undefined>>();
  const listeners: ((deviceId: DeviceId) => void)[] = [];
  let derivedInfo = (_deviceId: DeviceId, _metric: string): MetricInfo | undefined => undefined;
  const owners = new Map<DeviceId, ReadonlyMap<string, OwnMetricInfo>>();

  function metricInfo(deviceId: DeviceId, metric: string): MetricInfo | undefined {
    const ofDevice = known.get(deviceId) ?? new Map<string, MetricInfo | undefined>();
    known.set(deviceId, ofDevice);
    if (ofDevice.has(metric)) return ofDevice.get(metric);
    const info = infoOf(deviceId, metric);
    ofDevice.set(metric, info);
    return info;
  }

  function infoOf(deviceId: DeviceId, metric: string): MetricInfo | undefined {
    const found = isDerivedName(metric)
      ? derivedInfo(deviceId, metric)
      : (described(deviceId, metric) ?? METRICS.get(metric));
    const own = owners.get(deviceId)?.get(metric);
    if (own === undefined) return found;
    const byOwner = OWNED_FIELDS.filter((field) => own[field] !== undefined);
    return { ...(found ?? { label: metric, kind: "number", unit: "" }), ...own, byOwner };
  }

  function described(deviceId: DeviceId, metric: string): MetricInfo | undefined {
    const board = boards.hardwareOf(deviceId);
    return (
      dialects.metricInfo(board, metric) ?? (board === deviceId ? undefined : dialects.metricInfo(deviceId, metric))
    );
  }

  function changed(deviceId: DeviceId): void {
    known.delete(deviceId);
    for (const listener of listeners) listener(deviceId);
  }

  return {
    nameOf: dialects.nameOf,
    metricInfo,
    familyOf: (deviceId) =>
      isOfFamily(deviceId)
        ? {
            isEvent: (metric) => metricInfo(deviceId, metric)?.kind === "event",
            presence: () => dialects.presenceOf(boards.hardwareOf(deviceId)),
          }
        : undefined,
    setByOwner: (deviceId, metrics) => {
      if (metrics.size === 0) owners.delete(deviceId);
      else owners.set(deviceId, metrics);
      known.delete(deviceId);
    },
    ownerOf: (deviceId) => owners.get(deviceId) ?? NONE,
    changed: (deviceId) => {
      const owner = boards.deviceOf(deviceId);
      changed(deviceId);
      if (owner !== deviceId) changed(owner);
    },
    mappingsChanged: () => known.clear(),
    setDerived: (infoOf) => {
      derivedInfo = infoOf;
      known.clear();
    },
    onChanged: (run) => void listeners.push(run),
  };
}

/** Nobody is asked about Aerie's own boards and those of an owner's mappings, which send most of all that is stored. */
const isOfFamily = (deviceId: DeviceId): boolean => FAMILIES.some((family) => deviceId.startsWith(`${family}:`));
