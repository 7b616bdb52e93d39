/** Serves commands on the store where no hub runs, over the same socket and with the same answers as the hub. */

import path from "node:path";
import type { Config } from "../../config/settings.ts";
import { CONTROL_SOCKET } from "../../contract/control/control.ts";
import { judgedSinceMs } from "../../core/alerts/engine/judging-again.ts";
import { createBackupRecord } from "../../core/alerts/hub/backup-record.ts";
import { createRegistry, type Registry } from "../../core/devices/registry.ts";
import { createStateSaver } from "../../core/devices/state-saver.ts";
import { createHardwareBook } from "../../core/hardware/hardware-book.ts";
import { createRawHorizon } from "../../core/history/raw-horizon.ts";
import { createUpkeep } from "../../core/history/upkeep.ts";
import { StartError } from "../../core/model/start-error.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log, LogFields } from "../../core/ports/log.ts";
import type { Store } from "../../core/ports/readings-store.ts";
import type { StoredDevice } from "../../core/ports/stored-device.ts";
import { newestHeardMs } from "../../core/time/newest-before.ts";
import { createTrustedTime, type TrustedTime } from "../../core/time/trusted-time.ts";
import { createImporter } from "../../core/transfer/importer.ts";
import { createRebuilder } from "../../core/transfer/rebuilder.ts";
import { openControl } from "../../http/control-server.ts";
import { readAccessFiles } from "../../platform/access/access-file.ts";
import { openAccess } from "../../platform/access/open-access.ts";
import { createLifecycle } from "../../platform/lifecycle.ts";
import { listenLocally } from "../../platform/local-socket.ts";
import { refuseNewerFiles } from "../../platform/newer-files.ts";
import { dropSparklineFile } from "../../platform/sparkline-file.ts";
import { openTimeFile } from "../../platform/time-file.ts";
import { openStore } from "../../store/open-store.ts";
import { copyHubFile, refuseNewerHubFile, withHubFile } from "../../store/sqlite/hub-file/hub-file.ts";

/** The hub of a command sends nothing. */
const UNSENT =
  "Some readings are on this machine and not in MongoDB yet. Start the hub; it sends them by itself, and /readyz has a warning (part mongodb) until it is done. Then run the command again.";

/** What an import stores would come behind them, and only what is behind the saved state is judged at a start. */
const UNJUDGED =
  "The hub was killed, and the alert rules have not judged its last readings yet. Start the hub, which does that at once. Then run the command again, while the hub runs or after it has stopped.";

export interface OwnHubOptions {
  readonly config: Config;
  readonly clock: Clock;
  /** Upkeep runs, since much may be stored. Retention deletes nothing. */
  readonly changes: boolean;
  /** Readings will be stored. */
  readonly imports: boolean;
}

export interface OwnHub {
  close(): Promise<void>;
}

