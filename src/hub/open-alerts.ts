/** Opens what watches the readings: rules, silences, and the engine that judges by them. */
import type { RulePreset } from "../contract/answers/alert-answers.ts";
import type { DeviceId } from "../contract/readings.ts";
import type { AlertEngine, RuleBook, SilenceBook } from "../core/alerts/alert-types.ts";
import { type AlertDevices, classOf } from "../core/alerts/engine/alert-devices.ts";
import { createAlertEngine, type OwnAlertEngine } from "../core/alerts/engine/alert-engine.ts";
import { makeDefaultRules } from "../core/alerts/presets/default-rules.ts";
import { presetDevices } from "../core/alerts/presets/preset-devices.ts";
import { presetFits, presetsFor } from "../core/alerts/presets/presets.ts";
import { createRuleBook } from "../core/alerts/rule-book.ts";
import { type AlertSummary, createAlertSummary } from "../core/alerts/shown/alert-summary.ts";
import { createSilenceBook } from "../core/alerts/silence-book.ts";
import { createWouldHaveFired, type WouldHaveFired } from "../core/alerts/trial/would-have-fired.ts";
import { createUnknownDevices, type UnknownDevices } from "../core/alerts/unknown-devices.ts";
import type { Registry } from "../core/devices/registry.ts";
import { createRegularity, type Habit, type Regularity } from "../core/devices/regularity.ts";
import type { Descriptions } from "../core/dialects/descriptions.ts";
import { shareAnswer } from "../core/limits/shared-answer.ts";
import type { Log } from "../core/ports/log.ts";
import { isPassing, type Store, StoreError } from "../core/ports/readings-store.ts";
import type { PresenceBook } from "../core/presence/presence-book.ts";
import type { TrustedTime } from "../core/time/trusted-time.ts";
import type { PartOptions } from "./hub-options.ts";
import { type NotificationParts, type NotificationsOptions, openNotifications } from "./open-notifications.ts";
import type { Storage } from "./open-storage.ts";

export interface AlertsOptions
  extends PartOptions,
    Omit<NotificationsOptions, keyof PartOptions | "storage" | "rules" | "silences" | "engine"> {
  readonly storage: Storage;
  readonly registry: Registry;
  readonly presenceBook: PresenceBook;
  readonly descriptions: Descriptions;
  readonly time: TrustedTime;
  /** Readings can be stored. */
  readonly isWritable: () => boolean;
}

export interface Alerts extends NotificationParts {
  readonly rules: RuleBook;
  readonly silences: SilenceBook;
  readonly engine: AlertEngine;
  /** Which boards are missed when they are silent. */
  readonly regularity: Regularity;
  /** What fits the devices that there are. */
  readonly presets: () => RulePreset[];
  readonly wouldHaveFired: WouldHaveFired;
  readonly unknownDevices: UnknownDevices;
  /** Makes the rules that are on from the start, where that was not done. */
  readonly makeDefaults: () => Promise<void>;
  readonly summary: AlertSummary;
  /** Judges what was stored and perhaps not judged before this start: before anything is received. */
  judgeAgain(): Promise<void>;
  /** Settles when all that came of stored readings is durable; rejects with a StoreError while some of them are not judged yet. */
  judged(): Promise<void>;
}

