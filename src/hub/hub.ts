/** The composition root: opens every part in order and wires them. Reading it is reading the architecture. */

import type { Server as NetServer } from "node:net";
import path from "node:path";
import { openBroker } from "../broker/broker.ts";
import type { Config } from "../config/settings.ts";
import { limitsOf, SETTINGS } from "../config/settings.ts";
import { CONTROL_SOCKET } from "../contract/control.ts";
import { identifyAnybody } from "../core/access/credentials.ts";
import { createGatekeeper } from "../core/access/gatekeeper.ts";
import { createRegistry, type PresenceChange } from "../core/devices/registry.ts";
import { createStateSaver } from "../core/devices/state-saver.ts";
import { createDamageNotes, damageProblem } from "../core/health/damage.ts";
import { createDiskWatch } from "../core/health/disk-watch.ts";
import { createReadiness } from "../core/health/readiness.ts";
import { createSizeBound } from "../core/health/size-bound.ts";
import { createErasure } from "../core/history/erasure.ts";
import { createRawHorizon } from "../core/history/raw-horizon.ts";
import { createRetentionClock } from "../core/history/retention-clock.ts";
import { createUpkeep } from "../core/history/upkeep.ts";
import { createAfterCommit } from "../core/ingest/after-commit.ts";
import { createRoom } from "../core/ingest/byte-budget.ts";
import { createDating } from "../core/ingest/dating.ts";
import { createIntake } from "../core/ingest/intake.ts";
import { createWriter } from "../core/ingest/writer.ts";
import { createRefusals } from "../core/limits/refusals.ts";
import { createRequestBudget } from "../core/limits/request-budget.ts";
import { shareAnswer } from "../core/limits/shared-answer.ts";
import type { LiveReading } from "../core/model/live-reading.ts";
import { StartError } from "../core/model/start-error.ts";
import { awayProblem, degradation } from "../core/outbox/store-and-forward.ts";
import type { Journal } from "../core/ports/broker-state.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Log } from "../core/ports/log.ts";
import { StoreError } from "../core/ports/readings-store.ts";
import type { StoredDevice } from "../core/ports/stored-device.ts";
import { createClockSanity } from "../core/time/clock-sanity.ts";
import { newestBefore, newestHeardMs } from "../core/time/newest-before.ts";
import { createTrustedTime } from "../core/time/trusted-time.ts";
import { createImporter } from "../core/transfer/importer.ts";
import { createRebuilder } from "../core/transfer/rebuilder.ts";
import { readNative } from "../dialects/native.ts";
import { openControl } from "../http/control-server.ts";
import { openHttp } from "../http/http-server.ts";
import { createCallers } from "../http/requests/callers.ts";
import { createForwarding } from "../http/requests/forwarding.ts";
import { type Live, openLive } from "../live/live.ts";
import { readAccessFiles } from "../platform/access/access-file.ts";
import { openAccess, quarantineOf } from "../platform/access/open-access.ts";
import type { Build } from "../platform/build.ts";
import { diskWritten } from "../platform/disk-written.ts";
import { createLifecycle } from "../platform/lifecycle.ts";
import { listen } from "../platform/listen.ts";
import { listenLocally } from "../platform/local-socket.ts";
import { createMetrics } from "../platform/metrics.ts";
import { createOpenSockets } from "../platform/open-sockets.ts";
import { watchOwnNames } from "../platform/own-hosts.ts";
import { openTimeFile } from "../platform/time-file.ts";
import { openTlsFiles } from "../platform/tls-files.ts";
import { openStore } from "../store/open-store.ts";

/** All of `/metrics` takes some milliseconds of the thread that answers boards. */
const METRICS_FOR_MS = 1_000;

export interface HubOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  /** Lines of the log that could not be written. */
  readonly logLinesDropped: () => number;
  readonly build: Build;
  /** The hub cannot do its job any more and should be started anew. */
  readonly onFatal: (cause: Error) => void;
  /** For tests: a full disk and a slow one. */
  readonly storeLimits?: { readonly maxPages?: number; readonly commitDelayMs?: number };
}

