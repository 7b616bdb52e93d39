import { expect, test } from "vitest";
import { FIRST_ERROR, REASON } from "../../../../src/contract/reason-codes.ts";
import { REFUSALS, type RefusalCode, reasonCodeOf } from "../../../../src/contract/refusals.ts";
import { createRefusals } from "../../../../src/core/limits/refusals.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

const NOW = Date.UTC(2026, 10, 22, 12);

function start() {
  const clock = createManualClock({ nowMs: NOW });
  return { clock, refusals: createRefusals({ clock }) };
}

const bad = {
  code: "METRIC_WRONG_TYPE",
  kind: "message",
  clientId: "c",
  topic: "devices/a/telemetry",
  metric: "t",
} as const;

test("a refusal says what was wrong in words, with who, where and when", () => {
  const { refusals } = start();
  refusals.add({ ...bad, deviceId: "a", detail: "t is a number, not true" });
  expect(refusals.list()).toEqual([
    {
      ...bad,
      deviceId: "a",
      reason:
        "Aerie knows this metric name and expects another type (a number without its unit, or true/false): send that, or use another name: t is a number, not true",
      detail: "t is a number, not true",
      firstAt: new Date(NOW).toISOString(),
      lastAt: new Date(NOW).toISOString(),
      count: 1,
    },
  ]);
});

test("what is unknown of it is left out", () => {
  const { refusals } = start();
  refusals.add({ code: "PROTOCOL_VIOLATION", kind: "connection", clientId: undefined, address: "10.0.0.1" });
  expect(Object.keys(refusals.list()[0] ?? {}).sort()).toEqual([
    "address",
    "code",
    "count",
    "firstAt",
    "kind",
    "lastAt",
    "reason",
  ]);
});

test("the same again is counted into it, whatever exactly was wrong, and the newest words are shown", () => {
  const { clock, refusals } = start();
  refusals.add({ ...bad, detail: "first" });
  clock.advance(5_000);
  refusals.add({ ...bad, detail: "second" });
  expect(refusals.list()).toMatchObject([
    { count: 2, firstAt: new Date(NOW).toISOString(), lastAt: new Date(NOW + 5_000).toISOString() },
  ]);
  expect(refusals.list()[0]?.reason).toContain("second");
});

for (const other of [
  { code: "TOO_DEEP" },
  { clientId: "d" },
  { topic: "devices/b/telemetry" },
  { metric: "u" },
  { address: "::1" },
] as const) {
  test(`another ${Object.keys(other)[0]} is another line`, () => {
    const { refusals } = start();
    refusals.add(bad);
    refusals.add({ ...bad, ...other });
    expect(refusals.list()).toHaveLength(2);
  });
}

test("the newest come first, and one that comes again is new again", () => {
  const { refusals } = start();
  for (const metric of ["a", "b", "c", "a"]) refusals.add({ ...bad, metric });
  expect(refusals.list().map(({ metric }) => metric)).toEqual(["a", "c", "b"]);
});

test("the list is bounded, the one refused longest ago leaves first, and counts go on", () => {
  const { refusals } = start();
  for (let index = 0; index < 2_000; index++) refusals.add({ ...bad, metric: `m${index}` });
  expect(refusals.list()).toHaveLength(500);
  expect(refusals.list().at(-1)?.metric).toBe("m1500");
  expect(refusals.counts().get("METRIC_WRONG_TYPE")).toBe(2_000);
});

test("long names of strangers are shown in part", () => {
  const { refusals } = start();
  refusals.add({ ...bad, topic: "t".repeat(60_000), clientId: "c".repeat(60_000) });
  expect(refusals.list()[0]?.topic).toHaveLength(256);
  expect(refusals.list()[0]?.clientId).toHaveLength(128);
});

test("counts are since the start, by code", () => {
  const { clock, refusals } = start();
  clock.advance(1_000);
  refusals.add(bad);
  refusals.add({ code: "HOST_FOREIGN", kind: "connection" });
  refusals.add(bad);
  expect(refusals.sinceMs).toBe(NOW);
  expect(Object.fromEntries(refusals.counts())).toEqual({ METRIC_WRONG_TYPE: 2, HOST_FOREIGN: 1 });
});

test("version and reason code are shown as they were last, and make no line of their own", () => {
  const { refusals } = start();
  refusals.add({ ...bad, mqttVersion: "3.1.1" });
  expect(refusals.list()[0]).toMatchObject({ mqttVersion: "3.1.1", count: 1 });
  expect(refusals.list()[0]).not.toHaveProperty("reasonCode");
  refusals.add({ ...bad, mqttVersion: "5", reasonCode: 0x99 });
  expect(refusals.list()).toMatchObject([{ mqttVersion: "5", reasonCode: 0x99, count: 2 }]);
});

test("counts by answer tell versions and reason codes apart, and add up to those by code", () => {
  const { refusals } = start();
  refusals.add({ ...bad, mqttVersion: "5", reasonCode: 0x99 });
  refusals.add({ ...bad, mqttVersion: "3.1.1", metric: "u" });
  refusals.add({ ...bad, mqttVersion: "5", reasonCode: 0x99, metric: "v" });
  refusals.add({ ...bad });
  const code = "METRIC_WRONG_TYPE";
  expect(refusals.countsByAnswer()).toEqual([
    { code, mqttVersion: "5", reasonCode: 0x99, count: 2 },
    { code, mqttVersion: "3.1.1", reasonCode: undefined, count: 1 },
    { code, mqttVersion: undefined, reasonCode: undefined, count: 1 },
  ]);
  expect(Object.fromEntries(refusals.counts())).toEqual({ METRIC_WRONG_TYPE: 4 });
});

