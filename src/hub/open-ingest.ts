/** Opens the way of a reading from its message to the store, and what follows when it is durable. */
import type { Registry } from "../core/devices/registry.ts";
import { createRawHorizon } from "../core/history/raw-horizon.ts";
import { createAfterCommit } from "../core/ingest/after-commit.ts";
import { type ByteBudget, createByteBudget } from "../core/ingest/byte-budget.ts";
import { createDating } from "../core/ingest/dating.ts";
import { createIntake, type Intake } from "../core/ingest/intake.ts";
import { createWriter, type Writer } from "../core/ingest/writer.ts";
import type { Refusals } from "../core/limits/refusals.ts";
import type { Counters } from "../core/ports/counters.ts";
import type { Store } from "../core/ports/readings-store.ts";
import { readNative } from "../dialects/native.ts";
import type { Live } from "../live/live.ts";
import type { PartOptions } from "./hub-options.ts";
import type { Times } from "./open-times.ts";

export interface IngestOptions extends PartOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly counters: Counters;
  readonly refusals: Refusals;
  readonly times: Times;
  readonly live: Live;
  readonly onStored: (readings: number) => void;
}

export interface Ingest {
  readonly intake: Intake;
  readonly writer: Writer;
  /** Bytes that were read and are not durable yet. */
  readonly byteBudget: ByteBudget;
}

export function openIngest(options: IngestOptions): Ingest {
  const { config, clock, log, own, store, registry, counters, refusals, times, live, onStored } = options;
  const { clockSanity, retentionClock } = times;
  const { commitIntervalMs, groupWaitMs, rawDays, maxWaitingBytes } = config;
  const onCommitted = createAfterCommit({
    registry,
    clockSanity,
    counters,
    publish: live.readings,
    hasAudience: () => live.clients() > 0,
    onStored,
  });
  const byteBudget = createByteBudget({ maxBytes: maxWaitingBytes });
  const writer = own(
    "writer",
    createWriter({ store, clock, log, counters, onCommitted, commitIntervalMs, groupWaitMs, byteBudget }),
  );
  own("accepted messages", { close: () => writer.drain() });
  const rawHorizon = createRawHorizon({ registry, rawDays, mayExpire: retentionClock.mayExpire });
  const dating = createDating({ clockSanity, registry, rawHorizon });
  const intake = createIntake({ dialect: readNative, writer, registry, refusals, counters, clock, dating });
  return { intake, writer, byteBudget };
}
