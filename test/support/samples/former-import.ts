/** Stops an import of a former version in its middle, so that its position is kept. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { until } from "../until.ts";
import { entryOf } from "./former-hub.ts";
import type { Held, HeldDevice } from "./sample.ts";

/** The same few readings over and over: an import that takes long and stores little. */
const [LINES, REPEATS] = [20, 50_000];

export async function importInPart(
  checkout: string,
  dataDir: string,
  work: string,
): Promise<{ readonly position: Held["position"] & {}; readonly device: HeldDevice }> {
  const file = path.join(work, "long.ndjson");
  const from = Date.now() - LINES * 60_000;
  const readings = Array.from({ length: LINES }, (_, i) => [from + i * 60_000, 0, { i }] as const);
  const lines = readings.map(
    ([atMs, , metrics]) =>
      `${JSON.stringify({ deviceId: "imported", timestamp: new Date(atMs).toISOString(), metrics })}\n`,
  );
  writeFileSync(file, lines.join("").repeat(REPEATS));
  const folder = path.join(dataDir, "imports");
  const child = spawn(process.execPath, [entryOf(checkout), "import", file, "--data-dir", dataDir], {
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const kept = await until(
    "a position",
    () => existsSync(folder) && readdirSync(folder).find((name) => name.endsWith(".json")),
  );
  child.kill("SIGINT");
  await ended;
  const { endByte, stored, duplicates, refused } = JSON.parse(readFileSync(path.join(folder, kept), "utf8"));
  const device: HeldDevice = {
    deviceId: "imported",
    ...{ name: null, place: null, attributes: {}, clockSuspect: false, online: null, retention: {} },
    latest: { i: [LINES - 1, from + (LINES - 1) * 60_000] },
    isImported: true,
    readings,
  };
  return { position: { endByte, stored, duplicates, refused }, device };
}