/** [MQTT 5.0, 3.2.2.2, 3.4.2.1, 3.9.3, 3.14.2.1]: what CONNACK, PUBACK, SUBACK or DISCONNECT may say. */
test("what answers a refusal is an error that a server may send", () => {
  const neverAnswers: readonly number[] = [REASON.disconnectWithWill, REASON.packetIdNotFound];
  for (const code of Object.keys(REFUSALS) as RefusalCode[]) {
    expect(reasonCodeOf(code), code).toBeGreaterThanOrEqual(FIRST_ERROR);
    expect(neverAnswers, code).not.toContain(reasonCodeOf(code));
  }
});

test("a payload that cannot be used, a topic, a limit and a stop are each answered by their own reason", () => {
  const answered = (["METRIC_WRONG_TYPE", "TOPIC_UNKNOWN", "TOO_MANY_DEVICES", "HUB_CLOSING"] as const).map(
    reasonCodeOf,
  );
  expect(answered).toEqual([0x99, 0x90, 0x97, 0x8b]);
});

test("whoever listens is notified of each", () => {
  const { refusals } = start();
  const heard: number[] = [];
  refusals.onRefusal(({ count }) => void heard.push(count));
  refusals.add(bad);
  refusals.add(bad);
  expect(heard).toEqual([1, 2]);
});

test("what was refused and is accepted after all says since when, until it is refused again; listeners are notified", () => {
  const { clock, refusals } = start();
  const told: (string | undefined)[] = [];
  refusals.onRefusal(({ acceptedAt }) => told.push(acceptedAt));
  refusals.add(bad);
  refusals.accepted("c", "devices/other/telemetry");
  refusals.accepted("c");
  expect(told).toEqual([undefined]);

  clock.advance(1_000);
  refusals.accepted("c", bad.topic);
  refusals.accepted("c", bad.topic);

  const acceptedAt = new Date(NOW + 1_000).toISOString();
  expect(refusals.list()).toMatchObject([{ count: 1, acceptedAt }]);
  expect(told).toEqual([undefined, acceptedAt]);
  refusals.add(bad);
  expect(refusals.list()[0]).toMatchObject({ count: 1 });
  expect(refusals.list()[0]?.acceptedAt).toBeUndefined();
});

test("a login that was refused is answered by being let in, a packet that was too large is not", () => {
  const { refusals } = start();
  refusals.add({ code: "CREDENTIAL_UNKNOWN", kind: "connection", clientId: "c" });
  refusals.add({ code: "PAYLOAD_TOO_LARGE", kind: "connection", clientId: "c" });
  refusals.accepted("c");
  expect(refusals.list().map(({ code, acceptedAt }) => [code, acceptedAt !== undefined])).toEqual([
    ["PAYLOAD_TOO_LARGE", false],
    ["CREDENTIAL_UNKNOWN", true],
  ]);
});

test("whatever names of metrics a client makes up, what is remembered of it is bounded, and all that is listed is answered", () => {
  const { refusals } = start();
  for (let metric = 0; metric < 5_000; metric++) refusals.add({ ...bad, metric: `m${metric}` });
  refusals.accepted("c", bad.topic);
  const listed = refusals.list();
  expect(listed.length).toBe(500);
  expect(listed.every(({ acceptedAt }) => acceptedAt !== undefined)).toBe(true);
});

test("what was accepted and is refused again counts from then on", () => {
  const { clock, refusals } = start();
  refusals.add(bad);
  refusals.add(bad);
  refusals.accepted("c", bad.topic);
  clock.advance(5_000);
  refusals.add(bad);
  expect(refusals.list()).toMatchObject([{ count: 1, firstAt: new Date(NOW + 5_000).toISOString() }]);
  expect(refusals.counts().get(bad.code)).toBe(3);
});

test("a client of an application is listed with its name, where its id is the id of a session", () => {
  const clock = createManualClock({ nowMs: NOW });
  const refusals = createRefusals({ clock, credentialName: (owner) => (owner === "@7" ? "simulator" : undefined) });
  const via = (refused: Parameters<typeof refusals.add>[0]) => {
    refusals.add(refused);
    return refusals.list()[0]?.via;
  };
  expect(via({ ...bad, clientId: "@7/esp32-06" })).toBe("simulator");
  expect(via({ ...bad, clientId: "@8/esp32-06" })).toBeUndefined();
  expect(via({ ...bad, clientId: "esp32-06" })).toBeUndefined();
  // Of a login that fails the id is what the client says.
  expect(via({ code: "CREDENTIAL_UNKNOWN", kind: "connection", clientId: "@7/esp32-06" })).toBeUndefined();
  expect(via({ code: "CLIENT_ID_SHARED", kind: "connection", clientId: "@7/esp32-06" })).toBe("simulator");
});
