/** The process at its start: what it says, with which exit code it ends, and what it leaves behind. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SETTINGS } from "../../../src/config/settings.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { runServer, spawnHub, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { freePort, isListening, nonLoopbackAddress } from "../../support/network.ts";
import { within } from "../../support/until.ts";

test("every fault of the settings is listed in one message, and the exit code is 2", async () => {
  const dataDir = path.join(tempDir(), "never-made");
  const server = runServer({
    args: ["--http-port", "http", "--data-dir", dataDir, "--no-such-flag", "1", "word"],
    env: {
      AERIE_MQTT_PORT: "70000",
      AERIE_LOG_LEVEL: "loud",
      AERIE_CORS_ORIGINS: "panel.example",
      AERIE_HTPP_HOST: "127.0.0.1",
    },
  });

  expect(await server.exited).toBe(2);
  const message = server.stderr();
  for (const part of [
    '--http-port: expected a whole number from 0 to 65535, got "http"',
    "AERIE_MQTT_PORT: expected a whole number from 0 to 65535",
    "AERIE_LOG_LEVEL: expected one of debug, info, warn, error",
    "AERIE_CORS_ORIGINS: expected origins",
    "AERIE_HTPP_HOST: there is no such setting",
    "--no-such-flag: there is no such flag",
    "word: unexpected argument",
    "\nSee aerie start --help.\n",
  ]) {
    expect(message).toContain(part);
  }
  expect(message.match(/The settings are invalid/g)).toHaveLength(1);
  expect(existsSync(dataDir)).toBe(false);
});

test.each([
  ["AERIE_HTTP_HOST", "--http-host"],
  ["AERIE_MQTT_HOST", "--mqtt-host"],
])("%s beyond loopback is refused while nobody said that the hub may be public", async (env, flag) => {
  const server = runServer({ args: [flag, "0.0.0.0", "--data-dir", tempDir()] });

  expect(await server.exited).toBe(2);
  expect(server.stderr()).toContain(env);
  expect(server.stderr()).toContain("AERIE_AUTH=off-and-public");
});

test("as it ships, it is reached by its network, and does nothing for who is not let in", async () => {
  const address = nonLoopbackAddress() ?? "127.0.0.1";
  const hub = await spawnHub({ asShipped: true });
  const there = { ...hub, host: address, url: `http://${address}:${hub.httpPort}` };

  expect((await ask(there, "/healthz")).status).toBe(200);
  expect((await ask(there, "/")).text).toContain("<title>Aerie</title>");
  expect((await ask(there, "/api/devices")).status).toBe(401);
  expect((await ask(there, "/metrics")).status).toBe(401);
  await expect(connectJs(`mqtt://${address}:${hub.mqttPort}`)).rejects.toThrow(/not authorized/i);
  await expect(connectJs(`ws://${address}:${hub.httpPort}/mqtt`)).rejects.toThrow(/not authorized/i);
});

test("start --help lists every setting and ends with 0", async () => {
  const server = runServer({ args: ["start", "--help"] });

  expect(await server.exited).toBe(0);
  for (const { env } of Object.values(SETTINGS)) expect(server.stdout()).toContain(env);
});

test("--help lists the commands, says where the settings are, and ends with 0", async () => {
  const server = runServer({ args: ["--help"] });

  expect(await server.exited).toBe(0);
  for (const command of ["start", "export", "import", "backup", "restore", "stats"]) {
    expect(server.stdout()).toMatch(new RegExp(`^  ${command} `, "m"));
  }
  expect(server.stdout()).toContain("aerie start --help");
});

test("start and flags alone are the same", async () => {
  const server = runServer({
    args: ["start", "--http-port", "0", "--mqtt-port", "0", "--data-dir", tempDir()],
  });

  await server.event("listening");
  expect(await server.kill("SIGTERM")).toBe(0);
});

/** A port that another program holds. */
async function takenPort(): Promise<number> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void other.close());
  const address = other.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

test.each([
  { kind: "http", setting: "AERIE_HTTP_PORT", otherFlag: "--mqtt-port" },
  { kind: "mqtt", setting: "AERIE_MQTT_PORT", otherFlag: "--http-port" },
])("a taken $kind port is named with its setting; the exit code is 1 and nothing is left running", async (each) => {
  const taken = await takenPort();
  const other = await freePort();
  const dataDir = tempDir();

  const args = [`--${each.kind}-port`, String(taken), each.otherFlag, String(other), "--data-dir", dataDir];
  const server = runServer({ args });

  expect(await server.exited).toBe(1);
  expect(server.stderr()).toContain(String(taken));
  expect(server.stderr()).toContain(each.setting);
  expect(server.stderr().trim().split("\n")).toHaveLength(1);
  expect(await isListening(other)).toBe(false);
  await expect(startHub({ settings: { dataDir } })).resolves.toBeDefined(); // the directory is free again
});

