/** Opens HTTP: REST, the dashboard, and upgrades to Socket.IO and MQTT. */
import path from "node:path";
import type { Broker } from "../broker/broker.ts";
import { isLoopback } from "../config/read-config.ts";
import { LIMIT_MAXIMA, limitsOf } from "../config/settings.ts";
import { type GivenSettings, shownSettings } from "../config/shown-settings.ts";
import type { ListenAddress, SettingsAnswer } from "../contract/answers/settings-answer.ts";
import { SIMULATED_BOARDS, SIMULATED_PREFIX } from "../contract/answers/simulation.ts";
import type { DeviceId } from "../contract/readings.ts";
import { createGatekeeper } from "../core/access/gatekeeper.ts";
import { topicsOfId } from "../core/access/topics-of.ts";
import type { BackupRecord } from "../core/alerts/hub/backup-record.ts";
import { createBoardReplacement } from "../core/devices/board-replacement.ts";
import { createDeviceChanges } from "../core/devices/device-changes.ts";
import { createDeviceDeletion, type DeviceDeletion } from "../core/devices/device-deletion.ts";
import type { Registry } from "../core/devices/registry.ts";
import type { Descriptions } from "../core/dialects/descriptions.ts";
import type { FleetIndex } from "../core/fleet/fleet-index.ts";
import type { HardwareBook } from "../core/hardware/hardware-book.ts";
import { createErasure } from "../core/history/erasure.ts";
import type { Refusals } from "../core/limits/refusals.ts";
import { shareAnswer } from "../core/limits/shared-answer.ts";
import type { TlsSource } from "../core/ports/tls.ts";
import type { PresenceBook } from "../core/presence/presence-book.ts";
import { createSimulation, type Simulation } from "../core/simulation/simulation.ts";
import type { SparkLoader } from "../core/sparklines/spark-loader.ts";
import type { Sparklines } from "../core/sparklines/sparklines.ts";
import type { TrustedTime } from "../core/time/trusted-time.ts";
import { createViewBook } from "../core/views/view-book.ts";
import { type Http, type HttpOptions, openHttp } from "../http/http-server.ts";
import type { Access } from "../platform/access/open-access.ts";
import type { Build } from "../platform/build.ts";
import type { Metrics } from "../platform/metrics.ts";
import { addressesOf, hostInUrl, watchOwnNames } from "../platform/own-hosts.ts";
import { launchSimulator } from "../platform/simulation/launch-simulator.ts";
import type { SimulatorLogin } from "../platform/simulation/simulator-login.ts";
import type { PartOptions } from "./hub-options.ts";
import type { Listeners } from "./listeners.ts";
import type { Alerts } from "./open-alerts.ts";
import type { DerivedParts } from "./open-devices.ts";
import type { MappingParts } from "./open-dialects.ts";
import type { LiveParts } from "./open-live.ts";
import type { Storage } from "./open-storage.ts";
import type { UpkeepParts } from "./open-upkeep.ts";

/** To make all of `/metrics` takes some milliseconds of the thread that answers boards. */
const METRICS_FOR_MS = 1_000;

export interface WebOptions extends PartOptions {
  readonly build: Build;
  readonly metrics: Metrics;
  readonly refusals: Refusals;
  readonly storage: Storage;
  readonly registry: Registry;
  readonly presenceBook: PresenceBook;
  readonly descriptions: Descriptions;
  readonly mappingParts: MappingParts;
  readonly alerts: Alerts;
  readonly fleet: FleetIndex;
  readonly sparklines: Sparklines;
  readonly sparkLoader: SparkLoader;
  readonly derivedParts: DerivedParts;
  readonly upkeep: UpkeepParts;
  /** Undefined: there is no certificate. */
  readonly tls: TlsSource | undefined;
  /** Undefined: there are no accounts. */
  readonly access: Access | undefined;
  readonly readiness: HttpOptions["readiness"];
  readonly broker: Broker;
  readonly simulatorLogin: SimulatorLogin;
  readonly liveParts: LiveParts;
  readonly listeners: Pick<Listeners, "portOf">;
  readonly backups: Pick<BackupRecord, "lastMs">;
  readonly given: GivenSettings;
  readonly hardware: HardwareBook;
  readonly time: TrustedTime;
}

