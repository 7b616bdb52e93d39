/** The examples of Sparkplug's specification, and what edge nodes send beside them. */
import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decoded, encoded, NOW_MS, spbWorld, type TestMetric } from "./spb-world.ts";

const PI = "sparkplug:Sparkplug_B_Devices.Raspberry_Pi~2fc599";
const T = 1_486_144_502_122;

const birth = {
  timestamp: T,
  metrics: [
    { name: "bdSeq", timestamp: T, type: "Int64", value: 0 },
    { name: "Node Control/Rebirth", timestamp: T, type: "Boolean", value: false },
    { name: "Properties/Hardware Model", timestamp: T, type: "String", value: "Pi 3 Model B" },
    { name: "Supply Voltage", timestamp: T, type: "Float", value: 12.1 },
  ] as TestMetric[],
  seq: 0,
};

describe("the specification's example", () => {
  test("NBIRTH, NDATA, DDATA and NDEATH", () => {
    const { send, nameOf } = spbWorld();
    const born = send("spBv1.0/Sparkplug B Devices/NBIRTH/Raspberry Pi", birth);
    expect(born).toMatchObject({
      values: { [PI]: { Supply_Voltage: 12.1 } },
      instants: [`${PI} ${T}`],
      attributes: { [PI]: { "Properties.Hardware_Model": "Pi 3 Model B" } },
      presence: [`${PI} online`],
      faults: [],
      asked: [],
    });
    expect(nameOf(PI)).toBe("Raspberry Pi");

    const data = send("spBv1.0/Sparkplug B Devices/NDATA/Raspberry Pi", {
      timestamp: T,
      metrics: [{ name: "Supply Voltage", timestamp: T + 1, type: "Float", value: 12.3 }],
      seq: 1,
    });
    expect(data).toMatchObject({ values: { [PI]: { Supply_Voltage: 12.3 } }, instants: [`${PI} ${T + 1}`], asked: [] });

    const ofDevice = send("spBv1.0/Sparkplug B Devices/DDATA/Raspberry Pi/Pibrella", {
      timestamp: T,
      metrics: [
        { name: "Inputs/A", timestamp: T, type: "Boolean", value: true },
        { name: "Inputs/C", timestamp: T, type: "Boolean", value: true },
      ],
      seq: 2,
    });
    const pibrella = Object.keys(ofDevice.values)[0] ?? "";
    expect(pibrella).toMatch(/^sparkplug:Sparkplug_B_Devices\.Raspberry_Pi\.Pibrella~[0-9a-f]{6}$/);
    expect(ofDevice.values[pibrella]).toEqual({ "Inputs.A": true, "Inputs.C": true });
    // Nobody said what Pibrella has.
    expect(ofDevice.asked).toEqual(["spBv1.0/Sparkplug B Devices/NCMD/Raspberry Pi"]);

    const death = { timestamp: T, metrics: [{ name: "bdSeq", timestamp: T, type: "UInt64", value: 0 } as const] };
    expect(send("spBv1.0/Sparkplug B Devices/NDEATH/Raspberry Pi", death).presence).toEqual([`${PI} offline`]);
  });
});

describe("topics", () => {
  test.each([
    ["spBv1.0/G/NCMD/E", true],
    ["spBv1.0/G/DCMD/E/D", true],
    ["spBv1.0/STATE/host", true],
    ["spBv1.0/G/NDATA/E", true],
    ["spBv1.0/G/NDATA/E/D", false],
    ["spBv1.0/G/DDATA/E", false],
    ["spBv1.0/G/DDATA/E/D/x", false],
    ["spBv1.0/G/FOO/E", false],
    ["spBv1.0//NDATA/E", false],
    ["spBv1.0/STATE", false],
    ["spAv1.0/G/NDATA/E", false],
    ["STATE/host", false],
  ])("%s: of Sparkplug %s", (topic, isClaimed) => {
    expect(spbWorld().dialect.claim(topic) !== undefined).toBe(isClaimed);
  });

  test.each(["spBv1.0/G/NCMD/E", "spBv1.0/G/DCMD/E/D", "spBv1.0/STATE/host"])(
    "%s is carried, and of no device",
    (topic) => {
      expect(spbWorld().send(topic, new TextEncoder().encode('{"online":true}')).parts).toEqual([]);
    },
  );

  test("two groups with points in their names have devices of their own", () => {
    const { send } = spbWorld();
    const metrics = [{ name: "a", type: "Int32", value: 1 } as const];
    const one = send("spBv1.0/a.b/NBIRTH/c", { seq: 0, metrics });
    const other = send("spBv1.0/a/NBIRTH/b.c", { seq: 0, metrics });
    expect(Object.keys(one.values)).not.toEqual(Object.keys(other.values));
  });
});

