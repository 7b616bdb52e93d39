/** The simulator's command line: defaults, faults, and the addresses that it takes. */

import { expect, test } from "vitest";
import { sharesOf } from "../../../firmware-sim/families/family-list.ts";
import { HELP } from "../../../firmware-sim/help-text.ts";
import { durationText, parseDurationMs } from "../../../firmware-sim/helpers/duration.ts";
import { createTally } from "../../../firmware-sim/helpers/tally.ts";
import { parseBrokerUrl } from "../../../firmware-sim/mqtt/broker-address.ts";
import { connectAdvice } from "../../../firmware-sim/mqtt/connect-advice.ts";
import { closedByBroker, disconnectAdvice } from "../../../firmware-sim/mqtt/disconnect-advice.ts";
import { parseOptions } from "../../../firmware-sim/options.ts";
import { finalTable, summaryLine } from "../../../firmware-sim/report.ts";
import { SCENARIOS } from "../../../firmware-sim/scenarios/scenario-list.ts";
import { assignScenarios } from "../../../firmware-sim/simulation.ts";
import { REASON, reasonText } from "../../../src/contract/reason-codes.ts";

const noFile = (path: string): Buffer => {
  throw new Error(`no such file: ${path}`);
};
const parse = (...args: string[]) => parseOptions(args, noFile);
const faultsOf = (...args: string[]) => {
  const parsed = parse(...args);
  return parsed.kind === "faults" ? parsed.faults : [];
};
const run = (...args: string[]) => {
  const parsed = parse(...args);
  if (parsed.kind !== "run") throw new Error(JSON.stringify(parsed));
  return parsed;
};

test("without arguments twenty steady stations publish each two seconds to this computer", () => {
  expect(run()).toEqual({
    kind: "run",
    quiet: false,
    simulation: {
      address: { protocol: "mqtt", host: "127.0.0.1", port: 1883, path: "", insecure: false },
      mqttVersion: "3.1.1",
      devices: 20,
      intervalMs: 2_000,
      family: "native",
      seed: 1,
      prefix: "esp32",
      qos: 1,
      timestamps: true,
      scenarios: [],
      scenarioDevices: 1,
    },
  });
});

test("every option is understood", () => {
  const parsed = parseOptions(
    [
      ..."--url wss://hub.local:8443/ws --username shed --password s3cret --ca ca.pem --insecure --devices=6".split(
        " ",
      ),
      ..."--interval 500ms --duration 1.5m --seed 7 --prefix lab --qos 2 --timestamps off --quiet --mqtt-version 5".split(
        " ",
      ),
      ..."--scenario fire,malformed --scenario wifi-flap --scenario fire --scenario-devices 2".split(" "),
    ],
    () => Buffer.from("pem"),
  );
  expect(parsed).toEqual({
    kind: "run",
    quiet: true,
    durationMs: 90_000,
    simulation: {
      address: {
        protocol: "wss",
        host: "hub.local",
        port: 8443,
        path: "/ws",
        insecure: true,
        username: "shed",
        password: "s3cret",
        ca: Buffer.from("pem"),
      },
      mqttVersion: "5",
      devices: 6,
      intervalMs: 500,
      family: "native",
      seed: 7,
      prefix: "lab",
      qos: 2,
      timestamps: false,
      scenarios: ["fire", "malformed", "wifi-flap"],
      scenarioDevices: 2,
    },
  });
});

test("boards of other families, and all families in equal shares", () => {
  const parsed = parseOptions(["--family", "tasmota", "--devices", "5"], () => Buffer.alloc(0));
  expect(parsed).toMatchObject({ kind: "run", simulation: { family: "tasmota", devices: 5 } });
  expect(sharesOf("tasmota", 5)).toEqual({ native: 0, families: [["tasmota", 5]] });
  const { native, families } = sharesOf("all", 60);
  expect([native, ...families.map(([, share]) => share)]).toEqual([6, 6, 6, 6, 6, 5, 5, 5, 5, 5, 5]);
  expect(faultsOf("--family", "all", "--devices", "11", "--scenario", "fire,gas-leak")).toHaveLength(1);
});

test("all faults are reported at once", () => {
  const args =
    "--url http://x --devices 0 --interval 3 --qos 3 --seed -1 --timestamps maybe --scenario storm --family ikea --foo bar --mqtt-version 3.1";
  const faults = faultsOf(...args.split(" "), "--ca", "none.pem", "--quiet=yes", "--prefix");
  for (const about of [
    "--url",
    "--devices",
    "--interval",
    "--qos",
    "--family",
    "--seed",
    "--timestamps",
    "storm",
    "--foo",
    "--mqtt-version",
  ]) {
    expect(
      faults.filter((fault) => fault.includes(about)),
      about,
    ).toHaveLength(1);
  }
  expect(faults).toContain('unexpected argument "bar"');
  expect(faults).toContain("--ca: no such file: none.pem");
  expect(faults).toContain("--quiet takes no value");
  expect(faults).toContain("--prefix needs a value");
});

