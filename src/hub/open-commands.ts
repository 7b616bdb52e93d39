/** Opens what serves the command line: import, export, backup, counts and accounts. */
import type { Backfill } from "../core/derived/backfill.ts";
import type { Registry } from "../core/devices/registry.ts";
import type { Descriptions } from "../core/dialects/descriptions.ts";
import type { HardwareBook } from "../core/hardware/hardware-book.ts";
import { createRawHorizon } from "../core/history/raw-horizon.ts";
import type { Counters } from "../core/ports/counters.ts";
import type { HubFile } from "../core/ports/hub-file.ts";
import type { Store } from "../core/ports/readings-store.ts";
import type { Sparklines } from "../core/sparklines/sparklines.ts";
import { createImporter } from "../core/transfer/importer.ts";
import { createRebuilder } from "../core/transfer/rebuilder.ts";
import { type Control, openControl } from "../http/control-server.ts";
import { readAccessFiles } from "../platform/access/access-file.ts";
import type { Access } from "../platform/access/open-access.ts";
import { diskWritten } from "../platform/disk-written.ts";
import { copyHubFile } from "../store/sqlite/hub-file/hub-file.ts";
import type { PartOptions } from "./hub-options.ts";
import type { Alerts } from "./open-alerts.ts";
import type { DerivedParts } from "./open-devices.ts";
import type { MappingParts } from "./open-dialects.ts";
import type { Times } from "./open-times.ts";

export interface CommandsOptions extends PartOptions {
  readonly store: Store;
  readonly hubFile: HubFile;
  readonly registry: Registry;
  readonly counters: Counters;
  readonly times: Times;
  /** Undefined: there are no accounts. */
  readonly access: Access | undefined;
  readonly mappingParts: MappingParts;
  readonly alerts: Alerts;
  readonly derivedParts: DerivedParts & { readonly backfill: Backfill };
  readonly descriptions: Descriptions;
  readonly sparklines: Sparklines;
  readonly onStored: (readings: number) => void;
  readonly onBackup: () => Promise<void>;
  readonly hardware: HardwareBook;
}

export function openCommands(options: CommandsOptions): Control {
  const {
    config,
    clock,
    log,
    own,
    store,
    hubFile,
    registry,
    counters,
    times,
    access,
    derivedParts,
    descriptions,
    onStored,
    sparklines,
  } = options;
  const { clockSanity, retentionClock } = times;
  const { derivation } = derivedParts;
  const rawHorizon = createRawHorizon({ registry, rawDays: config.rawDays, mayExpire: retentionClock.mayExpire });
  const { rules, silences, channels, notifications, engine: alerts, summary: alertSummary } = options.alerts;
  const { presets: rulePresets, wouldHaveFired, unknownDevices } = options.alerts;
  const ruleParts = { rules, rulePresets, wouldHaveFired, unknownDevices };
  const isClockSane = clockSanity.isSane;
  return own(
    "control",
    openControl({
      registry,
      store,
      clock,
      log,
      importer: createImporter({
        store,
        registry,
        clock,
        isClockSane,
        rawHorizon,
        derivation,
        counters,
        onStored,
        sparklines,
      }),
      rebuilder: createRebuilder({ store, registry }),
      written: diskWritten,
      hubFileBytes: async () => (await hubFile.space()).usedBytes,
      hubFileCopy: (options) => copyHubFile(hubFile, options),
      secretFiles: () => readAccessFiles(config.dataDir),
      accounts: access?.accounts,
      credentials: access?.credentials,
      pairing: access?.pairing,
      onBackup: options.onBackup,
      hardware: options.hardware,
      mappingParts: options.mappingParts,
      alertParts: { ...ruleParts, silences, alerts, alertSummary, channels, notifications, hubFile, clock, log },
      derivedParts: { ...derivedParts, registry, descriptions },
    }),
  );
}
