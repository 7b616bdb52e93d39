/** The composition root: opens every part in order and wires them. Reading it is reading the architecture. */
import type { DeviceId } from "../contract/readings.ts";
import { createHardwareBook, type HardwareBook } from "../core/hardware/hardware-book.ts";
import { createDamageNotes } from "../core/health/damage.ts";
import { createRefusals } from "../core/limits/refusals.ts";
import { createMessageWatch } from "../core/messages/message-watch.ts";
import { StartError } from "../core/model/start-error.ts";
import { StoreError } from "../core/ports/readings-store.ts";
import type { TrustedTime } from "../core/time/trusted-time.ts";
import { announceSparkplugHost } from "../dialects/sparkplug/sparkplug-host.ts";
import { type Access, openAccess } from "../platform/access/open-access.ts";
import { createLifecycle, type Lifecycle } from "../platform/lifecycle.ts";
import { createMetrics } from "../platform/metrics.ts";
import { createSimulatorLogin } from "../platform/simulation/simulator-login.ts";
import { openTlsFiles, type TlsFiles } from "../platform/tls-files.ts";
import type { HubOptions, PartOptions } from "./hub-options.ts";
import { createHubReadiness } from "./hub-readiness.ts";
import { createLearnRetained } from "./learn-retained.ts";
import { createListeners } from "./listeners.ts";
import { openAlerts } from "./open-alerts.ts";
import { openCommands } from "./open-commands.ts";
import { openDevices, openFleet, openSparklines } from "./open-devices.ts";
import { openDialects, topicHoldersIn } from "./open-dialects.ts";
import { openHubRecords } from "./open-hub-records.ts";
import { openBackupRecord, openHubWatch } from "./open-hub-watch.ts";
import { openIngest } from "./open-ingest.ts";
import { openLiveParts } from "./open-live.ts";
import { openMqtt } from "./open-mqtt.ts";
import { openStorage } from "./open-storage.ts";
import { openTimes } from "./open-times.ts";
import { openUpkeep } from "./open-upkeep.ts";
import { openWeb } from "./open-web.ts";
import { showAlerts } from "./show-alerts.ts";

export interface Hub {
  /** Ports taken. */
  readonly httpPort: number;
  readonly mqttPort: number;
  /** Undefined: there is no certificate. */
  readonly mqttsPort: number | undefined;
  /** Of the link that makes the first account; undefined: there is an account already, or there are no accounts. */
  readonly setupCode: string | undefined;
  /** There is no account yet, and callers on this computer are let in until there is. */
  readonly isUnclaimed: boolean;
  /** The second call waits for the first. */
  close(): Promise<void>;
}

/** Rejects with a StartError; what was opened before it is closed again. */
export async function openHub(options: HubOptions): Promise<Hub> {
  const lifecycle = createLifecycle(options.log);
  try {
    return await openParts(options, lifecycle);
  } catch (error) {
    await lifecycle.close();
    // A store that was opened and then cannot be read.
    throw error instanceof StoreError ? new StartError(error.message, 1, error) : error;
  }
}

