/** Opens what knows the devices: the registry, the book of their presence, what is derived of their readings, and what answers about all of them. */
import type { DeviceId } from "../contract/readings.ts";
import { isFiring } from "../core/alerts/shown/alert-summary.ts";
import { createDerivation, type Derivation } from "../core/derived/derivation.ts";
import { createDerivedBook, type DerivedBook } from "../core/derived/derived-book.ts";
import { createDerivedInfo } from "../core/derived/derived-info.ts";
import { createWindowLoader } from "../core/derived/window-loader.ts";
import { nameOf } from "../core/devices/device-answer.ts";
import { tagsIn } from "../core/devices/owner-tags.ts";
import { createRegistry, type Registry } from "../core/devices/registry.ts";
import type { Descriptions } from "../core/dialects/descriptions.ts";
import { createFirstHeard, type FirstHeard } from "../core/fleet/first-heard.ts";
import { createFleetIndex, type FleetIndex } from "../core/fleet/fleet-index.ts";
import type { HardwareBook } from "../core/hardware/hardware-book.ts";
import type { Counters } from "../core/ports/counters.ts";
import type { StoredPresence } from "../core/ports/hub-file.ts";
import type { Store } from "../core/ports/readings-store.ts";
import { createPresenceBook, type PresenceBook } from "../core/presence/presence-book.ts";
import { heroMetric } from "../core/sparklines/hero-metric.ts";
import { createSparkLoader, type SparkLoader } from "../core/sparklines/spark-loader.ts";
import { createSparklines, type Sparklines } from "../core/sparklines/sparklines.ts";
import type { TrustedTime } from "../core/time/trusted-time.ts";
import type { Live } from "../live/live.ts";
import { openSparklineFile } from "../platform/sparkline-file.ts";
import type { PartOptions } from "./hub-options.ts";
import type { Alerts } from "./open-alerts.ts";
import type { Storage } from "./open-storage.ts";

export interface DevicesOptions extends PartOptions {
  readonly storage: Storage;
  readonly live: Pick<Live, "presence">;
  readonly descriptions: Descriptions;
  readonly counters: Counters;
  /** Presence of a device changed. */
  readonly onPresence: (deviceId: DeviceId) => void;
  readonly hardware: HardwareBook;
}

export interface Devices {
  readonly registry: Registry;
  readonly presenceBook: PresenceBook;
  readonly derivedParts: DerivedParts;
}

export interface DerivedParts {
  readonly derivedBook: DerivedBook;
  readonly derivation: Derivation;
}

export function openDevices(options: DevicesOptions): Devices {
  const { config, clock, log, own, storage, live, descriptions, onPresence } = options;
  const { kept, hubFile, keptOfHub } = storage;
  const last = new Map(keptOfHub.presence.map((change) => [change.deviceId, change]));
  const lastOf = (deviceId: DeviceId): StoredPresence | undefined => last.get(deviceId);
  const registry: Registry = own(
    "registry",
    createRegistry({
      clock,
      stored: kept.devices,
      limits: config,
      familyOf: descriptions.familyOf,
      before: { lastOf, aliveAtMs: keptOfHub.lastRun?.aliveAtMs },
      tags: tagsIn(keptOfHub.learned),
      hidden: options.hardware.hidden(),
      onPresence: (device) => {
        live.presence(device);
        presenceBook.changed(device);
        onPresence(device.deviceId);
      },
    }),
  );
  descriptions.onChanged(registry.descriptionChanged);
  const presenceBook = own(
    "presence",
    createPresenceBook({ hubFile, clock, log, lastOf, isKnown: (deviceId) => registry.knows(deviceId) }),
  );
  presenceBook.compare(registry.list());
  return { registry, presenceBook, derivedParts: openDerived(options, registry) };
}

