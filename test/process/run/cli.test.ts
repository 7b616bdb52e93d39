/** The command line against a running hub and a stopped one: nothing is lost or doubled on the way out and in again. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Device, Reading } from "../../../src/contract/readings.ts";
import type { SeriesAnswer } from "../../../src/contract/rest.ts";
import { SPARKLINE_FILE } from "../../../src/platform/sparkline-file.ts";
import { createBoard } from "../../support/clients/board.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { beginCommand, commandsOfFile, runCommand } from "../../support/hub/command.ts";
import { type HubAddress, spawnHub, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

/** Commands as processes of their own are in the tests of kills, of the socket and of a restored hub. */
const aerie = commandsOfFile();

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Epoch s: long ago, and not beyond raw age. */
const SINCE_S = Math.floor(Date.now() / 1_000) - 10 * 24 * 3_600;

/** Readings of two devices with values of every kind, and two equal ones of one millisecond. */
async function fill(hub: HubAddress): Promise<void> {
  const board = await connectJs(hub.mqttUrl);
  const firstMs = Date.now() - HOUR_MS;
  for (const deviceId of ["-odd", "a"]) {
    const some = Array.from({ length: 600 }, (_, seq) => ({
      ts: firstMs + seq * 1_000,
      seq,
      temperature: seq / 10,
      mode: ["=1+1", "true", "5", "", "'", 'a "b", c\r\nd', "°C 😀"][seq % 7],
      door: seq % 2 === 0,
    }));
    await board.publish(`devices/${deviceId}/telemetry`, JSON.stringify(some), { qos: 1 });
  }
  await board.publish(
    "devices/a/telemetry",
    JSON.stringify([
      { ts: firstMs, same: 1 },
      { ts: firstMs, same: 1 },
    ]),
    { qos: 1 },
  );
  await board.publish("devices/a/telemetry", JSON.stringify([{ same: 2 }, { same: 2 }]), { qos: 1 });
}

/** Receipts as a sealed reading keeps them: to the second, and only where far from the instant. */
async function everything(hub: HubAddress): Promise<Reading[]> {
  const readings = [await readingsOf(hub, "-odd"), await readingsOf(hub, "a")].flat();
  return readings.map(({ receivedAt, ...reading }) => {
    const receivedMs = Date.parse(receivedAt ?? reading.timestamp);
    const isFar = Math.abs(receivedMs - Date.parse(reading.timestamp)) > 5_000;
    return isFar ? { ...reading, receivedAt: new Date(Math.floor(receivedMs / 1_000) * 1_000).toISOString() } : reading;
  });
}

