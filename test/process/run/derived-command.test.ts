/** `aerie derived`: what fits is shown with a command that adds it, added, listed with what became of it, and deleted. */
import { expect, test } from "vitest";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { commandsOfFile } from "../../support/hub/command.ts";
import { startHub } from "../../support/hub/hub.ts";
import { readingsOf } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

const aerie = commandsOfFile();

test("the command that is printed adds a derived metric; what is asked wrongly is said", async () => {
  const hub = await startHub();
  const derived = (...args: string[]) => aerie("derived", ...args, "-d", hub.dataDir);
  const client = await connectJs(hub.mqttUrl);
  await client.publish("devices/attic/telemetry", '{"temperature":25,"humidity":60}', { qos: 1 });

  expect((await derived("list")).stdout).toBe("no derived metrics\n");
  const [offer, command = ""] = (await derived("presets")).stdout.split("\n");
  expect(offer).toBe("Dew point: for attic");
  const given = ["--devices", "attic", "--label", "Dew point", "--unit", "°C", "--digits", "1"];
  expect(command).toBe(
    "aerie derived add _dewPoint 'dewPoint(temperature, humidity)' --devices attic --label 'Dew point' --unit '°C' --digits 1",
  );
  const added = await derived("add", "_dewPoint", "dewPoint(temperature, humidity)", ...given);
  const id = /^Added (\w+): _dewPoint\. It is computed from the next reading on\.\n$/.exec(added.stdout)?.[1] ?? "";
  await client.publish("devices/attic/telemetry", '{"temperature":25,"humidity":0}', { qos: 1 });
  await client.publish("devices/attic/telemetry", '{"temperature":25,"humidity":60}', { qos: 1 });
  expect((await readingsOf(hub, "attic")).map(({ metrics }) => typeof metrics["_dewPoint"])).toEqual([
    "undefined",
    "undefined",
    "number",
  ]);

  const listed = (await derived("list")).stdout.split("\n");
  expect(listed.slice(0, 2)).toEqual([
    `${id}  ${command.replace("aerie derived add ", "")}`,
    "  1 device, 1 computed, 0 missing, 1 failed",
  ]);
  expect(listed[2]).toMatch(/^ {2}failed at \S+ for attic: dewPoint: the humidity is not above 0/);
  const wrong = await derived("add", "_other", "dewPoint(temperature");
  expect([wrong.exitCode, wrong.stderr]).toEqual([1, expect.stringContaining("expression: character 21:")]);
  for (const [words, ...args] of [
    ["expected one of list, presets, add, delete, backfill, cancel", "derive"],
    ["missing argument: metric", "add"],
    ["missing argument: expression", "add", "_a"],
    ["missing argument: id", "delete"],
  ] as const) {
    const { exitCode, stderr } = await derived(...args);
    expect([args, exitCode, stderr]).toEqual([args, 2, expect.stringContaining(words)]);
  }
  expect((await derived("backfill", id)).stdout).toContain("recomputed");
  await until("the backfill is over", async () => (await derived("list")).stdout.includes("last backfill finished"));
  expect((await derived("list")).stdout).toMatch(
    /\n {2}last backfill finished at \d{4}-\d\d-\d\dT\S+Z: 3 readings, 1 changed\n/,
  );
  expect((await readingsOf(hub, "attic")).map(({ metrics }) => typeof metrics["_dewPoint"])).toEqual([
    "number",
    "undefined",
    "number",
  ]);
  expect((await derived("delete", id)).stdout).toBe(`Deleted ${id}. What it has computed stays.\n`);
  expect((await derived("delete", id)).stderr).toContain("No such derived metric");
});