test("a second hub on a data directory names the process that holds it, and the first goes on", async () => {
  const first = await spawnHub();

  const second = runServer({ args: ["--http-port", "0", "--mqtt-port", "0", "--data-dir", first.dataDir] });

  expect(await second.exited).toBe(1);
  expect(second.stderr()).toContain(`process ${first.pid}`);
  expect(second.stderr()).toContain(first.dataDir);
  expect((await ask(first, "/readyz")).status).toBe(200);
});

test("a data directory whose hub was killed is free again", async () => {
  const first = await spawnHub();
  await first.kill();

  const second = await startHub({ settings: { dataDir: first.dataDir } });

  expect((await ask(second, "/readyz")).status).toBe(200);
});

test("a data directory that cannot be made is named with its setting", async () => {
  const file = path.join(tempDir(), "a-file");
  writeFileSync(file, "");

  const server = runServer({ args: ["--data-dir", path.join(file, "data"), "--http-port", "0", "--mqtt-port", "0"] });

  expect(await server.exited).toBe(1);
  expect(server.stderr()).toContain("AERIE_DATA_DIR");
  expect(server.stderr()).toContain(file);
});

test("a data directory below /proc is refused in words", async () => {
  const server = runServer({ args: ["--data-dir", "/proc/aerie/data", "--http-port", "0", "--mqtt-port", "0"] });

  expect(await within("the hub ends", server.exited)).toBe(1);
  expect(server.stderr()).toMatch(/^The data directory \/proc\/aerie\/data cannot be written: .*AERIE_DATA_DIR.*\n$/);
});

test.each([
  {
    what: "random bytes",
    make: (file: string) => writeFileSync(file, randomBytes(5_000)),
    said: /is damaged.*remove it/,
  },
  {
    what: "a few zeros",
    make: (file: string) => writeFileSync(file, Buffer.alloc(100)),
    said: /is damaged.*remove it/,
  },
  { what: "a directory", make: (file: string) => void mkdirSync(file), said: /cannot be opened.*AERIE_DATA_DIR/ },
  {
    what: "a link to nowhere",
    make: (file: string) => symlinkSync(path.join(tempDir(), "no", "file"), file),
    said: /cannot be opened.*AERIE_DATA_DIR/,
  },
])("a lock file that is $what is named, with what to do", async ({ make, said }) => {
  const dataDir = tempDir();
  const file = path.join(dataDir, "aerie.lock");
  make(file);

  const fault = await startHub({ settings: { dataDir } }).catch((error: Error) => error);

  expect(fault).toMatchObject({ name: "StartError", message: expect.stringMatching(said) });
  expect(fault).toMatchObject({ message: expect.stringContaining(file) });
});

test.each([
  { what: "a directory", make: (file: string) => void mkdirSync(file) },
  { what: "a link to nowhere", make: (file: string) => symlinkSync(path.join(tempDir(), "no", "file"), file) },
])(
  "a process id that cannot be noted, because its file is $what, does not keep the hub from starting",
  async ({ make }) => {
    const dataDir = tempDir();
    make(path.join(dataDir, "aerie.pid"));

    const hub = await startHub({ settings: { dataDir } });

    expect(hub.logged).toContainEqual(
      expect.objectContaining({ level: "warn", event: expect.stringContaining("aerie.pid") }),
    );
    const second = await startHub({ settings: { dataDir } }).catch((error: Error) => error);
    expect(second).toMatchObject({ message: expect.stringMatching(/is in use by another hub[.,]/) });
  },
);

test.each([
  { what: "no database", bytes: "this is no database, and longer than a header of a hundred bytes ".repeat(30) },
  { what: "an empty page", bytes: Buffer.alloc(4096, 7) },
])("a store that is $what refuses to start, names the file and leaves it as it is", async ({ bytes }) => {
  const dataDir = tempDir();
  const file = path.join(dataDir, "aerie.db");
  writeFileSync(file, bytes);

  const server = runServer({ args: ["--data-dir", dataDir, "--http-port", "0", "--mqtt-port", "0"] });

  expect(await server.exited).toBe(1);
  expect(server.stderr()).toContain(file);
  expect(readFileSync(file)).toEqual(Buffer.from(bytes));
});

test("a start says where it listens and keeps its data; nothing of it is a warning", async () => {
  const hub = await spawnHub();

  const starting = await hub.event("starting");
  const listening = await hub.event("listening");
  const warnings = hub.logged.filter(({ level }) => level !== "info");

  expect(starting.fields["dataDir"]).toBe(hub.dataDir);
  expect(listening.fields).toMatchObject({ http: hub.url, mqtt: hub.mqttUrl, mqttOverWebSocket: hub.wsUrl });
  expect(warnings).toEqual([]);
});
