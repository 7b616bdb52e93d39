/** `aerie rule`, `aerie alert` and `aerie channel`: a rule is made, fires, is acknowledged, silenced, changed and deleted, from the command line. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { AlertsAnswer, ChannelsAnswer } from "../../../src/contract/answers/alert-answers.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { commandsOfFile } from "../../support/hub/command.ts";
import { startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

const aerie = commandsOfFile();

const linesOf = (stdout: string): string[][] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/));

test("a gas alarm, from its rule to its line of the log", async () => {
  const hub = await startHub();
  const run = (...args: string[]) => aerie(...args, "-d", hub.dataDir);
  const flags = [
    "--metric",
    "gasPpm",
    "--above",
    "300",
    "--clear",
    "250",
    "--severity",
    "critical",
    "--name",
    "Gas leak",
  ];
  const added = await run("rule", "add", ...flags);
  const id = /^Added (\w+): Gas leak\n/.exec(added.stdout)?.[1] ?? "";
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/cellar/telemetry", '{"gasPpm":312}', { qos: 1 });
  const alert = `${id}~cellar`;
  await until("it fires", async () =>
    (await ask<AlertsAnswer>(hub, `/api/alerts?rule=${id}`)).body.alerts.some(({ state }) => state === "firing"),
  );
  const [rules, ack, silenced] = await Promise.all([
    run("rule", "list"),
    run("alert", "ack", alert, "--note", "on my way"),
    run("alert", "silence", "--rule", id, "--for", "2h"),
  ]);
  const [head = [], ...rows] = linesOf(rules.stdout);
  expect(head).toEqual(["ID", "SEVERITY", "FIRES", "DEVICES", "NAME"]);
  const condition = "gasPpm above 300 (until 250)";
  expect(rows.find(([first]) => first === id)).toEqual([id, "on", "critical", condition, "all devices", "Gas leak"]);
  expect(ack.stdout).toContain(`Acknowledged ${alert}: `);
  const silence = /unsilence (\w+)/.exec(silenced.stdout)?.[1] ?? "";

  const [list, silences, shown] = await Promise.all([
    run("alert", "list", "--device", "cellar"),
    run("alert", "silences"),
    run("rule", "show", "Gas leak"),
  ]);
  const [severity, state, , itsId] = linesOf(list.stdout)[1] ?? [];
  expect([severity, state, itsId]).toEqual(["critical", "firing, acknowledged by command line, silenced", alert]);
  expect(silences.stdout).toContain(`rule ${id}`);
  const file = path.join(tempDir(), "rule.json");
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(shown.stdout) as object), name: "From a file" }));
  const [set, ended] = await Promise.all([
    run("rule", "set", id, "--file", file, "--severity", "warning"),
    run("alert", "unsilence", silence),
  ]);
  expect(set.stdout).toContain(`warning: ${condition}`);
  expect(ended.stdout).toBe(`Ended ${silence}.\n`);
  expect((await run("rule", "disable", "From a file")).stdout).toContain("(off)");

  const [log, csv, deleted] = await Promise.all([
    run("alert", "log", "--rule", id),
    run("alert", "log", "--device", "cellar", "--format", "csv"),
    run("rule", "delete", id),
  ]);
  const lines = linesOf(log.stdout).map(([, , kind, , by]) => [kind, by]);
  expect(lines.map(([kind]) => kind)).toEqual(expect.arrayContaining(["WHAT", "firing", "acknowledged", "ended"]));
  for (const kind of ["silenced", "unsilenced"]) expect(lines).toContainEqual([kind, "command line"]);
  expect(csv.stdout).toContain("acknowledged,critical");
  expect(csv.stdout).toContain("command line,on my way");
  expect(deleted.stdout).toContain(`Deleted ${id}: From a file.`);
});

test("a channel of each simple kind, whose secret comes from a file and is shown nowhere", async () => {
  const hub = await startHub();
  const run = (...args: string[]) => aerie(...args, "-d", hub.dataDir);
  const file = path.join(tempDir(), "secret");
  writeFileSync(file, "https://127.0.0.1:1/hooks/T0P-SECRET\n");
  const [ntfy, hook, panel] = await Promise.all([
    run("channel", "add", "ntfy", "--at-least", "warning", "--name", "Phone"),
    run("channel", "add", "webhook", "--preset", "slack", "--secret-file", file),
    run("channel", "add", "mqtt", "--topic", "panel/alerts"),
  ]);
  expect(ntfy.stdout).toMatch(/^Added \w+: ntfy https:\/\/ntfy\.sh\/[0-9a-f]{32}\n {2}Subscribe to this address/);
  expect(hook.stdout).toMatch(/^Added \w+: webhook 127\.0\.0\.1:1\n/);
  const id = /^Added (\w+): mqtt panel\/alerts\n/.exec(panel.stdout)?.[1] ?? "";
  const [list, tested, missing] = await Promise.all([
    run("channel", "list"),
    run("channel", "test", id),
    run("channel", "add", "telegram", "--chat-id", "5"),
  ]);
  const rows = linesOf(list.stdout).map(([, kind, , atLeast, to]) => [kind, atLeast, to]);
  expect(rows).toEqual(
    expect.arrayContaining([
      ["webhook", "info", "127.0.0.1:1"],
      ["mqtt", "info", "panel/alerts"],
    ]),
  );
  expect(list.stdout).not.toContain("T0P-SECRET");
  expect(tested.stdout).toBe("Sent a test message by mqtt.\n");
  expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining("--secret-file")]);
  expect((await run("channel", "delete", "Phone")).stdout).toMatch(/^Deleted \w+: Phone\.\n$/);
});

test("a channel is changed, switched off and on, and loses its secret, by what is given of it", async () => {
  const hub = await startHub();
  const run = (...args: string[]) => aerie(...args, "-d", hub.dataDir);
  const channelOf = async (name: string) =>
    (await ask<ChannelsAnswer>(hub, "/api/channels")).body.channels.find((channel) => channel.name === name);
  const file = path.join(tempDir(), "secret");
  writeFileSync(file, "T0P-SECRET\n");
  const ntfy = ["--server", "http://127.0.0.1:1", "--topic", "hall", "--secret-file", file];
  await run("channel", "add", "ntfy", "--name", "Phone", ...ntfy);
  const before = await channelOf("Phone");
  const [topic, moved] = [
    await run("channel", "set", "Phone", "--topic", "cellar", "--at-least", "critical"),
    await run("channel", "set", "Phone", "--server", "http://127.0.0.2:1"),
  ];
  expect(topic.stdout).toBe(`Changed ${before?.id}: ntfy http://127.0.0.1:1/cellar\n`);
  expect([moved.exitCode, moved.stderr]).toEqual([1, expect.stringContaining("settings.token: ")]);
  expect(await channelOf("Phone")).toMatchObject({
    atLeast: "critical",
    enabled: true,
    settings: { kind: "ntfy", server: "http://127.0.0.1:1", topic: "cellar" },
    secrets: ["token"],
  });

  const off = await run("channel", "disable", "Phone");
  expect(off.stdout).toBe(`Switched off ${before?.id}: Phone. What waited for it is not sent.\n`);
  expect(await channelOf("Phone")).toMatchObject({ enabled: false, secrets: ["token"] });
  await run("channel", "enable", "Phone");
  expect(await channelOf("Phone")).toMatchObject({ enabled: true, secrets: ["token"] });
  await run("channel", "set", "Phone", "--remove-secret", "--name", "Phone of Ada");
  expect(await channelOf("Phone of Ada")).toMatchObject({ settings: { topic: "cellar" }, secrets: [] });

  writeFileSync(file, "http://127.0.0.1:1/hooks/T0P-SECRET");
  await run("channel", "add", "webhook", "--name", "Team", "--secret-file", file);
  await run("channel", "set", "Team", "--preset", "discord");
  expect(await channelOf("Team")).toMatchObject({
    settings: { preset: "discord", host: "127.0.0.1:1" },
    secrets: ["url"],
  });
  const needed = await run("channel", "set", "Team", "--remove-secret");
  expect(needed.stdout).toContain("Changed");
});

test("a rule is tried on what is stored, as it is, changed, and before it is made", async () => {
  const hub = await startHub();
  const run = (...args: string[]) => aerie(...args, "-d", hub.dataDir);
  await run("rule", "add", "--metric", "gasPpm", "--above", "300", "--severity", "critical", "--name", "Gas leak");
  const board = await connectJs(hub.mqttUrl);
  for (const gasPpm of [10, 310, 20, 400]) {
    await board.publish("devices/cellar/telemetry", JSON.stringify({ gasPpm }), { qos: 1 });
  }
  const [asItIs, changed, fresh, never] = await Promise.all([
    run("rule", "try", "Gas leak"),
    run("rule", "try", "Gas leak", "--metric", "gasPpm", "--above", "350", "--last", "1d"),
    run("rule", "try", "--metric", "gasPpm", "--below", "15"),
    run("rule", "try", "Gas leak", "--for", "1h"),
  ]);
  const [head, first, second, result, looked] = linesOf(asItIs.stdout);
  expect(head).toEqual(["FROM", "TO", "LASTED", "DEVICE"]);
  expect([first?.slice(2), second?.slice(1, 2), second?.at(-1)]).toEqual([
    [expect.stringMatching(/^\d+\.\d s$/), "cellar"],
    ["still fires"],
    "cellar",
  ]);
  expect(result).toEqual([
    expect.stringMatching(/^It would have fired 2 times in the last 7 days: \d messages? to each of its channels\.$/),
  ]);
  expect(looked).toEqual(["Looked at 4 readings of 1 device."]);
  expect(changed.stdout).toContain("It would have fired 1 time in the last 24 h 0 min: 1 message to each");
  expect(fresh.stdout).toContain("It would have fired 1 time");
  expect(never.stdout).toMatch(/^It would not have fired in the last 7 days\.\nLooked at 4 readings of 1 device\.\n$/);
  expect((await ask<{ rules: { name: string }[] }>(hub, "/api/rules")).body.rules.at(-1)?.name).toBe("Gas leak");
});

test("a rule and a silence for devices that the hub does not know are made, with a line that names them", async () => {
  const hub = await startHub();
  const run = (...args: string[]) => aerie(...args, "-d", hub.dataDir);
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/kitchen/telemetry", '{"temperature":20}', { qos: 1 });
  const hot = ["rule", "add", "--metric", "temperature", "--above", "30", "--devices"];
  const [unknown, known, silence, silenced] = await Promise.all([
    run(...hot, "kitchn,shed"),
    run(...hot, "kitchen"),
    run("alert", "silence", "--device", "kitchn", "--for", "1h"),
    run("alert", "silence", "--device", "kitchen", "--for", "1h"),
  ]);
  expect(unknown.exitCode).toBe(0);
  expect(unknown.stdout).toMatch(/\n {2}The hub does not know yet: kitchn \(do you mean kitchen\?\), shed\n$/);
  expect(silence.stdout).toMatch(/\n {2}The hub does not know yet: kitchn \(do you mean kitchen\?\)\n$/);
  for (const { stdout } of [known, silenced]) expect(stdout).not.toContain("know");
});

test("what is asked wrongly is said, with how it is asked", async () => {
  const hub = await startHub();
  const wrong = [
    ["expected one of list, add, show, set, enable, disable, try, delete", "rule", "make"],
    ["condition.clear: ", "rule", "add", "--metric", "t", "--above", "3", "--clear", "5"],
    ["No such rule: nothing. See aerie rule list.", "rule", "show", "nothing"],
    ["No such alert fires now", "alert", "ack", "nothing"],
    ["missing argument: --for", "alert", "silence"],
    ["--last: expected a time", "rule", "try", "Flame", "--last", "long"],
    ["nothing of it is stored", "rule", "try", "The hub itself"],
    ["No such channel: nothing. See aerie channel list.", "channel", "set", "nothing"],
    ["missing argument: --secret-file that names a file with the address", "channel", "add", "webhook"],
    ["missing argument: --to", "channel", "add", "email", "--host", "mail", "--from", "hub@example.com"],
  ] as const;
  const results = await Promise.all(
    wrong.map(async ([words, ...args]) => ({ words, ...(await aerie(...args, "-d", hub.dataDir)) })),
  );
  for (const { words, stderr, stdout, exitCode } of results) {
    expect([stderr, stdout]).toEqual([expect.stringContaining(words), ""]);
    expect(exitCode).not.toBe(0);
  }
});
