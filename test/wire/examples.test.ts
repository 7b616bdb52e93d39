/** The clients in examples/, run as their first lines say, against a hub with accounts. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { DevicesPage, SeriesAnswer } from "../../src/contract/rest.ts";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { openAccessWorld } from "../support/hub/access-world.ts";
import { tempDir } from "../support/hub/hub.ts";
import { readingsOf } from "../support/hub/rest.ts";
import { readTools } from "../support/tools.ts";
import { until, within } from "../support/until.ts";

const root = path.join(import.meta.dirname, "..", "..");
const example = (file: string): string => path.join(root, "examples", file);

/** Ended when the test has ended. */
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>>, cwd = root) {
  const child = spawn(program, args, { cwd, env: { PATH: process.env["PATH"], ...env }, stdio: "pipe" });
  onTestFinished(() => void child.kill("SIGKILL"));
  let out = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = new Promise<number | null>((resolve, reject) => child.once("close", resolve).once("error", reject));
  return { out: () => out, errors: () => errors, exitCode: () => within(`${args[0]} ends`, ended) };
}

const PUBLISH = example("publish.py");

test("publish.py publishes a reading that is stored when it returns", async () => {
  const { hub, board, token } = await openAccessWorld({ storeLimits: { commitDelayMs: 1_000 } });
  const { headers } = await token("viewer");
  const { secret: DEVICE_SECRET } = await board("cellar");
  const env = { HUB_HOST: hub.mqttHost, HUB_PORT: String(hub.mqttPort), DEVICE_ID: "cellar", DEVICE_SECRET };

  const publisher = run(readTools().pahoPython, [PUBLISH, "temperature=21.5", "humidity=48"], env);

  expect([await publisher.exitCode(), publisher.errors()]).toEqual([0, ""]);
  const stored = await readingsOf(hub, "cellar", undefined, headers);
  expect(stored.map(({ metrics }) => metrics)).toEqual([{ temperature: 21.5, humidity: 48 }]);
  expect(publisher.out()).toMatch(/^acknowledged: devices\/cellar\/telemetry /);
});

test("publish.py fails with the hub's reason where it is not let in", async () => {
  const { hub } = await openAccessWorld();
  const env = { HUB_HOST: hub.mqttHost, HUB_PORT: String(hub.mqttPort), DEVICE_ID: "cellar", DEVICE_SECRET: "wrong" };

  const publisher = run(readTools().pahoPython, [PUBLISH, "temperature=99"], env);

  expect(await publisher.exitCode()).toBe(1);
  expect(publisher.errors()).toMatch(/not authori[sz]ed|bad user ?name or password/i);
});

test("live-readings.mjs prints the readings of the devices that it is asked for as they come", async () => {
  const { hub, board, token } = await openAccessWorld();
  const env = { HUB_URL: hub.url, HUB_TOKEN: (await token("viewer")).secret };
  const publish = async (deviceId: string, values: object): Promise<void> => {
    const { secret } = await board(deviceId);
    const client = await connectJs(hub.mqttUrl, { username: deviceId, password: secret });
    await client.publish(`devices/${deviceId}/telemetry`, JSON.stringify(values), { qos: 1 });
  };
  const live = run(process.execPath, [example("live-readings.mjs"), "cellar"], env);
  await until("it is connected", () => live.errors().includes(`connected to ${hub.url}\n`));

  await publish("attic", { temperature: 30 });
  await publish("cellar", { temperature: 21.5, door: true });

  await until("the reading is printed", () => live.out().includes("\n"));
  expect(live.out()).toMatch(/^\d{4}-\d\d-\d\dT\S+Z cellar \{"temperature":21.5,"door":true\}\n$/);
});

test("live-readings.mjs ends with the hub's reason where it is not let in", async () => {
  const { hub } = await openAccessWorld();

  const live = run(process.execPath, [example("live-readings.mjs")], { HUB_URL: hub.url, HUB_TOKEN: "wrong" });

  expect(await live.exitCode()).toBe(1);
  expect(live.errors()).toMatch(/^cannot connect to .*LOGIN_NEEDED.*\n$/);
});

test("read.sh prints devices and a chart, and writes all readings into a file", async () => {
  const { hub, board, token } = await openAccessWorld();
  const { secret } = await board("cellar");
  const client = await connectJs(hub.mqttUrl, { username: "cellar", password: secret });
  await client.publish("devices/cellar/telemetry", '{"temperature":21.5}', { qos: 1 });
  const folder = tempDir();
  const env = { HUB_URL: hub.url, HUB_TOKEN: (await token("viewer")).secret };

  const reader = run("sh", [example("read.sh"), "cellar", "temperature"], env, folder);

  expect([await reader.exitCode(), reader.errors()]).toEqual([0, ""]);
  const lines = reader.out().split("\n");
  const [devices, series] = lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  expect((devices as DevicesPage).devices.map(({ deviceId }) => deviceId)).toEqual(["cellar"]);
  expect((series as SeriesAnswer).metrics["temperature"]?.mean).toEqual([21.5]);
  expect(readFileSync(path.join(folder, "cellar.csv"), "utf8")).toMatch(/,temperature\r\ncellar-[^\r\n]*,21\.5\r\n$/);
});

test("read.sh says what the hub answers where it is not let in, and stops", async () => {
  const { hub } = await openAccessWorld();

  const reader = run("sh", [example("read.sh"), "cellar", "temperature"], { HUB_URL: hub.url, HUB_TOKEN: "wrong" });

  expect(await reader.exitCode()).not.toBe(0);
  expect(reader.out()).toContain("LOGIN_NEEDED");
  expect(reader.errors()).toContain("401");
});