describe("export and import", () => {
  test.each(["all.ndjson", "all.csv", "all.csv.gz"])(
    "into another data directory by %s gives the same readings",
    async (name) => {
      const hub = await startHub();
      await fill(hub);
      const file = path.join(tempDir(), name);
      const other = path.join(tempDir(), "other");

      const exported = await aerie("export", "-d", hub.dataDir, "-o", file);
      const imported = await aerie("import", "-d", other, file);
      writeFileSync(path.join(other, SPARKLINE_FILE), "of before the import");
      const again = await aerie("import", "-d", other, file);

      expect(existsSync(path.join(other, SPARKLINE_FILE))).toBe(false);
      expect(exported).toMatchObject({ exitCode: 0, stdout: "" });
      expect(imported.stderr).toContain(
        "Readings: 1,204 stored, 0 skipped because they are stored already, 0 refused, in ",
      );
      expect(imported.exitCode).toBe(0);
      expect(again.stderr).toContain(
        "Readings: 0 stored, 1,204 skipped because they are stored already, 0 refused, in ",
      );
      const second = await startHub({ settings: { dataDir: other } });
      expect(await everything(second)).toEqual(await everything(hub));
      expect(readdirSync(path.dirname(file))).toEqual([name]);
    },
  );

  test("a running hub shows what is imported at once, and takes the device for no more online than before", async () => {
    const hub = await startHub();
    const file = path.join(tempDir(), "old.csv");
    const [newer, older] = [1, 2].map((hours) => new Date(Date.now() - hours * HOUR_MS).toISOString());
    writeFileSync(file, `timestamp,temperature\n${newer},5.5\n${older},4.5\n`);

    const { exitCode } = await aerie("import", "-d", hub.dataDir, "--device", "cellar", file);

    expect(exitCode).toBe(0);
    const { body } = await ask<Device>(hub, "/api/devices/cellar");
    expect(body).toMatchObject({
      presence: "offline",
      lastHeardAt: newer,
      latest: { temperature: { value: 5.5, timestamp: newer } },
    });
  });

  test("lines that are refused are counted by reason and listed, and all others are stored", async () => {
    const dataDir = path.join(tempDir(), "data");
    const file = path.join(tempDir(), "mixed.ndjson");
    const line = (seq: number): string => JSON.stringify({ deviceId: "a", timestamp: SINCE_S + seq, metrics: { seq } });
    writeFileSync(
      file,
      [line(0), "{no json", line(1), `{"deviceId":"a/b","timestamp":${SINCE_S},"metrics":{"x":1}}`, line(2)].join("\n"),
    );

    const { exitCode, stderr } = await aerie("import", "-d", dataDir, file);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("Readings: 3 stored, 0 skipped because they are stored already, 2 refused, in ");
    expect(stderr).toContain("1 × The line is not JSON");
    const report = readFileSync(`${file}.refused`, "utf8").trim().split("\n");
    expect(report).toEqual([
      "line 2: The line is not JSON: {no json",
      expect.stringMatching(/^line 4: The device id is .*"a\/b".*: \{"deviceId":"a\/b"/),
    ]);
  });

  test("an import that is killed resumes where it was, and every reading is there once", async () => {
    const hub = await startHub();
    const count = 60_000;
    const file = path.join(tempDir(), "long.ndjson.gz");
    const lines = Array.from({ length: count }, (_, seq) =>
      JSON.stringify({
        deviceId: "a",
        timestamp: new Date((SINCE_S + seq) * 1_000).toISOString(),
        metrics: { seq },
      }),
    );
    writeFileSync(file, gzipSync(lines.join("\n")));

    const first = beginCommand("import", "-d", hub.dataDir, file);
    await until("its place is kept", () => keptPlaces(hub.dataDir) > 0, { everyMs: 5 });
    await first.kill();
    const second = await runCommand("import", "-d", hub.dataDir, file);

    expect(second.stderr).toMatch(/^Resuming .+ at byte [\d,]+, where an earlier import stopped/);
    expect(second.exitCode).toBe(0);
    const readings = await readingsOf(hub, "a");
    expect(readings.map(({ metrics }) => metrics["seq"])).toEqual(Array.from({ length: count }, (_, seq) => seq));
    expect(keptPlaces(hub.dataDir)).toBe(0);
  });

  test("an import that is stopped by Ctrl-C says how to resume it", async () => {
    const hub = await startHub();
    const folder = tempDir();
    const file = path.join(folder, "long.ndjson");
    const lines = Array.from({ length: 50_000 }, (_, seq) =>
      JSON.stringify({ deviceId: "a", timestamp: SINCE_S + seq, metrics: { seq } }),
    );
    writeFileSync(file, lines.join("\n"));

    const importing = beginCommand("import", "-d", hub.dataDir, file);
    await until("its place is kept", () => keptPlaces(hub.dataDir) > 0, { everyMs: 5 });
    expect(await importing.kill("SIGINT")).toBe(130);
    expect(importing.stderr()).toMatch(
      /Stopped: [\d,]+ readings? stored so far\. Run the same command again to resume\./,
    );
    expect(readdirSync(folder)).toEqual(["long.ndjson"]);
  });
});

test("what is older than raw readings are kept is refused, or becomes whole hours, as often as it is imported", async () => {
  const dataDir = path.join(tempDir(), "data");
  const file = path.join(tempDir(), "years.ndjson");
  const oldMs = Math.floor((Date.now() - 500 * DAY_MS) / DAY_MS) * DAY_MS;
  const line = (atMs: number, temperature: number): string =>
    JSON.stringify({ deviceId: "attic", timestamp: new Date(atMs).toISOString(), metrics: { temperature } });
  const old = Array.from({ length: 3_000 }, (_, at) => line(oldMs + at * 60_000, at % 60));
  const recent = [line(Date.now() - HOUR_MS, 7)];
  const outOfOrder = [line(oldMs + 30_500, 60)];
  writeFileSync(file, [...old, ...recent, ...outOfOrder].join("\n"));

  const plain = await aerie("import", "-d", dataDir, file);
  const rebuilt = await aerie("import", "-d", dataDir, "--rebuild", file);
  const again = await aerie("import", "-d", dataDir, "--rebuild", file);

  expect(plain).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/Readings: 1 stored, .* 3,001 refused[\s\S]*--rebuild/),
  });
  for (const each of [rebuilt, again]) {
    expect(each.stderr).toContain(
      "Readings: 0 stored, 1 skipped because they are stored already, 3,001 replaced by hourly summaries, 0 refused, in ",
    );
    expect(each.exitCode).toBe(0);
  }
  const hub = await startHub({ settings: { dataDir } });
  const query = `metrics=temperature&points=100&from=${oldMs}&to=${oldMs + 3 * HOUR_MS}`;
  const { body } = await ask<SeriesAnswer>(hub, `/api/devices/attic/series?${query}`);
  expect(body).toMatchObject({
    resolution: HOUR_MS,
    metrics: {
      temperature: { t: [0, 1, 2].map((at) => oldMs + at * HOUR_MS), count: [61, 60, 60], max: [60, 59, 59] },
    },
  });
});

