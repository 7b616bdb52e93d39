/** `aerie mapping`: what nobody reads is shown with a command that maps it, tried, added and removed. */
import path from "node:path";
import { expect, test } from "vitest";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { commandsOfFile } from "../../support/hub/command.ts";
import { startHub, tempDir } from "../../support/hub/hub.ts";
import { readingsOf } from "../../support/hub/rest.ts";

const aerie = commandsOfFile();

test("the command that is printed beside a topic maps it", async () => {
  const hub = await startHub();
  const mapping = (...args: string[]) => aerie("mapping", ...args, "-d", hub.dataDir);
  const client = await connectJs(hub.mqttUrl);
  const at = Math.floor(Date.now() / 1_000) - 60;
  const payload = `{"at":${at},"t":{"temp":21.5,"rain_mm":3}}`;
  await client.publish("sensors/a4c1/data", payload, { qos: 1 });

  expect((await mapping("list")).stdout).toBe("no mappings\n");
  const [seen, command = ""] = (await mapping("unmapped")).stdout.trimEnd().split("\n");
  expect(seen).toBe(`  sensors/a4c1/data  1 message, such as ${payload}`);
  const options = [
    "--payload",
    "json",
    "--time",
    "at",
    "--values",
    "t",
    "--rename",
    "temp=temperature",
    "--units",
    "rain_mm=mm",
  ];
  expect(command).toBe(`aerie mapping add 'sensors/{device}/data' ${options.join(" ")}`);

  const given = ["sensors/{device}/data", ...options];
  const tried = await mapping("try", ...given, "--scale", "rain_mm=0.1:1");
  expect(tried.stdout.split("\n").map((line) => line.trim().split(/ {2,}/))).toEqual([
    ["1 topic"],
    ["a4c1", "temperature", "21.5", new Date(at * 1_000).toISOString()],
    ["a4c1", "rain_mm", "1.3", new Date(at * 1_000).toISOString()],
    [""],
  ]);
  const added = await mapping("add", ...given);
  const id = /^Added (\w+): sensors\/\{device\}\/data\n$/.exec(added.stdout)?.[1] ?? "";
  await client.publish("sensors/a4c1/data", payload, { qos: 1 });
  expect(await readingsOf(hub, "a4c1")).toMatchObject([{ metrics: { temperature: 21.5, rain_mm: 3 } }]);

  expect((await mapping("list")).stdout).toBe(`${id}  ${command.replace("aerie mapping add ", "")}\n`);
  const twice = await mapping("add", ...given);
  expect([twice.exitCode, twice.stderr]).toEqual([
    1,
    expect.stringContaining("topic: the mapping sensors/{device}/data"),
  ]);
  expect((await mapping("remove", id)).stdout).toBe(`Removed ${id}. Its devices and their readings stay.\n`);
  expect((await mapping("remove", id)).stderr).toContain("No such mapping");
});

test("what is asked wrongly is said, with how it is asked", async () => {
  const hub = await startHub();
  for (const [words, ...args] of [
    ["expected one of list, unmapped, try, add, remove", "map"],
    ["missing argument: topic", "add"],
    ["missing argument: id", "remove"],
    ["--scale: expected name=factor", "add", "a/{device}", "--scale", "x=big"],
    ["--rename: expected name=", "add", "a/{device}", "--rename", "temp"],
    ["Allowed choices are value, json", "add", "a/{device}", "--payload", "xml"],
  ] as const) {
    const { exitCode, stderr } = await aerie("mapping", ...args, "-d", hub.dataDir);
    expect([args, exitCode, stderr]).toEqual([args, 2, expect.stringContaining(words)]);
  }
  const { exitCode, stderr } = await aerie("mapping", "list", "-d", path.join(tempDir(), "none"));
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining("no data of a hub")]);
});