async function openParts(options: HubOptions, { own, close }: Lifecycle): Promise<Hub> {
  const { config, clock, log, build, onFatal, storeLimits = {} } = options;
  const part: PartOptions = { config, clock, log, own };
  const metrics = own("metrics", createMetrics());
  const { counters } = metrics;
  const credentialName = (owner: string): string | undefined => access?.credentials.nameOf(owner);
  const refusals = createRefusals({ clock, credentialName });
  const messages = createMessageWatch({ clock, credentialName, dialectOf: (topic) => dialects.claimedBy(topic) });
  const listeners = createListeners(part);
  const damage = createDamageNotes(log);

  const onRefused = (count: number): void => counters.readings("refused", count);
  const storage = await openStorage({ ...part, onFatal, damage, onRefused, storeLimits });
  const { store, hubFile } = storage;
  const hardware = createHardwareBook({ hubFile, stored: storage.keptOfHub.records, log });
  const tls = await openCertificate(part);
  const times = openTimes({ ...part, build, storage, damage });
  const { time, retentionClock } = times;
  const access = await openAccounts(part, time, hardware);
  const liveParts = openLiveParts({ ...part, build, counters, refusals, messages, tls, access, listeners });
  const { live } = liveParts;

  const hubRecords = openHubRecords({ ...part, storage, retentionClock });
  const { dialects, descriptions, learned, mappingParts } = openDialects({ clock, log, storage, hardware });
  access?.credentials.reserve(() => topicHoldersIn(dialects));
  const onPresence = (deviceId: DeviceId): void => alerts.engine.presenceChanged(deviceId);
  const deviceParts = { storage, live, descriptions, counters, onPresence, hardware };
  const { registry, presenceBook, derivedParts } = openDevices({ ...part, ...deviceParts });
  const isWritable = (): boolean => writer.problem() === undefined;
  const inHouse = { storage, registry, presenceBook, descriptions, time, isWritable };
  const alerts = openAlerts({ ...part, ...inHouse, dialects, live, listeners, access });
  const fleet = openFleet({ ...part, storage, registry, descriptions, alerts, live, time });
  const { sparklines, sparkLoader } = openSparklines({ ...part, store, registry, descriptions, alerts });
  const upkeep = openUpkeep({ ...part, storage, derivedParts, registry, counters, retentionClock, alerts });
  const onStored = upkeep.stored;
  const ingest = openIngest({
    ...part,
    store,
    registry,
    derivation: derivedParts.derivation,
    counters,
    refusals,
    times,
    live,
    onStored,
    hubFile,
    dialects,
    learned,
    unmapped: mappingParts.unmapped,
    alerts,
    sparklines,
    hardware,
  });
  const { writer } = ingest;
  // Not before: while this waits for the disk, the sweep of alerts asks whether the writer can write.
  await alerts.makeDefaults();
  const simulatorLogin = createSimulatorLogin(access?.credentials);
  const mqttParts = {
    simulatorLogin,
    storage,
    ingest,
    registry,
    presenceBook,
    refusals,
    traces: messages,
    counters,
    time,
    damage,
    tls,
    access,
    listeners,
    learnRetained: createLearnRetained({ clock, log, learned, hubFile, access }),
  };
  await alerts.judgeAgain();
  void upkeep.stateSaver.saveNow();
  // What a start judges again was received when the rule was there. Before this one has judged, nothing can be saved.
  alerts.rules.onChange(() => void upkeep.stateSaver.saveNow());
  const broker = await openMqtt({ ...part, ...mqttParts });
  ingest.sendThrough(broker.publish);
  const { sparkplugHost: hostId } = config;
  own("sparkplug host", announceSparkplugHost({ hostId, clock, publish: broker.publish }));
  showAlerts({ ...part, alerts, live, broker, storage });
  access?.onEnded({ signIns: live.end, credential: broker.drop });
  const backups = openBackupRecord(part, storage, times);
  const onBackup = backups.done;
  const commandParts = {
    store,
    hubFile,
    registry,
    counters,
    times,
    access,
    mappingParts,
    derivedParts: { ...derivedParts, backfill: upkeep.backfill },
    descriptions,
    alerts,
    sparklines,
    onStored,
    onBackup,
    hardware,
  };
  const control = openCommands({ ...part, ...commandParts });
  openHubWatch({ ...part, storage, hubRecords, times, upkeep, writer, tls, alerts, backups });
  const { maxOutboxBytes } = config;
  const storageParts = { storage, hubRecords, damage, maxOutboxBytes };
  const readinessParts = { ...storageParts, times, registry, upkeep, writer, broker, access, tls };
  const readiness = createHubReadiness(readinessParts);
  alerts.startNotifying(broker.publish, () => readiness().ready);
  const webParts = {
    build,
    metrics,
    descriptions,
    alerts,
    fleet,
    sparklines,
    sparkLoader,
    mappingParts,
    derivedParts,
    refusals,
    storage,
    registry,
    presenceBook,
    upkeep,
    tls,
    access,
    readiness,
    broker,
    liveParts,
    backups,
    given: options.given,
    simulatorLogin,
    hardware,
    time,
  };
  const { http, simulation } = openWeb({ ...part, ...webParts, listeners });
  metrics.watch({
    waitingBytes: ingest.byteBudget.used,
    mqttClients: broker.clients,
    mqttSessions: broker.sessions,
    retainedMessages: broker.retained,
    queuedBytes: broker.queuedBytes,
    browsers: live.clients,
    liveSessions: live.sessions,
    devices: () => registry.list().length,
    refusals: refusals.countsByAnswer,
    space: upkeep.diskWatch.space,
    hubFileBytes: hubRecords.usedBytes,
    outbox: () => storage.forward?.away()?.waiting,
    alerts: alerts.summary.counts,
    alertRules: () => alerts.rules.list().length,
    notifications: alerts.notifications.counts,
    logLinesDropped: options.logLinesDropped,
  });

  // Connections that the hub closes make no device offline.
  own("changes of presence", { close: presenceBook.close });
  // What was accepted is stored before the connections are closed, so that its acknowledgements still go out.
  own("acceptance", {
    close: () => {
      broker.stopTaking();
      return writer.drain();
    },
  });
  const mqttPort = await listeners.listen(broker.server, "mqtt");
  const mqttsPort = broker.tlsServer && (await listeners.listen(broker.tlsServer, "mqtts"));
  const httpPort = await listeners.listen(http.server, "http");
  await listeners.listenToCommands(control.server);
  await simulation.resume();
  const setupCode = access?.accounts.setupCode();
  return { httpPort, mqttPort, mqttsPort, setupCode, isUnclaimed: access?.unclaimed.isOpen() ?? false, close };
}

/** Undefined: the settings name no certificate. */
async function openCertificate({ config, clock, log, own }: PartOptions): Promise<TlsFiles | undefined> {
  const { tlsCert: certFile, tlsKey: keyFile } = config;
  if (certFile === "") return undefined;
  return own("certificate", await openTlsFiles({ certFile, keyFile, hsts: config.hsts === "on", clock, log }));
}

/** Undefined: the settings say that there are no accounts. */
async function openAccounts(
  { config, clock, log, own }: PartOptions,
  time: TrustedTime,
  { isRevoked }: HardwareBook,
): Promise<Access | undefined> {
  if (config.auth !== "on") return undefined;
  const { dataDir, unclaimed } = config;
  return own(
    "access",
    await openAccess({ dataDir, isHub: true, isUnclaimedOpen: unclaimed === "loopback", clock, time, log, isRevoked }),
  );
}
