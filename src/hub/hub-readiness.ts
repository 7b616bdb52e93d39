/** Which parts can make the hub not ready, and which only warn its owner. */
import type { Broker } from "../broker/broker.ts";
import type { Registry } from "../core/devices/registry.ts";
import { type DamageNotes, damageProblem } from "../core/health/damage.ts";
import { createReadiness } from "../core/health/readiness.ts";
import type { Writer } from "../core/ingest/writer.ts";
import { awayProblem, degradation } from "../core/outbox/away.ts";
import type { Access } from "../platform/access/open-access.ts";
import type { TlsFiles } from "../platform/tls-files.ts";
import type { HubRecords } from "./open-hub-records.ts";
import type { Storage } from "./open-storage.ts";
import type { Times } from "./open-times.ts";
import type { UpkeepParts } from "./open-upkeep.ts";

export interface HubReadinessOptions {
  readonly storage: Storage;
  readonly hubRecords: HubRecords;
  readonly damage: DamageNotes;
  readonly times: Times;
  readonly registry: Registry;
  readonly upkeep: UpkeepParts;
  readonly writer: Writer;
  readonly broker: Broker;
  readonly access: Access | undefined;
  readonly tls: TlsFiles | undefined;
  readonly maxOutboxBytes: number;
}

export function createHubReadiness(options: HubReadinessOptions): ReturnType<typeof createReadiness> {
  const { storage, hubRecords, damage, times, registry, upkeep, writer, broker, access, tls, maxOutboxBytes } = options;
  const { store, forward } = storage;
  const { diskWatch, sizeBound } = upkeep;
  return createReadiness({
    degraded: () => forward && degradation(forward.away()),
    problems: [
      ["store", () => (forward === undefined ? diskWatch.filesProblem() : undefined) ?? writer.problem()],
      ["broker", () => (broker.server.listening ? undefined : "The MQTT broker does not listen")],
      ["clock", times.clockSanity.problem],
    ],
    warnings: [
      ["mongodb", () => forward && awayProblem(forward.away(), maxOutboxBytes)],
      ["certificate", () => tls?.problem()],
      ["accounts", () => access?.problem()],
      ["outbox", () => forward && diskWatch.filesProblem()],
      ["hub file", hubRecords.problem],
      ["disk", diskWatch.problem],
      ["disk errors", storage.diskProblem],
      ["store", sizeBound.problem],
      ["history", () => damageProblem(registry, store)],
      ["stored data", damage.problem],
      ["retention", times.retentionClock.problem],
      ["time", () => times.time.problem() ?? times.time.saveProblem()],
    ],
  });
}
