/** `hub.db` as it was built: worker threads load only that. Closed when the test has ended. */
import { onTestFinished } from "vitest";
import type { PresenceState } from "../../../src/contract/readings.ts";
import { createDamageNotes } from "../../../src/core/health/damage.ts";
import type { HubChange, HubFile, LearnedChange, PresenceChange } from "../../../src/core/ports/hub-file.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import type { HubFileOptions } from "../../../src/store/sqlite/hub-file/hub-file.ts";
import { createMemoryLog, type MemoryLog } from "../memory/memory-log.ts";
import { LAMP } from "./hub-file-picture.ts";

const built = new URL("../../../dist/src/store/sqlite/hub-file/hub-file.js", import.meta.url).href;
export const { openHubFile, withHubFile } = (await import(
  built
)) as typeof import("../../../src/store/sqlite/hub-file/hub-file.ts");

export interface OpenedHubFile {
  readonly hubFile: HubFile;
  readonly log: MemoryLog;
  /** What `/readyz` would say of damage. */
  damage(): string | undefined;
}

export async function openBuiltHubFile(dataDir: string, more: Partial<HubFileOptions> = {}): Promise<OpenedHubFile> {
  const log = createMemoryLog();
  const damage = createDamageNotes(log);
  const onDead = (cause: Error): void => log.error("dead", { cause });
  const hubFile = await openHubFile({ dataDir, clock: systemClock, log, onDead, damage, ...more });
  onTestFinished(() => hubFile.close().catch(() => undefined));
  return { hubFile, log, damage: damage.problem };
}

export const learned = (key: string, data: string | undefined, more: Partial<LearnedChange> = {}): LearnedChange => ({
  ...{ of: "learned", family: "ha", deviceId: LAMP, key, data },
  ...more,
});

export const mapping = (id: string, data: string | undefined): HubChange => ({ of: "mapping", id, data });

export const presence = (atMs: number, detail: PresenceState, deviceId = LAMP, sinceMs = atMs): PresenceChange => ({
  ...{ of: "presence", deviceId, atMs, sinceMs, detail },
  state: detail === "offline" ? "offline" : "online",
});

export const run = (startedAtMs: number, aliveAtMs: number): HubChange => ({ of: "run", startedAtMs, aliveAtMs });