describe("values", () => {
  const node = "sparkplug:G.E";
  const storedOf = (metric: TestMetric): unknown =>
    spbWorld().send("spBv1.0/G/NBIRTH/E", { timestamp: T, seq: 0, metrics: [{ name: "x", ...metric }] }).values[node]?.[
      "x"
    ];

  test.each<[TestMetric["type"], TestMetric["value"], unknown]>([
    ["Int8", -5, -5],
    ["Int16", -300, -300],
    ["Int32", -70_000, -70_000],
    ["Int64", -5_000_000_000, -5_000_000_000],
    ["UInt8", 250, 250],
    ["UInt16", 65_000, 65_000],
    ["UInt32", 4_000_000_000, 4_000_000_000],
    ["UInt64", 5_000_000_000, 5_000_000_000],
    ["Float", 23.4, 23.4],
    ["Float", 0.1, 0.1],
    ["Float", 16_777_216, 16_777_216],
    ["Double", 21.123456789, 21.123456789],
    ["Double", Number.NaN, undefined],
    ["Boolean", true, true],
    ["String", "ON", "ON"],
    ["String", " auto ", "auto"],
    ["String", "", undefined],
    ["Text", "0012", "0012"],
    ["UUID", "0b1c", "0b1c"],
    ["DateTime", T, "2017-02-03T17:55:02.122Z"],
    ["DateTime", 0, "1970-01-01T00:00:00.000Z"],
  ])("%s %s", (type, value, stored) => {
    expect(storedOf({ type: type ?? "Int8", value: value ?? null })).toBe(stored);
  });

  test("one that is null, transient, bad or stale is no reading", () => {
    const quality = (value: number) => ({ properties: { Quality: { type: "Int32", value } } }) as const;
    expect(storedOf({ type: "Int32", value: null, isNull: true })).toBeUndefined();
    expect(storedOf({ type: "Int32", value: 1, isTransient: true })).toBeUndefined();
    expect(storedOf({ type: "Int32", value: 1, ...quality(0) })).toBeUndefined();
    expect(storedOf({ type: "Int32", value: 1, ...quality(500) })).toBeUndefined();
    expect(storedOf({ type: "Int32", value: 1, ...quality(192) })).toBe(1);
  });

  test("a data set, a template and bytes are named as not understood when they are born, and are silent then", () => {
    const { send, info } = spbWorld();
    const table = { numOfColumns: 1, columns: ["a"], types: ["Int32"], rows: [[1]] };
    const metrics = [
      { name: "table", alias: 1, type: "DataSet", value: table },
      { name: "file", alias: 2, type: "Bytes", value: new Uint8Array([1]) },
      { name: "level", alias: 3, type: "Int32", value: 4 },
    ] as TestMetric[];
    const born = send("spBv1.0/G/NBIRTH/E", { timestamp: T, seq: 0, metrics });
    expect(born.values).toEqual({ [node]: { level: 4 } });
    expect(born.faults).toEqual(["METRIC_VALUE_INVALID file", "METRIC_VALUE_INVALID table"]);
    expect(info(node, "table")).toBeUndefined();
    const data = send("spBv1.0/G/NDATA/E", {
      timestamp: T,
      seq: 1,
      metrics: [{ alias: 1, type: "DataSet", value: table } as TestMetric],
    });
    expect(data).toMatchObject({ values: {}, faults: [], asked: [] });
  });

  test("a text that is too long, and a number that is infinite, are refused by name, and the rest is stored", () => {
    const metrics = [
      { name: "long", type: "String", value: "x".repeat(300) },
      { name: "endless", type: "Double", value: Number.POSITIVE_INFINITY },
      { name: "fine", type: "Double", value: 1.5 },
    ] as const;
    const came = spbWorld().send("spBv1.0/G/NDATA/E", { timestamp: T, seq: 0, metrics });
    expect(came.faults).toEqual(["METRIC_TEXT_TOO_LONG long", "METRIC_VALUE_INVALID endless"]);
    expect(came.values).toEqual({ [node]: { fine: 1.5 } });
  });

  test("unit, range and label come from the BIRTH", () => {
    const { send, info } = spbWorld();
    const metrics = [
      {
        name: "Line 1/Flow",
        type: "Double",
        value: 3,
        properties: {
          engUnit: { type: "String", value: "l/min" },
          engLow: { type: "Double", value: 0 },
          engHigh: { type: "Double", value: 40 },
        },
      },
      { name: "Mode", type: "String", value: "auto" },
      { name: "temperature", type: "Double", value: 20 },
    ] as TestMetric[];
    send("spBv1.0/G/NBIRTH/E", { timestamp: T, seq: 0, metrics });
    expect(info(node, "Line_1.Flow")).toEqual({ label: "Line 1/Flow", kind: "number", unit: "l/min", range: [0, 40] });
    expect(info(node, "Mode")).toEqual({ label: "Mode", kind: "text", unit: "" });
    expect(info(node, "temperature")).toBeUndefined(); // as the catalogue says
  });

  test("each metric has its own instant, those that were kept back too; metrics of one instant are one reading", () => {
    const metrics = [
      { name: "a", timestamp: T - 2_000, type: "Int32", value: 1, isHistorical: true },
      { name: "a", timestamp: T - 1_000, type: "Int32", value: 2, isHistorical: true },
      { name: "b", timestamp: T - 1_000, type: "Int32", value: 5, isHistorical: true },
      { name: "a", type: "Int32", value: 3 },
    ] as const;
    const { parts } = spbWorld().send("spBv1.0/G/NDATA/E", { timestamp: T, seq: 0, metrics });
    const readings = parts.flatMap((part) => (part.kind === "telemetry" ? part.readings : []));
    expect(readings.map(({ said, metrics: found, element }) => [said, Object.fromEntries(found), element])).toEqual([
      [T - 2_000, { a: 1 }, 0],
      [T - 1_000, { a: 2, b: 5 }, 1],
      [T, { a: 3 }, 2],
    ]);
  });

  test("configuration becomes attributes, switches of Sparkplug and passwords nothing", () => {
    const metrics = [
      { name: "Node Info/Transmission Version", type: "String", value: "4.0.18" },
      { name: "Device Control/Rebirth", type: "Boolean", value: false },
      { name: "Node Control/Scan Rate", type: "Int64", value: 3_000 },
      { name: "Properties/WiFi Password", type: "String", value: "x" },
      { name: "MQTT/Password", type: "String", value: "x" },
      { name: "Fault/Code", type: "Int32", value: 7 },
    ] as const;
    const came = spbWorld().send("spBv1.0/G/NBIRTH/E", { timestamp: T, seq: 0, metrics });
    expect(came.values).toEqual({ [node]: { "Fault.Code": 7 } });
    expect(came.attributes).toEqual({
      [node]: { "Node_Info.Transmission_Version": "4.0.18", "Node_Control.Scan_Rate": 3_000 },
    });
  });
});

