/**
 * Makes the sample of `hub.db` with a built checkout of the hub: `npx tsx test/support/samples/make-hub-file.ts <checkout> <version>`.
 * `test/samples/README.md` says when.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { DatabaseSync } from "@photostructure/sqlite";
import type { HubChange } from "../../../src/core/ports/hub-file.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { BOILER, LAMP, pictureOf } from "../hub/hub-file-picture.ts";
import { createMemoryLog } from "../memory/memory-log.ts";
import { SAMPLES } from "./sample.ts";

const [checkout = "", version = ""] = process.argv.slice(2);
const built = path.join(path.resolve(checkout), "dist/src/store/sqlite/hub-file/hub-file.js");
const { openHubFile } = (await import(
  pathToFileURL(built).href
)) as typeof import("../../../src/store/sqlite/hub-file/hub-file.ts");

const T0 = Date.UTC(2026, 10, 30, 6);

/** Some of everything, and every odd text. */
const CHANGES: readonly HubChange[] = [
  { of: "learned", family: "ha", deviceId: LAMP, key: "homeassistant/sensor/lamp/t/config", data: '{"unit":"°C"}' },
  { of: "learned", family: "ha", deviceId: LAMP, key: '"odd"\0\ud83d', data: '"text\\u0000"' },
  { of: "learned", family: "owner", deviceId: LAMP, key: "metrics", data: '{"t":{"label":"Küche ☀"}}' },
  { of: "learned", family: "tasmota", deviceId: BOILER, key: "config", data: JSON.stringify("x".repeat(9_000)) },
  { of: "mapping", id: "b", data: '{"topic":"home/{device}/{metric}"}' },
  { of: "mapping", id: "a", data: '{"topic":"N/+/{device}","payload":"json"}' },
  { of: "presence", deviceId: LAMP, atMs: T0, sinceMs: T0, state: "online", detail: "online" },
  { of: "presence", deviceId: LAMP, atMs: T0 + 60_000, sinceMs: T0, state: "online", detail: "late" },
  { of: "presence", deviceId: LAMP, atMs: T0 + 90_000, sinceMs: T0 + 90_000, state: "offline", detail: "offline" },
  { of: "presence", deviceId: BOILER, atMs: T0 + 5, sinceMs: T0 - 5, state: "online", detail: "asleep" },
  { of: "run", startedAtMs: T0 - 86_400_000, aliveAtMs: T0 - 1_000 },
  { of: "run", startedAtMs: T0, aliveAtMs: T0 + 100_000 },
  { of: "record", kind: "rule", id: "gas", data: '{"name":"Gas ☠"}' },
  { of: "record", kind: "alert", id: "gas~ha:lamp", data: '{"state":"firing"}' },
  { of: "record", kind: "setting", id: '"odd"\0\ud83d', data: '"text\\u0000"' },
  {
    of: "alertEvent",
    id: "gas~ha:lamp/1/firing",
    atMs: T0 + 7,
    ruleId: "gas",
    deviceId: LAMP,
    severity: "critical",
    data: '{"text":"Küche"}',
  },
  {
    of: "alertEvent",
    id: "hub~~disk/1/firing",
    atMs: T0 + 9,
    ruleId: "hub",
    deviceId: undefined,
    severity: "warning",
    data: "{}",
  },
];

const dataDir = mkdtempSync(path.join(tmpdir(), "aerie-make-hub-file-"));
try {
  const hubFile = await openHubFile({ dataDir, clock: systemClock, log: createMemoryLog(), onDead: () => undefined });
  await hubFile.write(CHANGES);
  const holds = await pictureOf(hubFile);
  await hubFile.close();
  const db = new DatabaseSync(path.join(dataDir, "hub.db"));
  const small = path.join(dataDir, "small.db");
  db.prepare("VACUUM INTO ?").run(small);
  const folder = path.join(SAMPLES, "hub-file");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `version-${version}.db.gz`), gzipSync(readFileSync(small), { level: 9 }));
  writeFileSync(path.join(folder, `version-${version}.holds.json`), `${JSON.stringify(holds)}\n`);
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
