/** The composition root: opens every part in order and wires them. Reading it is reading the architecture. */
import { createRegistry } from "../core/devices/registry.ts";
import { createDamageNotes } from "../core/health/damage.ts";
import { createRefusals } from "../core/limits/refusals.ts";
import { StartError } from "../core/model/start-error.ts";
import { StoreError } from "../core/ports/readings-store.ts";
import type { TrustedTime } from "../core/time/trusted-time.ts";
import { type Access, openAccess } from "../platform/access/open-access.ts";
import { createLifecycle, type Lifecycle } from "../platform/lifecycle.ts";
import { createMetrics } from "../platform/metrics.ts";
import { openTlsFiles, type TlsFiles } from "../platform/tls-files.ts";
import type { HubOptions, PartOptions } from "./hub-options.ts";
import { createHubReadiness } from "./hub-readiness.ts";
import { createListeners } from "./listeners.ts";
import { openCommands } from "./open-commands.ts";
import { openIngest } from "./open-ingest.ts";
import { openLiveParts } from "./open-live.ts";
import { openMqtt } from "./open-mqtt.ts";
import { openStorage } from "./open-storage.ts";
import { openTimes } from "./open-times.ts";
import { openUpkeep } from "./open-upkeep.ts";
import { openWeb } from "./open-web.ts";

export interface Hub {
  /** Ports taken. */
  readonly httpPort: number;
  readonly mqttPort: number;
  /** Undefined: there is no certificate. */
  readonly mqttsPort: number | undefined;
  /** Of the link that makes the first account; undefined: there is an account already, or there are no accounts. */
  readonly setupCode: string | undefined;
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
  const refusals = createRefusals({ clock });
  const listeners = createListeners(part);
  const damage = createDamageNotes(log);

  const onRefused = (count: number): void => counters.readings("refused", count);
  const storage = await openStorage({ ...part, onFatal, damage, onRefused, storeLimits });
  const { store } = storage;
  const tls = await openCertificate(part);
  const times = openTimes({ ...part, build, storage, damage });
  const { time, retentionClock } = times;
  const access = await openAccounts(part, time);
  const liveParts = openLiveParts({ ...part, build, counters, refusals, tls, access, listeners });
  const { live } = liveParts;

  const stored = storage.kept.devices;
  const onPresence = live.presence;
  const registry = own("registry", createRegistry({ clock, stored, limits: config, onPresence }));
  const upkeep = openUpkeep({ ...part, store, registry, counters, retentionClock });
  const onStored = upkeep.stored;
  const ingest = openIngest({ ...part, store, registry, counters, refusals, times, live, onStored });
  const { writer } = ingest;
  const mqttParts = { storage, ingest, registry, refusals, counters, time, damage, tls, access, listeners };
  const broker = await openMqtt({ ...part, ...mqttParts });
  access?.onEnded({ signIns: live.end, credential: broker.drop });
  const control = openCommands({ ...part, store, registry, counters, times, access, onStored });
  const { maxOutboxBytes } = config;
  const readinessParts = { storage, damage, times, registry, upkeep, writer, broker, access, tls, maxOutboxBytes };
  const readiness = createHubReadiness(readinessParts);
  const webParts = { build, metrics, refusals, storage, registry, upkeep, tls, access, readiness, broker, liveParts };
  const http = openWeb({ ...part, ...webParts, listeners });
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
    outbox: () => storage.forward?.away()?.waiting,
    logLinesDropped: options.logLinesDropped,
  });

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
  return { httpPort, mqttPort, mqttsPort, setupCode: access?.accounts.setupCode(), close };
}

/** Undefined: the settings name no certificate. */
async function openCertificate({ config, clock, log, own }: PartOptions): Promise<TlsFiles | undefined> {
  const { tlsCert: certFile, tlsKey: keyFile } = config;
  if (certFile === "") return undefined;
  return own("certificate", await openTlsFiles({ certFile, keyFile, hsts: config.hsts === "on", clock, log }));
}

/** Undefined: the settings say that there are no accounts. */
async function openAccounts({ config, clock, log, own }: PartOptions, time: TrustedTime): Promise<Access | undefined> {
  if (config.auth !== "on") return undefined;
  return own("access", await openAccess({ dataDir: config.dataDir, isHub: true, clock, time, log }));
}