const keptPlaces = (dataDir: string): number => {
  const folder = path.join(dataDir, "imports");
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")).length : 0;
};

describe("backup and restore", () => {
  test("a copy made while readings come holds all that was acknowledged before, and a hub starts with it", async () => {
    const hub = await startHub();
    await fill(hub);
    const metrics = { temperature: { label: "Kettle" } };
    await ask(hub, "/api/devices/a", { method: "PATCH", body: { metrics } });
    const before = await everything(hub);
    const board = createBoard({ deviceId: "busy", timed: true });
    await board.connect(hub);
    await until("readings come", () => board.acknowledged.length > 500);
    const acknowledged = [...board.acknowledged];
    const file = path.join(tempDir(), "copy.db");

    const { exitCode, stderr } = await aerie("backup", "-d", hub.dataDir, file);
    board.rest();

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(file) });
    const dataDir = path.join(tempDir(), "restored");
    expect(await aerie("restore", "-d", dataDir, file)).toMatchObject({ exitCode: 0 });
    const second = await startHub({ settings: { dataDir } });
    expect(await everything(second)).toEqual(before);
    expect((await ask<Device>(second, "/api/devices/a")).body.metricInfo).toMatchObject(metrics);
    const seqs = (await readingsOf(second, "busy")).map(({ metrics }) => Number(metrics["seq"]));
    expect(seqs.slice(0, acknowledged.length)).toEqual(acknowledged);
    expect(new Set(seqs).size).toBe(seqs.length);
  });

  test("restore keeps what was there, refuses while a hub runs, and takes nothing that is no copy", async () => {
    const hub = await spawnHub();
    await fill(hub);
    const file = path.join(tempDir(), "copy.db");
    await aerie("backup", "-d", hub.dataDir, file);
    const board = await connectJs(hub.mqttUrl);
    await board.publish("devices/later/telemetry", '{"a":1}', { qos: 1 });

    const running = await aerie("restore", "-d", hub.dataDir, file);
    await hub.kill(); // so that the newest is in the log only
    const other = path.join(tempDir(), "other.db");
    writeFileSync(other, "this is no database ".repeat(100));
    const wrong = await aerie("restore", "-d", hub.dataDir, other);
    const restored = await runCommand("restore", "-d", hub.dataDir, file);

    expect(running).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`process ${hub.pid}`) });
    expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(other) });
    expect(restored.exitCode).toBe(0);
    const kept = readdirSync(hub.dataDir).filter((name) => name.includes("before-restore"));
    const aside = kept.find((name) => name.startsWith("aerie.db")) ?? "";
    expect(restored.stderr).toContain(aside);
    expect(kept.some((name) => name.startsWith("hub.db"))).toBe(true);
    const second = await startHub({ settings: { dataDir: hub.dataDir } });
    expect((await everything(second)).length).toBe(1_204);
    expect(await readingsOf(second, "later")).toEqual([]);
    const former = path.join(tempDir(), "former");
    await aerie("restore", "-d", former, path.join(hub.dataDir, aside));
    expect(await readingsOf(await startHub({ settings: { dataDir: former } }), "later")).toHaveLength(1);
  });

  test("no file is overwritten, and the hub says what it minds", async () => {
    const hub = await startHub();
    const file = path.join(tempDir(), "mine");
    writeFileSync(file, "mine");

    const there = await aerie("backup", "-d", hub.dataDir, file);
    const nowhere = await aerie("backup", "-d", hub.dataDir, path.join(file, "copy"));

    expect(there.exitCode).toBe(1);
    expect(there.stderr).toContain(`The command failed: the file ${file} exists already; choose another name\n`);
    expect(nowhere.exitCode).toBe(1);
    expect(nowhere.stderr).toContain(`The command failed: the directory ${file} does not exist`);
    expect(readFileSync(file, "utf8")).toBe("mine");
    // A backup by a timer has nobody who reads what it says.
    const failed = hub.logged.filter(({ event }) => event === "a command failed");
    expect(failed.map(({ fields }) => fields["command"])).toEqual(["/backup", "/backup"]);
  });
});