export function openWeb(options: WebOptions): { readonly http: Http; readonly simulation: Simulation } {
  const { config, clock, log, own, build, metrics, refusals, storage, registry, upkeep, tls, access } = options;
  const { readiness, broker, listeners, descriptions, sparklines, hardware, time } = options;
  const { live, callers, forwarding, requests } = options.liveParts;
  const { store, forward, hubFile } = storage;
  const alerts = options.alerts.engine;
  const { pushKey, pushSubscriptions } = options.alerts.adapters;
  const { deleteMessages: deleteTopics } = broker;
  const { remove: onRemoved } = options.derivedParts.derivation;
  const deletion = own(
    "deletion of devices",
    createDeviceDeletion({ registry, descriptions, alerts, onRemoved, store, hubFile, deleteTopics, clock, log }),
  );
  const credentials = access?.boards;
  const replacementParts = { book: hardware, registry, alerts, descriptions, credentials, time, clock, log };
  const replacement = own("replacement of boards", createBoardReplacement(replacementParts));
  const simulation = own("simulated boards", openSimulation(options, deletion));
  const http = own(
    "http",
    openHttp({
      registry,
      presenceBook: options.presenceBook,
      descriptions,
      ...options.mappingParts,
      rulePresets: options.alerts.presets,
      wouldHaveFired: options.alerts.wouldHaveFired,
      rules: options.alerts.rules,
      silences: options.alerts.silences,
      unknownDevices: options.alerts.unknownDevices,
      alerts,
      alertSummary: options.alerts.summary,
      fleet: options.fleet,
      sparklines,
      sparkLoader: options.sparkLoader,
      channels: options.alerts.channels,
      notifications: options.alerts.notifications,
      push: { key: pushKey, add: pushSubscriptions.add, remove: pushSubscriptions.remove },
      hubFile,
      views: createViewBook({ hubFile, stored: storage.keptOfHub.records, clock, log }),
      ...options.derivedParts,
      backfill: upkeep.backfill,
      store,
      forward,
      acknowledgeLinks: options.alerts.notifications.links,
      deviceChanges: createDeviceChanges({ registry, store, descriptions, hubFile, onChanged: live.described }),
      deleteDevice: deletion.run,
      hardware,
      replacement,
      simulation,
      erase: createErasure({ store, registry, saveState: upkeep.stateSaver.saveNow, onErased: sparklines.erased }),
      clock,
      log,
      refusals,
      connected: broker.connected,
      retained: broker.retainedMessages,
      startedAtMs: clock.nowMs(),
      limits: limitsOf(config),
      maxima: LIMIT_MAXIMA,
      connectionLimits: config,
      requests,
      readiness,
      metrics: shareAnswer({ clock, forMs: METRICS_FOR_MS, make: metrics.text }),
      accounts: access?.accounts,
      tablets: access?.tablets,
      credentials: access?.credentials,
      pairing: access?.pairing,
      callers,
      forwarding,
      auth: config.auth,
      tls,
      hsts: config.hsts === "on",
      version: build.version,
      mqttPort: () => listeners.portOf("mqtt"),
      settings: settingsOf(options),
      addresses: () => listenAddresses(config, listeners),
      connectedBrowsers: live.clients,
      gatekeeper: createGatekeeper({
        ownNames: watchOwnNames([config.httpHost, ...config.hostNames, ...hostIn(config.publicUrl)], clock),
        origins: config.corsOrigins,
      }),
      publicDir: path.join(import.meta.dirname, "..", "..", "public"),
      onMqttUpgrade: broker.upgrade,
      socketIo: live,
    }),
  );
  access?.onEnded({ signIns: http.end, credential: () => undefined });
  // Before the boards are: those that were silent for long would be seen to go offline.
  own("browsers", { close: live.close });
  return { http, simulation };
}

/** What `GET /api/settings` answers. */
function settingsOf({ config, clock, build, given, listeners, upkeep, backups }: WebOptions): () => SettingsAnswer {
  const settings = shownSettings(given);
  const startedAt = new Date(clock.nowMs()).toISOString();
  return () => {
    const space = upkeep.diskWatch.space();
    const growth = upkeep.growth.now();
    const lastBackupMs = backups.lastMs();
    return {
      version: build.version,
      startedAt,
      settings,
      addresses: listenAddresses(config, listeners),
      store: config.mongodbUrl === "" ? "embedded" : "mongodb",
      ...(space !== undefined && {
        space: {
          usedBytes: space.usedBytes - space.reusableBytes,
          diskFreeBytes: space.diskFreeBytes,
          diskBytes: space.diskBytes,
        },
      }),
      ...(growth !== undefined && { growth }),
      ...(lastBackupMs !== undefined && { lastBackupAt: new Date(lastBackupMs).toISOString() }),
    };
  };
}

function listenAddresses(config: PartOptions["config"], { portOf }: WebOptions["listeners"]): ListenAddress[] {
  const secure = config.tlsCert === "" ? "" : "s";
  const at = (wire: ListenAddress["wire"], scheme: string, hostOf: string, port: number, path = ""): ListenAddress[] =>
    addressesOf(hostOf).map((host) => ({
      wire,
      url: `${scheme}://${hostInUrl(host)}:${port}${path}`,
      reach: isLoopback(host) ? "machine" : "network",
    }));
  return [
    ...at("http", `http${secure}`, config.httpHost, portOf("http")),
    ...at("mqtt", "mqtt", config.mqttHost, portOf("mqtt")),
    ...(secure === "" ? [] : at("mqtts", "mqtts", config.mqttHost, portOf("mqtts"))),
    ...at("mqttOverWebSocket", `ws${secure}`, config.httpHost, portOf("http"), "/mqtt"),
  ];
}

function openSimulation(
  { config, clock, log, storage, registry, broker, listeners, simulatorLogin }: WebOptions,
  { run }: DeviceDeletion,
): Simulation {
  const launch = () =>
    launchSimulator(
      {
        host: hostToReach(config.mqttHost),
        port: listeners.portOf("mqtt"),
        devices: SIMULATED_BOARDS,
        prefix: SIMULATED_PREFIX,
        login: simulatorLogin.make(),
        utcOffsetMinutes: -new Date(clock.nowMs()).getTimezoneOffset(),
      },
      clock,
    );
  const endLogin = (): void => broker.drop(simulatorLogin.revoke());
  const deleteDevice = (deviceId: DeviceId): Promise<void> => run(deviceId, topicsOfId(deviceId));
  const { hubFile, keptOfHub } = storage;
  const { records } = keptOfHub;
  return createSimulation({ registry, hubFile, records, launch, endLogin, deleteDevice, clock, log });
}

/** Where a program of this machine finds what listens there. */
const hostToReach = (host: string): string => (host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host);

/** Of an origin; none where there is none. */
const hostIn = (origin: string): string[] => (origin === "" ? [] : [new URL(origin).hostname.replace(/^\[|\]$/g, "")]);
