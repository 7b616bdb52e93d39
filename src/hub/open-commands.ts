/** Opens what serves the command line: import, export, backup, counts and accounts. */
import type { Registry } from "../core/devices/registry.ts";
import { createRawHorizon } from "../core/history/raw-horizon.ts";
import type { Counters } from "../core/ports/counters.ts";
import type { Store } from "../core/ports/readings-store.ts";
import { createImporter } from "../core/transfer/importer.ts";
import { createRebuilder } from "../core/transfer/rebuilder.ts";
import { type Control, openControl } from "../http/control-server.ts";
import { readAccessFiles } from "../platform/access/access-file.ts";
import type { Access } from "../platform/access/open-access.ts";
import { diskWritten } from "../platform/disk-written.ts";
import type { PartOptions } from "./hub-options.ts";
import type { Times } from "./open-times.ts";

export interface CommandsOptions extends PartOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly counters: Counters;
  readonly times: Times;
  /** Undefined: there are no accounts. */
  readonly access: Access | undefined;
  readonly onStored: (readings: number) => void;
}

export function openCommands(options: CommandsOptions): Control {
  const { config, clock, log, own, store, registry, counters, times, access, onStored } = options;
  const { clockSanity, retentionClock } = times;
  const rawHorizon = createRawHorizon({ registry, rawDays: config.rawDays, mayExpire: retentionClock.mayExpire });
  const isClockSane = clockSanity.isSane;
  return own(
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
}