test("a password comes from the environment or a file, so that it is in no list of processes", () => {
  const login = (args: string[], environment = {}) => {
    const parsed = parseOptions(args, () => Buffer.from("of the file\n"), environment);
    if (parsed.kind !== "run") throw new Error(JSON.stringify(parsed));
    const { username, password } = parsed.simulation.address;
    return [username, password];
  };
  const environment = { AERIE_SIM_PASSWORD: "of the environment" };
  expect(login([])).toEqual([undefined, undefined]);
  expect(login([], { AERIE_SIM_PASSWORD: "" })).toEqual([undefined, undefined]);
  expect(login([], environment)).toEqual([undefined, "of the environment"]);
  expect(login(["--username", "shed"], environment)).toEqual(["shed", "of the environment"]);
  expect(login(["--password-file", "x"], environment)).toEqual([undefined, "of the file"]);
  expect(login(["--url", "mqtt://me:its@hub"], environment)).toEqual(["me", "its"]);
  expect(login(["--url", "mqtt://me@hub"], environment)).toEqual(["me", "of the environment"]);
  expect(faultsOf("--password-file", "gone")).toEqual(["--password-file: no such file: gone"]);
  expect(faultsOf("--username", "a", "--password", "b", "--password-file", "gone")[0]).toContain(
    "give only one of them",
  );
});

test("an option that swallows the next one is reported as missing its value", () => {
  expect(faultsOf("--duration", "--quiet")).toContain("--duration needs a value");
});

test("options that do not go together are refused", () => {
  expect(faultsOf("--ca", "x").some((fault) => fault.startsWith("--ca works only with mqtts"))).toBe(true);
  expect(faultsOf("--insecure")).toEqual(["--insecure works only with mqtts:// and wss:// addresses"]);
  expect(faultsOf("--password", "x")).toEqual(["--password needs --username"]);
  expect(faultsOf("--devices", "3", "--scenario", "fire,duplicate", "--scenario-devices", "2")).toEqual([
    "--devices: expected at least 4 for 2 scenarios of 2, got 3",
  ]);
  expect(faultsOf("--prefix", "two words")[0]).toMatch(/^--prefix/);
  expect(faultsOf("--prefix", "x".repeat(62))[0]).toMatch(/^--prefix/);
  expect(run("--prefix", "x".repeat(61)).simulation.prefix).toHaveLength(61);
});

test("help names every scenario and wins over faults", () => {
  expect(parse("--help", "--nonsense")).toEqual({ kind: "help" });
  for (const name of SCENARIOS.keys()) expect(HELP).toContain(`  ${name} `);
});

test("durations have a unit", () => {
  expect(["250ms", "2s", "1.5m", "1h"].map(parseDurationMs)).toEqual([250, 2_000, 90_000, 3_600_000]);
  expect(["2", "", "s", "-1s", "1d", "1 s"].map(parseDurationMs)).toEqual(Array(6).fill(undefined));
  expect([500, 2_000, 95_000, 3_600_000].map(durationText)).toEqual(["0.5s", "2s", "1m 35s", "1h"]);
});

test("broker addresses get the ports and the path that are usual", () => {
  const short = (text: string) => {
    const address = parseBrokerUrl(text);
    return address && `${address.protocol} ${address.host} ${address.port} ${address.path}`;
  };
  expect(short("mqtt://hub")).toBe("mqtt hub 1883 ");
  expect(short("mqtts://hub")).toBe("mqtts hub 8883 ");
  expect(short("ws://hub:3000")).toBe("ws hub 3000 /mqtt");
  expect(short("wss://hub/other")).toBe("wss hub 443 /other");
  expect(short("mqtt://[::1]:1884")).toBe("mqtt ::1 1884 ");
  expect(["hub:1883", "http://hub", "mqtt://", ""].map(short)).toEqual(Array(4).fill(undefined));
  expect(parseBrokerUrl("mqtt://me:p%40ss@hub")).toMatchObject({ username: "me", password: "p@ss" });
});

