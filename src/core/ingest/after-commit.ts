/** Updates the registry and the browsers after a commit, and has the alerts judged. */

import type { StoredForAlerts } from "../alerts/alert-types.ts";
import type { Derivation } from "../derived/derivation.ts";
import type { Registry } from "../devices/registry.ts";
import type { HardwareBook } from "../hardware/hardware-book.ts";
import type { LiveReading } from "../model/live-reading.ts";
import type { JournalWrite } from "../ports/broker-state.ts";
import type { Counters } from "../ports/counters.ts";
import type { Write, WriteOutcome } from "../ports/writes.ts";
import type { ClockSanity } from "../time/clock-sanity.ts";
import type { CommittedMessage } from "./writer.ts";

/** Writes of the broker's journal belong to no device, and change nothing here. */
type DeviceWrite = Exclude<Write, JournalWrite>;

export interface AfterCommitOptions {
  readonly registry: Registry;
  readonly derivation: Pick<Derivation, "settled">;
  readonly clockSanity: ClockSanity;
  readonly counters: Counters;
  /** A browser never sees a reading that is not stored: this is the only way to it. */
  readonly publish: (readings: readonly LiveReading[]) => void;
  /** A browser is connected. */
  readonly hasAudience: () => boolean;
  readonly onStored: (readings: number) => void;
  /** What was on its way when its board began to stand for another device is stored, and shown to nobody. */
  readonly hardware: Pick<HardwareBook, "hidden">;
  /** Judges the readings of a commit: before their messages are acknowledged. */
  readonly judge: (readings: readonly StoredForAlerts[]) => void;
}

export function createAfterCommit(options: AfterCommitOptions): (messages: readonly CommittedMessage[]) => void {
  const { registry, derivation, clockSanity, counters, publish, hasAudience, onStored, judge, hardware } = options;

  return (messages) => {
    const stored: LiveReading[] = [];
    const tally = { stored: 0, duplicate: 0, refused: 0 };
    for (const { message, outcomes } of messages) {
      if (isAnyAccepted(message.writes, outcomes)) hear(message.writes, message.connection);
      for (let index = 0; index < message.writes.length; index++) {
        const write = message.writes[index];
        const outcome = outcomes[index];
        if (write === undefined || outcome === undefined || write.kind === "journal") continue;
        if (write.kind === "reading") {
          tally[outcome.kind]++;
          derivation.settled(write, outcome.kind);
        }
        if (outcome.kind === "stored") apply(write, outcome, message.connection, stored);
      }
    }
    registry.settle();
    const shown =
      hardware.hidden().size === 0 ? stored : stored.filter((reading) => !hardware.hidden().has(reading.deviceId));
    for (const [outcome, count] of Object.entries(tally) as [keyof typeof tally, number][]) {
      if (count > 0) counters.readings(outcome, count);
    }
    onStored(tally.stored);
    if (shown.length === 0) return;
    judge(shown);
    if (hasAudience()) publish(shown);
  };

  /** Any message except a last will is a sign of life of the devices that it is about, which come one after the other. */
  function hear(writes: readonly Write[], connection: CommittedMessage["message"]["connection"]): void {
    let heard: string | undefined;
    for (const write of writes) {
      if (!isOfDevice(write) || write.deviceId === heard || (write.kind === "status" && !write.online)) continue;
      heard = write.deviceId;
      registry.heard(write.deviceId, connection, write.receivedAtMs);
    }
  }

  function apply(
    write: DeviceWrite,
    outcome: Extract<WriteOutcome, { kind: "stored" }>,
    connection: CommittedMessage["message"]["connection"],
    stored: LiveReading[],
  ): void {
    switch (write.kind) {
      case "reading": {
        const { deviceId, metrics, atMs, receivedAtMs } = write;
        registry.storedReading(deviceId, metrics, atMs);
        clockSanity.stored(atMs, receivedAtMs);
        stored.push({ deviceId, atMs, n: outcome.n, receivedAtMs, metrics });
        return;
      }
      case "attributes":
        return registry.storedAttributes(write.deviceId, write.patch, write.clockSuspect);
      case "status":
        return registry.storedStatus(write.deviceId, write.online, connection);
    }
  }
}

const isOfDevice = (write: Write | undefined): write is DeviceWrite => write !== undefined && write.kind !== "journal";

const isAnyAccepted = (writes: readonly Write[], outcomes: readonly WriteOutcome[]): boolean =>
  outcomes.some(({ kind }, index) => kind !== "refused" && isOfDevice(writes[index]));