describe("reaching the hub", () => {
  test("the socket is its owner's alone, goes with the hub, and one left by a killed hub is no hindrance", async () => {
    const first = await spawnHub();
    const socket = path.join(first.dataDir, "aerie.sock");
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    await first.kill();
    expect(existsSync(socket)).toBe(true);

    const stopped = await runCommand("stats", "-d", first.dataDir, "--json");
    const second = await spawnHub({ dataDir: first.dataDir });
    const running = await runCommand("stats", "-d", first.dataDir, "--json");

    expect(JSON.parse(stopped.stdout)).toMatchObject({ readings: 0, written: null, bytesWrittenPerDay: null });
    for (const { stdout } of [stopped, running]) expect(JSON.parse(stdout).hubFileBytes).toBeGreaterThan(4_096);
    expect(JSON.parse(running.stdout)).toMatchObject({ readings: 0, bytesWrittenPerDay: expect.any(Number) });
    expect(await second.kill("SIGTERM")).toBe(0);
    expect(existsSync(socket)).toBe(false);
  });

  test("a data directory with a long name is reached too, with and without a hub", async () => {
    const dataDir = path.join(tempDir(), "long".repeat(20), "longer".repeat(20));
    const hub = await startHub({ settings: { dataDir } });
    await fill(hub);
    expect(statSync(path.join(dataDir, "aerie.sock")).mode & 0o777).toBe(0o600);

    const running = await aerie("stats", "-d", dataDir);
    await hub.close();
    const stopped = await aerie("stats", "-d", dataDir);

    expect(running.stdout).toMatch(/^readings +1,204$/m);
    expect(running.stdout).toMatch(/^devices +2$/m);
    expect(running.stdout).toMatch(/written per day +[\d.]+ (KB|MB|GB)/);
    expect(stopped.stdout).toContain("unknown: the hub is not running");
  });

  test("a directory without a store is named, and none is made there", async () => {
    const dataDir = path.join(tempDir(), "nothing");
    for (const args of [["stats"], ["export"], ["backup", path.join(dataDir, "copy")]]) {
      const { exitCode, stderr } = await aerie(...args, "-d", dataDir);
      expect([args[0], exitCode, stderr]).toEqual([args[0], 1, expect.stringContaining(dataDir)]);
    }
    expect(existsSync(dataDir)).toBe(false);
  });

  test("an option that needs a number says which numbers it takes", async () => {
    for (const args of [
      ["token", "add", "ci", "--scope", "viewer", "--days", "abc"],
      ["application", "add", "ci", "--publish", "a", "--days", "0"],
      ["certificate", "--days", "3651"],
      ["pair", "--minutes", "1.5"],
    ]) {
      const { exitCode, stderr } = await aerie(...args);
      expect([args, exitCode, stderr]).toEqual([
        args,
        2,
        expect.stringMatching(/Expected a whole number from 1 to (3650|60)\./),
      ]);
    }
  });

  test("what is asked wrongly ends with 2, and says what is wrong, what is near, and how to see the help", async () => {
    const wrong = [
      [["exprot"], "error: unknown command 'exprot'\n(Did you mean export?)\nSee aerie --help.\n"],
      [["import"], "error: missing required argument 'file'\nSee aerie import --help.\n"],
      [["export", "--format", "xml"], /^error: .+ 'xml' is invalid\. .+\nSee aerie export --help\.\n$/],
      [["export", "--from", "soon"], /^error: .+ 'soon' is invalid\. .+\nSee aerie export --help\.\n$/],
      [["rule", "add", "--name"], "error: option '--name <name>' argument missing\nSee aerie rule --help.\n"],
      [["migrate"], "aerie migrate: missing argument: --to mongodb or --to embedded\n"],
    ] as const;
    for (const [args, words] of wrong) {
      const { exitCode, stderr, stdout } = await aerie(...args);
      expect([args, exitCode, stdout]).toEqual([args, 2, ""]);
      if (typeof words === "string") expect(stderr).toBe(words);
      else expect(stderr).toMatch(words);
    }
  });

  test("a wrong option is said in three lines by every command", async () => {
    const { stdout } = await aerie("--help");
    const commands = [...stdout.slice(stdout.indexOf("Commands:")).matchAll(/^ {2}([a-z]+) /gm)].flatMap(([, name]) =>
      name === undefined || name === "help" || name === "start" ? [] : [name],
    );
    expect(commands).toEqual(
      expect.arrayContaining(["alert", "backup", "channel", "derived", "mapping", "rule", "user"]),
    );
    const found: unknown[] = [];
    for (const command of commands) {
      const { exitCode, stderr } = await aerie(command, "--data-dri", "nowhere");
      found.push([command, exitCode, stderr]);
    }
    const said = "error: unknown option '--data-dri'\n(Did you mean --data-dir?)\n";
    expect(found).toEqual(commands.map((command) => [command, 2, `${said}See aerie ${command} --help.\n`]));
  });
});