test("the first stations play the scenarios in their order, the others are steady", () => {
  const cast = assignScenarios({ devices: 5, prefix: "lab", scenarios: ["fire", "duplicate"], scenarioDevices: 2 });
  expect(cast.map(({ deviceId, scenario }) => `${deviceId} ${scenario ?? "steady"}`)).toEqual([
    "lab-01 fire",
    "lab-02 fire",
    "lab-03 duplicate",
    "lab-04 duplicate",
    "lab-05 steady",
  ]);
  expect(assignScenarios({ devices: 1_000, prefix: "e", scenarios: [], scenarioDevices: 1 })[0]?.deviceId).toBe(
    "e-0001",
  );
});

test("who could not connect is told what to check", () => {
  expect(connectAdvice([{ text: "connect ECONNREFUSED 127.0.0.1:1883", count: 3 }])).toContain("Is the hub running");
  expect(connectAdvice([{ text: "Connection refused: Not authorized", count: 1 }])).toContain("--password");
  expect(connectAdvice([{ text: "self-signed certificate", count: 1 }])).toContain("--ca");
  expect(connectAdvice([{ text: "Connection refused: Unacceptable protocol version", count: 1 }])).toContain(
    "try --mqtt-version 3.1.1",
  );
  const busy = `Connection refused: ${reasonText(REASON.serverBusy)}`;
  expect(connectAdvice([{ text: busy, count: 1 }])).toContain("AERIE_MAX_CONNECTIONS");
  expect(connectAdvice([])).toContain("no answer");
});

test("when the broker said why it closed, the person is told what to do about it, the most frequent first", () => {
  const errors = [
    { text: "ECONNRESET", count: 9 },
    { text: closedByBroker(REASON.serverShuttingDown), count: 2 },
    { text: closedByBroker(REASON.sessionTakenOver), count: 7 },
    { text: closedByBroker(REASON.useAnotherServer), count: 1 },
  ];
  const [first, second, ...more] = disconnectAdvice(errors);
  expect(first).toMatch(/^The broker closed the connection: 0x8E session taken over\. Another client .* --prefix\.$/);
  expect(second).toContain("0x8B server shutting down. The hub was stopped");
  expect(more).toEqual([]);
});

test("the report says what was acknowledged, what cannot be, and what was not sent and why", () => {
  let nowMs = 0;
  const tally = createTally({ devices: 2, now: () => nowMs });
  const earlier = tally.summary();
  tally.linkUp();
  for (let n = 0; n < 10; n += 1) tally.sent({ kind: "telemetry", qos: 1, readings: 1 });
  tally.sent({ kind: "telemetry", qos: 0, readings: 1 });
  tally.acknowledged("telemetry");
  tally.notSent("buffer", "261 bytes do not fit");
  tally.notSent("buffer", "262 bytes do not fit");
  tally.error("connect ECONNREFUSED");
  nowMs = 2_000;
  expect(summaryLine(tally.summary(), earlier)).toBe(
    "1/2 clients connected · 11 sent · 1 acknowledged · 5.5 readings/s · 1 errors",
  );
  const table = finalTable(tally.summary());
  expect(table).toMatch(/telemetry +11 +11 +1 +9 +1 with QoS 0/);
  expect(table).toContain("2 × 262 bytes do not fit");
  expect(table).toContain("1 × connect ECONNREFUSED");
});

test("what the hub refused has a column of its own and is shown by reason", () => {
  const tally = createTally({ devices: 1, now: () => 1_000 });
  for (let n = 0; n < 5; n += 1) tally.sent({ kind: "malformed", qos: 1, readings: 0 });
  tally.acknowledged("malformed");
  for (let n = 0; n < 2; n += 1) tally.refused("malformed", REASON.payloadFormatInvalid);
  tally.refused("malformed", REASON.topicNameInvalid);
  expect(summaryLine(tally.summary(), undefined)).toContain("1 acknowledged · 3 refused ·");
  const table = finalTable(tally.summary());
  expect(table).toMatch(/acknowledged +refused +unacknowledged/);
  expect(table).toMatch(/malformed +5 +1 +3 +1 +wrong on purpose/);
  expect(table).toContain(
    "refused by the hub:\n       2 × 0x99 payload format invalid\n       1 × 0x90 topic name invalid",
  );
});

test("without refusals the table has no column for them", () => {
  const tally = createTally({ devices: 1, now: () => 0 });
  tally.sent({ kind: "telemetry", qos: 1, readings: 1 });
  expect(finalTable(tally.summary())).not.toContain("refused");
});

test("causes without end share one line", () => {
  const tally = createTally({ devices: 1, now: () => 0 });
  for (let n = 0; n < 1_000; n += 1) tally.error(`error ${n}`);
  const { errors } = tally.summary();
  expect(errors.length).toBeLessThanOrEqual(41);
  expect(errors.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
});
