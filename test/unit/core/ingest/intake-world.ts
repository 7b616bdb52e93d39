import type { RefusalCode } from "../../../../src/contract/refusals.ts";
import type { DeviceLimits } from "../../../../src/core/devices/admission.ts";
import { createRegistry } from "../../../../src/core/devices/registry.ts";
import { createDescriptions } from "../../../../src/core/dialects/descriptions.ts";
import type { Dialect } from "../../../../src/core/dialects/dialect.ts";
import { createLearnedBook } from "../../../../src/core/dialects/learned-book.ts";
import { createRawHorizon } from "../../../../src/core/history/raw-horizon.ts";
import { createAfterCommit } from "../../../../src/core/ingest/after-commit.ts";
import { createByteBudget } from "../../../../src/core/ingest/byte-budget.ts";
import { createDating } from "../../../../src/core/ingest/dating.ts";
import type { InboundMessage } from "../../../../src/core/ingest/inbound-message.ts";
import { createIntake, type Outcome } from "../../../../src/core/ingest/intake.ts";
import { createWriter } from "../../../../src/core/ingest/writer.ts";
import { createRefusals } from "../../../../src/core/limits/refusals.ts";
import type { LiveReading } from "../../../../src/core/model/live-reading.ts";
import type { HubFile } from "../../../../src/core/ports/hub-file.ts";
import type { ReadingWrite } from "../../../../src/core/ports/writes.ts";
import { createClockSanity } from "../../../../src/core/time/clock-sanity.ts";
import { createDialects } from "../../../../src/dialects/dialects.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { startDerivation } from "../../../support/memory/derivation-world.ts";
import { createMemoryCounters, createMemoryLog } from "../../../support/memory/memory-log.ts";
import { allStored, createMemoryStore, turn } from "../../../support/memory/memory-store.ts";
import { noReplacements } from "../../../support/memory/no-replacements.ts";

export const NOW = Date.UTC(2026, 10, 22, 12);
export const board = { clientId: "board", serial: 1 };

export interface StartOptions {
  readonly rawDays?: number;
  readonly mayExpire?: () => boolean;
  readonly families?: readonly Dialect[];
  readonly writeHubFile?: HubFile["write"];
}

export function start(limits: Partial<DeviceLimits> = {}, options: StartOptions = {}) {
  const { rawDays = 90, mayExpire = () => true, families = [], writeHubFile = () => Promise.resolve() } = options;
  const clock = createManualClock({ nowMs: NOW });
  const store = createMemoryStore();
  store.script = allStored;
  const counters = createMemoryCounters();
  const refusals = createRefusals({ clock });
  const clockSanity = createClockSanity({ clock, builtAtMs: NOW - 1, newestMs: 0 });
  const registry = createRegistry({
    clock,
    stored: [],
    limits: { maxDevices: 100, maxDevicesPerClient: 100, maxMetricsPerDevice: 100, ...limits },
    onPresence: () => {},
  });
  const published: LiveReading[] = [];
  const hardware = noReplacements();
  const { derivation } = startDerivation({ registry, counters, clock });
  const onCommitted = createAfterCommit({
    registry,
    derivation,
    clockSanity,
    counters,
    publish: (readings) => void published.push(...readings),
    hasAudience: () => true,
    onStored: () => {},
    judge: () => {},
    hardware,
  });
  const log = createMemoryLog();
  const byteBudget = createByteBudget({ maxBytes: 1e6 });
  const writer = createWriter({
    store,
    clock,
    log,
    counters,
    onCommitted,
    commitIntervalMs: 0,
    groupWaitMs: 0,
    byteBudget,
  });
  const dating = createDating({
    clockSanity,
    registry,
    rawHorizon: createRawHorizon({ registry, rawDays, mayExpire }),
  });
  const dialects = createDialects(families);
  const learned = createLearnedBook({ dialects, descriptions: createDescriptions(dialects), stored: [] });
  const hubFile = { write: writeHubFile };
  /** Messages that dialects sent. */
  const sent: string[] = [];
  const intake = createIntake({
    dialects,
    learned,
    unmapped: { note: () => {} },
    hubFile,
    publish: (topic) => void sent.push(topic),
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

  /** Why messages were refused, as their clients are told. */
  const answeredCodes: (RefusalCode | undefined)[] = [];

  /** Publishes and lets the commit settle; the outcomes so far. */
  async function publish(topic: string, payload: unknown, more: Partial<InboundMessage> = {}): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    const text = typeof payload === "string" ? payload : JSON.stringify(payload);
    intake.accept(
      {
        connection: board,
        topic,
        payload: new TextEncoder().encode(text),
        qos: 1,
        retain: false,
        dup: false,
        packetId: 7,
        ...more,
      },
      (outcome, code) => {
        outcomes.push(outcome);
        if (outcome === "refuse") answeredCodes.push(code);
      },
    );
    clock.runSoon();
    await turn();
    return outcomes;
  }
  const reasons = (): string[] => refusals.list().map(({ reason }) => reason);
  const codes = (): string[] => refusals.list().map(({ code }) => code);
  const writes = () => store.appends.flatMap(({ messages }) => messages.flat());
  const readings = (): ReadingWrite[] => writes().filter((each): each is ReadingWrite => each.kind === "reading");
  return {
    clock,
    store,
    byteBudget,
    counters,
    refusals,
    registry,
    published,
    publish,
    answeredCodes,
    codes,
    reasons,
    writes,
    readings,
    sent,
  };
}