/** Rejects with a StartError where the store cannot be opened, such as when a hub holds it. */
export async function openOwnHub({ config, clock, changes, imports }: OwnHubOptions): Promise<OwnHub> {
  const lifecycle = createLifecycle(LOG);
  try {
    const { own } = lifecycle;
    const nothing = (): void => undefined;
    refuseNewerFiles(config.dataDir);
    refuseNewerHubFile(config.dataDir);
    const opened = await openStore({
      config,
      clock,
      log: LOG,
      onDead: nothing,
      onReached: nothing,
      beforeSending: async () => undefined,
      onRefused: nothing,
    });
    const store = own("store", opened.store);
    const stored = await store.load();
    const away = opened.forward?.away();
    if (away !== undefined) {
      throw new StartError(
        away.waiting.groups > 0 && opened.forward?.isLoaded() === true
          ? UNSENT
          : `MongoDB cannot be reached: ${away.reason}`,
        1,
      );
    }
    const { dataDir } = config;
    const ofHubFile = { dataDir, clock, log: LOG, onDead: nothing };
    const records = (await withHubFile(ofHubFile, ({ load }) => load()))?.records ?? [];
    // Commands that change which board a device has are the hub's own.
    const hardware = createHardwareBook({ hubFile: { write: async () => undefined }, stored: records, log: LOG });
    const hidden = hardware.hidden();
    const registry = own(
      "registry",
      createRegistry({ clock, stored, limits: config, onPresence: () => undefined, hidden }),
    );
    if (imports && opened.forward === undefined && (await hasUnjudged(store, registry, ofHubFile))) {
      throw new StartError(UNJUDGED, 1);
    }
    if (imports) dropSparklineFile(dataDir);
    const stateSaver = own(
      "state saver",
      createStateSaver({ store, registry, judged: async () => {}, clock, log: LOG }),
    );
    const { rawDays, hourDays, dayDays, maxStoreBytes: maxBytes } = config;
    const retention = { rawDays, hourDays, dayDays, maxBytes };
    const keeping = { store, clock, log: LOG, retention, mayExpire: () => false, onStep: () => undefined };
    const upkeep = changes ? own("upkeep", createUpkeep(keeping)) : undefined;
    const importer = createImporter({
      store,
      registry,
      clock,
      isClockSane: () => true,
      rawHorizon: createRawHorizon({ registry, rawDays, mayExpire: () => true }),
      derivation: undefined, // `hub.db` with the definitions is not open here
      counters: { readings: () => undefined },
      sparklines: undefined,
      onStored: (readings) => {
        stateSaver.stored(readings);
        upkeep?.stored(readings);
      },
    });
    // Nobody is connected here who would have to be told what ends.
    const time = openTime(config, clock, stored);
    const { accounts, credentials, pairing } = own(
      "access",
      await openAccess({
        dataDir,
        isHub: false,
        clock,
        time,
        log: LOG,
        isRevoked: hardware.isRevoked,
      }),
    );
    const rebuilder = createRebuilder({ store, registry });
    const control = own(
      "control",
      openControl({
        registry,
        store,
        clock,
        log: LOG,
        importer,
        rebuilder,
        written: undefined,
        hubFileBytes: async () => (await withHubFile(ofHubFile, ({ space }) => space()))?.usedBytes ?? 0,
        hubFileCopy: async (options) =>
          (await withHubFile(ofHubFile, (hubFile) => copyHubFile(hubFile, options))) ?? [],
        secretFiles: () => readAccessFiles(dataDir),
        hardware,
        onBackup: () => noteBackup(ofHubFile, time.nowMs),
        accounts,
        credentials,
        pairing,
        mappingParts: undefined,
        alertParts: undefined,
        derivedParts: undefined,
      }),
    );
    own("control socket", await listenLocally(control.server, path.join(config.dataDir, CONTROL_SOCKET)));
    return { close: lifecycle.close };
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}

async function hasUnjudged(
  store: Store,
  registry: Pick<Registry, "markDirty">,
  ofHubFile: Parameters<typeof withHubFile>[0],
): Promise<boolean> {
  const lastRun = await withHubFile(ofHubFile, async (hubFile) => (await hubFile.load()).lastRun);
  const sinceMs = lastRun === undefined ? Number.POSITIVE_INFINITY : judgedSinceMs(lastRun);
  let isFound = false;
  await store.unsaved((readings) => {
    registry.markDirty(readings); // an import that was killed stored them
    isFound ||= readings.some(({ receivedAtMs }) => receivedAtMs >= sinceMs);
  });
  return isFound;
}

async function noteBackup(ofHubFile: Parameters<typeof withHubFile>[0], nowMs: () => number): Promise<void> {
  await withHubFile(ofHubFile, (hubFile) => createBackupRecord({ records: [], hubFile, nowMs, log: LOG }).done());
}

/** The hub's time as the hub left it. A command uses it and does not change it. */
function openTime({ dataDir }: Config, clock: Clock, stored: readonly StoredDevice[]): TrustedTime {
  const nothing = (): void => undefined;
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const { record } = openTimeFile({ dataDir, onDamage: nothing });
  const newestMs = newestHeardMs(stored);
  const clockSanity = { problem: () => undefined };
  return createTrustedTime({ clock, clockSanity, log, record, save: async () => undefined, newestMs, builtAtMs: 0 });
}

/** Standard output belongs to the command. */
const say = (event: string, fields: LogFields = {}): void => {
  const { cause } = fields;
  process.stderr.write(`${event}${cause instanceof Error ? `: ${cause.message}` : ""}\n`);
};

const LOG: Log = { debug: () => undefined, info: () => undefined, warn: say, error: say };