function openDerived(options: DevicesOptions, registry: Registry): DerivedParts {
  const { clock, log, own, storage, descriptions, counters } = options;
  const { store, hubFile, keptOfHub } = storage;
  const book = createDerivedBook({ hubFile, stored: keptOfHub.records, clock, log });
  const describe = (): void => descriptions.setDerived(createDerivedInfo(book));
  book.onChange(describe);
  describe();
  const derivation = own("derived metrics", createDerivation({ book, registry, counters, clock }));
  own("averages", createWindowLoader({ book, derivation, registry, store, log }));
  return { derivedBook: book, derivation };
}

export interface FleetOptions extends PartOptions {
  readonly storage: Pick<Storage, "hubFile" | "keptOfHub">;
  readonly registry: Registry;
  readonly descriptions: Descriptions;
  readonly alerts: Pick<Alerts, "engine" | "summary">;
  readonly live: Pick<Live, "counts" | "described">;
  readonly time: TrustedTime;
}

/** Their order, their states and their counts. */
export function openFleet({
  clock,
  log,
  own,
  storage,
  registry,
  descriptions,
  alerts,
  live,
  time,
}: FleetOptions): FleetIndex {
  const { hubFile, keptOfHub } = storage;
  let fleet: FleetIndex | undefined;
  const firstHeard: FirstHeard = own(
    "new devices",
    createFirstHeard({
      hubFile,
      records: keptOfHub.records,
      known: keptOfHub.presence.map(({ deviceId }) => deviceId),
      onOver: (deviceId) => fleet?.refresh(deviceId),
      time,
      clock,
      log,
    }),
  );
  const index = createFleetIndex({
    registry,
    nameOf: (device) => nameOf(device, descriptions),
    worstOf: alerts.summary.worstOf,
    isNew: firstHeard.isNew,
    nowMs: clock.nowMs,
    onCounts: live.counts,
  });
  fleet = index;
  const { refresh } = index;
  live.counts(index.counts());
  registry.onChange((deviceId: DeviceId, change) => {
    if (change === "appeared") firstHeard.appeared(deviceId);
    if (change === "removed") firstHeard.removed(deviceId);
    if (change === "moved") live.described(deviceId);
    refresh(deviceId);
  });
  descriptions.onChanged(refresh);
  descriptions.onChanged(live.described);
  alerts.engine.onChange((changed) => {
    for (const { deviceId } of changed) if (deviceId !== undefined) refresh(deviceId);
  });
  return index;
}

export interface SparklineParts {
  readonly sparklines: Sparklines;
  readonly sparkLoader: SparkLoader;
}

export interface SparklinesOptions extends PartOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly descriptions: Descriptions;
  readonly alerts: Pick<Alerts, "engine">;
}

const BY_SEVERITY = ["critical", "warning", "info"];

/** They decide again which metric they show whenever another may say most. */
export function openSparklines(options: SparklinesOptions): SparklineParts {
  const { config, clock, log, own, store, registry, descriptions, alerts } = options;
  const { engine } = alerts;
  const { kept, save } = openSparklineFile(config.dataDir);
  const sparklines = createSparklines({
    kept,
    registry,
    nowMs: clock.nowMs,
    heroOf: ({ deviceId, latest }) => {
      const firing = engine.ofDevice(deviceId).filter(isFiring);
      firing.sort((a, b) => BY_SEVERITY.indexOf(a.severity) - BY_SEVERITY.indexOf(b.severity));
      const violated = firing.flatMap(({ metric }) => metric ?? []);
      return heroMetric({ latest, infoOf: (metric) => descriptions.metricInfo(deviceId, metric), violated });
    },
  });
  registry.onChange((deviceId, change) => {
    if (change === "removed") sparklines.removed(deviceId);
  });
  own("sparklines", {
    close: () =>
      save(sparklines.kept()).catch((cause: unknown) => {
        log.warn("the sparklines of devices could not be saved; the next start reads them from the store", { cause });
      }),
  });
  const sparkLoader = own("reading of sparklines", createSparkLoader({ store, sparklines, clock, log }));
  descriptions.onChanged(sparklines.decideAgain);
  engine.onChange((changed) => {
    for (const { deviceId } of changed) if (deviceId !== undefined) sparklines.decideAgain(deviceId);
  });
  return { sparklines, sparkLoader };
}
