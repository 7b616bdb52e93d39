/** Updates the registry and the browsers after a commit. */

import type { Registry } from "../devices/registry.ts";
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
  readonly clockSanity: ClockSanity;
  readonly counters: Counters;
  /** A browser never sees a reading that is not stored: this is the only way to it. */
  readonly publish: (readings: readonly LiveReading[]) => void;
  /** A browser is connected. */
  readonly hasAudience: () => boolean;
  readonly onStored: (readings: number) => void;
}

export function createAfterCommit(options: AfterCommitOptions): (messages: readonly CommittedMessage[]) => void {
  const { registry, clockSanity, counters, publish, hasAudience, onStored } = options;

  return (messages) => {
    const live: LiveReading[] | undefined = hasAudience() ? [] : undefined;
    const tally = { stored: 0, duplicate: 0, refused: 0 };
    for (const { message, outcomes } of messages) {
      if (isAnyAccepted(message.writes, outcomes)) hear(message.writes, message.connection);
      for (let index = 0; index < message.writes.length; index++) {
        const write = message.writes[index];
        const outcome = outcomes[index];
        if (write === undefined || outcome === undefined || write.kind === "journal") continue;
        if (write.kind === "reading") tally[outcome.kind]++;
        if (outcome.kind === "stored") apply(write, outcome, message.connection, live);
      }
    }
    for (const [outcome, count] of Object.entries(tally) as [keyof typeof tally, number][]) {
      if (count > 0) counters.readings(outcome, count);
    }
    onStored(tally.stored);
    if (live !== undefined && live.length > 0) publish(live);
  };

  /** Any message except a last will is a sign of life. */
  function hear(writes: readonly Write[], connection: CommittedMessage["message"]["connection"]): void {
    const first = writes.find(isOfDevice);
    if (first === undefined || (first.kind === "status" && !first.online)) return;
    registry.heard(first.deviceId, connection, first.receivedAtMs);
  }

  function apply(
    write: DeviceWrite,
    outcome: Extract<WriteOutcome, { kind: "stored" }>,
    connection: CommittedMessage["message"]["connection"],
    live: LiveReading[] | undefined,
  ): void {
    switch (write.kind) {
      case "reading": {
        const { deviceId, metrics, atMs, receivedAtMs } = write;
        registry.storedReading(deviceId, metrics, atMs);
        clockSanity.stored(atMs, receivedAtMs);
        live?.push({ deviceId, atMs, n: outcome.n, receivedAtMs, metrics });
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