describe("compressed payloads", () => {
  const inner = encoded({ timestamp: T, seq: 0, metrics: [{ name: "level", type: "Int32", value: 7 }] });
  const outer = (body: Uint8Array, algorithm?: string) =>
    encoded({
      uuid: "SPBV1.0_COMPRESSED",
      body,
      metrics: algorithm === undefined ? [] : [{ name: "algorithm", type: "String", value: algorithm }],
    });

  test.each([
    ["DEFLATE without its name", outer(deflateSync(inner))],
    ["DEFLATE", outer(deflateSync(inner), "DEFLATE")],
    ["GZIP", outer(gzipSync(inner), "GZIP")],
  ])("by %s are read", (_, bytes) => {
    expect(spbWorld().send("spBv1.0/G/NBIRTH/E", bytes)).toMatchObject({
      values: { "sparkplug:G.E": { level: 7 } },
      instants: [`sparkplug:G.E ${T}`],
      faults: [],
    });
  });

  test.each([
    ["damaged", outer(Uint8Array.of(1, 2, 3))],
    ["a bomb", outer(gzipSync(new Uint8Array(2_000_000)))],
    ["without a payload in them", outer(gzipSync(new TextEncoder().encode("hello")))],
  ])("that are %s are refused", (_, bytes) => {
    const { faults, values } = spbWorld().send("spBv1.0/G/NBIRTH/E", bytes);
    expect(values).toEqual({});
    expect(faults).toEqual([expect.stringMatching(/^PAYLOAD_WRONG_SHAPE it/)]);
  });
});

test("what the hub sends to ask for a BIRTH is what edge nodes wait for", () => {
  const { send } = spbWorld();
  const { parts } = send("spBv1.0/G/NDATA/E", {
    timestamp: T,
    seq: 3,
    metrics: [{ alias: 4, type: "Int32", value: 1 }],
  });
  const request = parts.find((part) => part.kind === "publish");
  expect(request?.topic).toBe("spBv1.0/G/NCMD/E");
  const payload = decoded(request?.payload ?? new Uint8Array());
  expect(Number(payload?.timestamp)).toBe(NOW_MS);
  expect(payload?.metrics).toEqual([
    expect.objectContaining({ name: "Node Control/Rebirth", type: "Boolean", value: true }),
  ]);
});