export interface Hub {
  /** Ports taken. */
  readonly httpPort: number;
  readonly mqttPort: number;
  /** Undefined: there is no certificate. */
  readonly mqttsPort: number | undefined;
  /** Of the link that makes the first account; undefined: there is one, or there are none. */
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

async function openParts(options: HubOptions, { own, close }: ReturnType<typeof createLifecycle>): Promise<Hub> {
  const { config, clock, log, build, onFatal, storeLimits = {} } = options;
  const metrics = own("metrics", createMetrics());
  const { counters } = metrics;
  const refusals = createRefusals({ clock });
  const openSockets = own("open sockets", createOpenSockets({ log }));
  const damage = createDamageNotes(log);

  // Who is connected comes last: before them there is nobody to send readings to, or to let go.
  let live: Live | undefined;
  let dropOwner: ((owner: string) => void) | undefined;
  // What MongoDB keeps and could not tell of at the start: told once the parts that take it in are there.
  const taken = { httpPort: 0, mqttPort: 0 };
  let takeIn: ((kept: { devices: readonly StoredDevice[]; journal: Journal }) => void) | undefined;
  const opened = await openStore({
    config,
    clock,
    log,
    onDead: onFatal,
    onReached: (kept) => takeIn?.(kept),
    onRefused: (count) => counters.readings("refused", count),
    damage,
    limits: storeLimits,
  });
  const { forward } = opened;
  const store = own("store", opened.store);
  const tls =
    config.tlsCert === ""
      ? undefined
      : own(
          "certificate",
          await openTlsFiles({
            certFile: config.tlsCert,
            keyFile: config.tlsKey,
            hsts: config.hsts === "on",
            clock,
            log,
          }),
        );
  const stored = await store.load();
  const newestMs = newestHeardMs(stored);
  const clockSanity = own("clock sanity", createClockSanity({ clock, builtAtMs: build.builtAtMs, newestMs }));
  const journal = await store.loadJournal();
  const { record, save } = openTimeFile({ dataDir: config.dataDir, onDamage: damage.note });
  const time = own(
    "time",
    createTrustedTime({
      ...{ clock, clockSanity, log, record, save, builtAtMs: build.builtAtMs },
      newestMs: Math.max(newestMs, newestAbsence(journal, clock.nowMs())),
    }),
  );
  const access =
    config.auth === "on"
      ? own(
          "access",
          await openAccess({
            dataDir: config.dataDir,
            isHub: true,
            clock,
            time,
            log,
            onSignInsEnded: (keys) => live?.end(keys),
            onCredentialEnded: (owner) => dropOwner?.(owner),
          }),
        )
      : undefined;
  const retentionClock = own(
    "retention clock",
    createRetentionClock({
      clock,
      clockSanity,
      log,
      newestMs,
      newestBefore: (beforeMs) => newestBefore(store, stored, beforeMs),
    }),
  );
  const diskWatch = own("disk watch", createDiskWatch({ store, clock, log }));
  const { rawDays, hourDays, dayDays, maxStoreBytes: maxBytes } = config;
  const retention = { rawDays, hourDays, dayDays, maxBytes };

  const onPresence = (change: PresenceChange): void => live?.presence(change);
  const publish = (readings: readonly LiveReading[]): void => live?.readings(readings);
  const hasAudience = (): boolean => live !== undefined && live.clients() > 0;

  const registry = own("registry", createRegistry({ clock, stored, limits: config, onPresence }));
  const stateSaver = own("state saver", createStateSaver({ store, registry, clock, log }));
  const sizeBound = createSizeBound({ clock, log, retention });
  const upkeep = own(
    "upkeep",
    createUpkeep({
      store,
      clock,
      log,
      retention,
      mayForget: retentionClock.mayForget,
      onStep: (step, request) => {
        sizeBound.noteStep(step, request);
        counters.upkeep(step);
      },
    }),
  );
  const onStored = (readings: number): void => {
    stateSaver.stored(readings);
    upkeep.stored(readings);
  };
  const afterCommit = createAfterCommit({ registry, clockSanity, counters, publish, hasAudience, onStored });
  const room = createRoom({ maxBytes: config.maxWaitingBytes });
  const { commitIntervalMs } = config;
  const writer = own(
    "writer",
    createWriter({ store, clock, log, counters, onCommitted: afterCommit, commitIntervalMs, room }),
  );
  own("accepted messages", { close: () => writer.drain() });
  const dating = createDating({ clockSanity, registry, rawDays, mayForget: retentionClock.mayForget });
  const intake = createIntake({ dialect: readNative, writer, registry, refusals, counters, clock, dating });

  const onConnectionClosed = registry.connectionClosed;
  const broker = own(
    "broker",
    await openBroker({
      intake,
      writer,
      room,
      kept: journal,
      isKeptKnown: forward?.isLoaded() ?? true,
      refusals,
      counters,
      clock,
      time,
      log,
      limits: config,
      tls,
      authenticate: access?.credentials.identify ?? identifyAnybody,
      identityOf: access?.credentials.identityOf,
      onDamage: damage.note,
      quarantine: access && quarantineOf(access),
      onConnectionClosed,
      httpLocation: () => ({ scheme: tls === undefined ? "http" : "https", port: taken.httpPort }),
    }),
  );

  dropOwner = broker.drop;
  takeIn = ({ devices, journal }) => {
    registry.adopt(devices);
    broker.adopt(journal);
  };

  const readiness = createReadiness({
    degraded: () => forward && degradation(forward.away()),
    problems: [
      ["store", () => (forward === undefined ? diskWatch.filesProblem() : undefined) ?? writer.problem()],
      ["broker", () => (broker.server.listening ? undefined : "The MQTT broker does not listen")],
      ["clock", clockSanity.problem],
    ],
    warnings: [
      ["mongodb", () => forward && awayProblem(forward.away(), config.maxOutboxBytes)],
      ["certificate", () => tls?.problem()],
      ["accounts", () => access?.problem()],
      ["outbox", () => forward && diskWatch.filesProblem()],
      ["disk", diskWatch.problem],
      ["store", sizeBound.problem],
      ["history", () => damageProblem(registry, store)],
      ["stored data", damage.problem],
      ["retention", retentionClock.problem],
      ["time", time.problem],
    ],
  });
  const forwarding = createForwarding(config.trustedProxies);
  const callers = createCallers({
    accounts: access?.accounts,
    port: () => taken.httpPort,
    isSecure: (request) => tls !== undefined || forwarding.isSecure(request),
  });
  const requests = createRequestBudget({ clock, refusals, perMinute: config.maxRequestsPerMinute });
  const erase = createErasure({ store, registry, saveState: stateSaver.saveNow });
  const http = own(
    "http",
    openHttp({
      registry,
      store,
      forward,
      erase,
      clock,
      log,
      refusals,
      limits: limitsOf(config),
      connectionLimits: config,
      requests,
      readiness,
      metrics: shareAnswer({ clock, forMs: METRICS_FOR_MS, make: metrics.text }),
      accounts: access?.accounts,
      credentials: access?.credentials,
      pairing: access?.pairing,
      callers,
      forwarding,
      auth: config.auth,
      tls,
      hsts: config.hsts === "on",
      mqttPort: () => taken.mqttPort,
      connectedBrowsers: () => live?.clients() ?? 0,
      gatekeeper: createGatekeeper({
        ownNames: watchOwnNames([config.httpHost, ...config.hostNames], clock),
        origins: config.corsOrigins,
      }),
      publicDir: path.join(import.meta.dirname, "..", "..", "public"),
      onMqttUpgrade: broker.upgrade,
      forgetTopics: broker.forgetDevice,
      socketIo: () => live,
    }),
  );
  const { isSane: isClockSane } = clockSanity;
  const rawHorizon = createRawHorizon({ registry, rawDays, mayForget: retentionClock.mayForget });
  const control = own(
    "control",
    openControl({
      registry,
      store,
      clock,
      log,
      importer: createImporter({ store, registry, clock, isClockSane, rawHorizon, counters, onStored }),
      rebuilder: createRebuilder({ store, registry }),
      written: diskWritten,
      secretFiles: () => readAccessFiles(config.dataDir),
      accounts: access?.accounts,
      credentials: access?.credentials,
      pairing: access?.pairing,
    }),
  );
  live = own(
    "live",
    openLive({
      callerOf: callers.of,
      addressOf: forwarding.addressOf,
      limits: config,
      requests,
      refusals,
      clock,
      counters,
      log,
      build: build.id,
    }),
  );
  refusals.onRefusal(live.rejected);
  metrics.watch({
    waitingBytes: room.used,
    mqttClients: broker.clients,
    mqttSessions: broker.sessions,
    retainedMessages: broker.retained,
    queuedBytes: broker.queuedBytes,
    browsers: live.clients,
    liveSessions: live.sessions,
    devices: () => registry.list().length,
    refusals: refusals.countsByAnswer,
    space: diskWatch.space,
    outbox: () => forward?.away()?.waiting,
    logLinesDropped: options.logLinesDropped,
  });

  // What is accepted is finished before the connections are closed: acknowledgements still go out.
  own("acceptance", {
    close: () => {
      broker.stopTaking();
      return writer.drain();
    },
  });
  const mqttPort = await listenOwned(broker.server, config.mqttHost, config.mqttPort, "mqtt");
  taken.mqttPort = mqttPort;
  const mqttsPort =
    broker.tlsServer && (await listenOwned(broker.tlsServer, config.mqttHost, config.mqttsPort, "mqtts"));
  const httpPort = await listenOwned(http.server, config.httpHost, config.httpPort, "http");
  taken.httpPort = httpPort;
  await listenToCommands();
  return { httpPort, mqttPort, mqttsPort, setupCode: access?.accounts.setupCode(), close };

  /** Without it only the command line is deaf: a hub on a file system that knows no sockets is a hub all the same. */
  async function listenToCommands(): Promise<void> {
    const file = path.join(config.dataDir, CONTROL_SOCKET);
    openSockets.watch(control.server);
    try {
      own("control socket", await listenLocally(control.server, file));
    } catch (cause) {
      log.warn("the command line cannot reach the hub", { file, cause });
    }
  }

  async function listenOwned(
    server: NetServer,
    host: string,
    port: number,
    kind: "mqtt" | "mqtts" | "http",
  ): Promise<number> {
    openSockets.watch(server);
    const taken = await listen(server, {
      host,
      port,
      hostSetting: SETTINGS[kind === "http" ? "httpHost" : "mqttHost"].env,
      portSetting: SETTINGS[`${kind}Port`].env,
    });
    own(`${kind} listener`, { close: () => void server.close() });
    return taken;
  }
}

/** When the last session was left; one in the future was noted by a wrong clock. */
const newestAbsence = ({ sessions }: Journal, nowMs: number): number =>
  sessions.reduce((newest, { value: { disconnectedAtMs = 0 } }) => {
    return disconnectedAtMs > nowMs ? newest : Math.max(newest, disconnectedAtMs);
  }, 0);