export function openAlerts(options: AlertsOptions): Alerts {
  const { clock, log, own, storage, registry, presenceBook, descriptions, time, isWritable } = options;
  const { store, hubFile, keptOfHub } = storage;
  const { records: stored } = keptOfHub;
  const rules = createRuleBook({ hubFile, stored, clock, log });
  const radioOf = (deviceId: DeviceId) => descriptions.familyOf(deviceId)?.presence()?.radio;
  const regularity = own(
    "rhythms",
    createRegularity({
      registry,
      radioOf,
      canHear: isWritable,
      records: stored,
      hubFile,
      time,
      clock,
      log,
    }),
  );
  const devices = alertDevicesOf(registry, descriptions, regularity);
  const names = { ofRule: (id: string) => rules.get(id)?.name, ofDevice: devices.nameOf };
  const silences = own("silences", createSilenceBook({ hubFile, stored, names, clock, log }));
  const parts = openNotifications({ ...options, rules, silences, engine: () => engine });
  const engine: OwnAlertEngine = own(
    "alerts",
    createAlertEngine({
      hubFile,
      stored,
      rules,
      silences,
      devices,
      notifications: parts.notifications.sink,
      isWritable,
      readings: store.readings,
      lastRun: keptOfHub.lastRun,
      clock,
      log,
    }),
  );
  descriptions.onChanged(engine.descriptionChanged);
  const fits = shareAnswer({
    clock,
    forMs: FITS_FOR_MS,
    make: () => presetFits(presetDevices({ registry, descriptions, regularity })),
  });
  return {
    rules,
    silences,
    engine,
    ...parts,
    summary: createAlertSummary(engine),
    regularity,
    presets: () => presetsFor(fits(), rules.list()),
    wouldHaveFired: createWouldHaveFired({ store, presenceBook, devices: { ...devices, radioOf }, classOf }),
    ...createJudging(engine, storage, registry, log),
    unknownDevices: createUnknownDevices({ registry, boardIds: () => boardIdsOf(options.access) }),
    makeDefaults: () => makeDefaultRules({ rules, records: stored, hubFile, log }),
  };
}

const boardIdsOf = (access: AlertsOptions["access"]): string[] =>
  access?.credentials.boards().map(({ deviceId }) => deviceId) ?? [];

/** Where MongoDB is away at the start, it judges what waits; what MongoDB has is judged when it is reached, before it gets what waits. */
function createJudging(
  engine: OwnAlertEngine,
  { store, forward, isKeptKnown, beforeSending }: Storage,
  registry: Pick<Registry, "markDirty">,
  log: Log,
): Pick<Alerts, "judgeAgain" | "judged"> {
  /** Where the state of one device is saved, the next start takes all of them for saved. */
  const unsaved: Store["unsaved"] = (take) =>
    store.unsaved((readings) => {
      registry.markDirty(readings);
      return take(readings);
    });
  let done: "nothing" | "what waits" | "all" = "nothing";
  beforeSending(async () => {
    if (done === "nothing") throw new StoreError("what is stored is being judged by the alert rules", true);
    if (done === "all" || forward === undefined) return;
    await engine.judgeReached({ unsaved: forward.unsavedIn("store"), judged: forward.unsavedIn("outbox") });
    done = "all";
  });

  async function judgeAgain(): Promise<void> {
    const isAll =
      isKeptKnown &&
      (await engine.judgeAgain(unsaved, true).then(
        () => true,
        (cause: unknown) => {
          if (!isPassing(cause)) throw cause;
          log.error("what was stored before this start could not be judged by the alert rules", { cause });
          return false;
        },
      ));
    if (!isAll && forward !== undefined) await engine.judgeAgain(forward.unsavedIn("outbox"), false);
    done = isAll ? "all" : "what waits";
  }

  async function judged(): Promise<void> {
    if (done !== "all") throw new StoreError("some readings are not judged by the alert rules yet", true);
    await engine.settled();
  }

  return { judgeAgain, judged };
}

/** To look through ten thousand devices takes some tenths of a second of the thread that answers boards. */
const FITS_FOR_MS = 1_000;

const UNKNOWN: Habit = { leastMs: 0, isRegular: false };

function alertDevicesOf(
  registry: Registry,
  { nameOf, metricInfo }: Descriptions,
  regularity: Pick<Regularity, "of">,
): AlertDevices {
  return {
    ids: function* (): Generator<DeviceId> {
      for (const { deviceId } of registry.list()) yield deviceId;
    },
    nameOf: (deviceId) => registry.get(deviceId)?.name ?? nameOf(deviceId),
    metricInfo,
    metricsOf: (deviceId) => registry.get(deviceId)?.metrics ?? [],
    latestOf: (deviceId, metric) => registry.get(deviceId)?.latest.get(metric),
    silenceOf: registry.silenceOf,
    habitOf: (deviceId) => {
      const device = registry.get(deviceId);
      return device === undefined ? UNKNOWN : regularity.of(device);
    },
  };
}
