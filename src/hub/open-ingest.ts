/** Opens the way of a reading from its message to the store, and what follows when it is durable. */
import type { Derivation } from "../core/derived/derivation.ts";
import type { Registry } from "../core/devices/registry.ts";
import type { Dialects } from "../core/dialects/dialect.ts";
import type { LearnedBook } from "../core/dialects/learned-book.ts";
import type { HardwareBook } from "../core/hardware/hardware-book.ts";
import { createRawHorizon } from "../core/history/raw-horizon.ts";
import { createAfterCommit } from "../core/ingest/after-commit.ts";
import { type ByteBudget, createByteBudget } from "../core/ingest/byte-budget.ts";
import { createDating } from "../core/ingest/dating.ts";
import { createIntake, type Intake } from "../core/ingest/intake.ts";
import { createReplacedTopics } from "../core/ingest/replaced-topics.ts";
import { createWriter, type Writer } from "../core/ingest/writer.ts";
import type { Refusals } from "../core/limits/refusals.ts";
import type { Unmapped } from "../core/mappings/unmapped.ts";
import type { Counters } from "../core/ports/counters.ts";
import type { HubFile } from "../core/ports/hub-file.ts";
import type { Store } from "../core/ports/readings-store.ts";
import type { Sparklines } from "../core/sparklines/sparklines.ts";
import type { Live } from "../live/live.ts";
import type { PartOptions } from "./hub-options.ts";
import type { Alerts } from "./open-alerts.ts";
import type { Times } from "./open-times.ts";

export interface IngestOptions extends PartOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly derivation: Derivation;
  readonly counters: Counters;
  readonly refusals: Refusals;
  readonly times: Times;
  readonly live: Live;
  readonly onStored: (readings: number) => void;
  readonly hubFile: HubFile;
  readonly dialects: Dialects;
  readonly learned: LearnedBook;
  readonly unmapped: Unmapped;
  readonly alerts: Alerts;
  readonly sparklines: Pick<Sparklines, "stored">;
  readonly hardware: HardwareBook;
}

type Publish = (topic: string, payload: Uint8Array) => void;

export interface Ingest {
  readonly intake: Intake;
  readonly writer: Writer;
  /** Bytes that were read and are not durable yet. */
  readonly byteBudget: ByteBudget;
  /** From now on messages that dialects want to send go out by `publish`. */
  sendThrough(publish: Publish): void;
}

export function openIngest(options: IngestOptions): Ingest {
  const { config, clock, log, own, store, registry, counters, refusals, times, live, onStored } = options;
  const { hubFile, dialects, learned, unmapped, derivation, alerts, sparklines, hardware } = options;
  const { clockSanity, retentionClock } = times;
  const { commitIntervalMs, groupWaitMs, rawDays, maxWaitingBytes } = config;
  const onCommitted = createAfterCommit({
    registry,
    derivation,
    clockSanity,
    counters,
    publish: live.readings,
    hasAudience: () => live.clients() > 0,
    onStored,
    hardware,
    judge: (readings) => {
      alerts.engine.stored(readings);
      sparklines.stored(readings);
    },
  });
  const byteBudget = createByteBudget({ maxBytes: maxWaitingBytes });
  const writer = own(
    "writer",
    createWriter({ store, clock, log, counters, onCommitted, commitIntervalMs, groupWaitMs, byteBudget }),
  );
  own("accepted messages", { close: () => writer.drain() });
  const rawHorizon = createRawHorizon({ registry, rawDays, mayExpire: retentionClock.mayExpire });
  const dating = createDating({ clockSanity, registry, rawHorizon });
  let publish: Publish = () => undefined;
  const intake = createIntake({
    dialects,
    learned,
    unmapped,
    hubFile,
    publish: (topic, payload) => publish(topic, payload),
    writer,
    byteBudget,
    registry,
    refusals,
    counters,
    clock,
    dating,
    derivation,
    hardware,
  });
  return {
    intake: createReplacedTopics({ intake, hardware }),
    writer,
    byteBudget,
    sendThrough: (send) => {
      publish = send;
    },
  };
}
