/** Discovery documents of every kind, with what has to come of them. Tables by hand; only the form of a document is put around a row. */
import type { MetricInfo } from "../../../../src/contract/metrics.ts";
import type { MetricValue } from "../../../../src/contract/readings.ts";

/** An entity, a message of its, and what that says. */
export interface Row {
  readonly component: string;
  /** By the full names of its options, without its topic. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly payload: string;
  /** Undefined: nothing. */
  readonly value: MetricValue | undefined;
  readonly info: Partial<MetricInfo>;
}

const measured = (sort: string, unit: string, payload: string, value: number): Row => ({
  component: "sensor",
  options: { device_class: sort, unit_of_measurement: unit, state_class: "measurement" },
  payload,
  value,
  info: { kind: "number", unit, deviceClass: sort, stateClass: "measurement" },
});

const MEASURED: readonly Row[] = [
  measured("apparent_power", "VA", "120.5", 120.5),
  measured("aqi", "", "42", 42),
  measured("atmospheric_pressure", "hPa", "1013.25", 1013.25),
  measured("battery", "%", "87", 87),
  measured("carbon_dioxide", "ppm", "618", 618),
  measured("carbon_monoxide", "ppm", "0", 0),
  measured("conductivity", "µS/cm", "350", 350),
  measured("current", "A", "0.071", 0.071),
  measured("data_rate", "Mbit/s", "54", 54),
  measured("data_size", "MB", "235.7", 235.7),
  measured("distance", "cm", "181", 181),
  measured("duration", "s", "3600", 3600),
  measured("energy", "kWh", "26.064", 26.064),
  measured("energy_storage", "Wh", "5120", 5120),
  measured("frequency", "Hz", "50.1", 50.1),
  measured("gas", "m³", "1204.37", 1204.37),
  measured("humidity", "%", "57.6", 57.6),
  measured("illuminance", "lx", "1e3", 1000),
  measured("irradiance", "W/m²", "831", 831),
  measured("moisture", "%", "31", 31),
  measured("nitrogen_dioxide", "µg/m³", "18", 18),
  measured("ozone", "µg/m³", "61", 61),
  measured("ph", "", "7.02", 7.02),
  measured("pm1", "µg/m³", "3", 3),
  measured("pm10", "µg/m³", "12", 12),
  measured("pm25", "µg/m³", "8", 8),
  measured("power", "W", "-11.5", -11.5),
  measured("power_factor", "%", "99", 99),
  measured("precipitation", "mm", "0.2", 0.2),
  measured("precipitation_intensity", "mm/h", "1.5", 1.5),
  measured("pressure", "bar", "1.8", 1.8),
  measured("reactive_power", "var", "+4.0", 4),
  measured("signal_strength", "dBm", "-60", -60),
  measured("sound_pressure", "dB", "44.1", 44.1),
  measured("speed", "m/s", ".5", 0.5),
  measured("sulphur_dioxide", "µg/m³", "2", 2),
  measured("temperature", "°C", "-0.0", 0),
  measured("volatile_organic_compounds", "µg/m³", "125", 125),
  measured("volatile_organic_compounds_parts", "ppb", "125", 125),
  measured("voltage", "V", "231.0", 231),
  measured("volume", "L", "12", 12),
  measured("volume_flow_rate", "m³/h", "0.75", 0.75),
  measured("water", "L", "48213", 48213),
  measured("weight", "kg", "81.4", 81.4),
  measured("wind_direction", "°", "270", 270),
  measured("wind_speed", "km/h", "31", 31),
];

const detected = (sort: string, payload: string, value: boolean, options: object = {}): Row => ({
  component: "binary_sensor",
  options: { device_class: sort, ...options },
  payload,
  value,
  info: { kind: "boolean", unit: "", deviceClass: sort },
});

const DETECTED: readonly Row[] = [
  detected("battery", "ON", true),
  detected("battery_charging", "OFF", false),
  detected("carbon_monoxide", "on", true),
  detected("cold", "off", false),
  detected("connectivity", "online", true, { payload_on: "online", payload_off: "offline" }),
  detected("door", "open", true, { payload_on: "open", payload_off: "closed" }),
  detected("garage_door", "closed", false, { payload_on: "open", payload_off: "closed" }),
  detected("gas", "1", true, { payload_on: 1, payload_off: 0 }),
  detected("heat", "0", false, { payload_on: 1, payload_off: 0 }),
  detected("light", "true", true, { payload_on: true, payload_off: false }),
  detected("lock", "LOCK", false, { payload_on: "UNLOCK", payload_off: "LOCK" }),
  detected("moisture", "1.0", true, { payload_on: "1", payload_off: "0" }),
  detected("motion", "true", true),
  detected("moving", "false", false),
  detected("occupancy", "ON", true),
  detected("opening", "OFF", false),
  detected("plug", "ON", true),
  detected("power", "OFF", false),
  detected("presence", "home", true, { payload_on: "home", payload_off: "away" }),
  detected("problem", "true", false, { payload_on: "false", payload_off: "true" }),
  detected("running", " ON\n", true),
  detected("safety", "OFF\0", false),
  detected("smoke", "ON", true),
  detected("sound", "OFF", false),
  detected("tamper", "ON", true),
  detected("update", "OFF", false),
  detected("vibration", "ON", true),
  detected("window", "OFF", false),
];

const row = (
  component: string,
  options: Row["options"],
  payload: string,
  value: MetricValue | undefined,
  info: Partial<MetricInfo>,
): Row => ({ component, options, payload, value, info });

const OTHERS: readonly Row[] = [
  row("sensor", { name: "IP" }, "192.168.1.43", "192.168.1.43", { kind: "text", label: "IP" }),
  row("sensor", { name: "Uptime" }, "0T18:36:12", "0T18:36:12", { kind: "text" }),
  row("sensor", { name: "Count" }, "42", 42, { kind: "number" }),
  row("sensor", { name: "Serial" }, "0042", "0042", { kind: "text" }),
  row("sensor", { unit_of_measurement: "steps" }, "42", 42, { kind: "number", unit: "steps" }),
  row("sensor", { unit_of_measurement: " ", state_class: "total_increasing" }, "42", 42, {
    stateClass: "total_increasing",
  }),
  row("sensor", { suggested_display_precision: 2 }, "0.5", 0.5, { kind: "number", digits: 2 }),
  row("sensor", { device_class: "enum", options: ["idle", "heating"] }, "heating", "heating", {
    kind: "enum",
    options: ["idle", "heating"],
  }),
  row("sensor", { device_class: "timestamp" }, "2026-11-30T12:00:00Z", "2026-11-30T12:00:00Z", { kind: "text" }),
  row("sensor", { device_class: "date" }, "2026-11-30", "2026-11-30", { kind: "text" }),
  row("sensor", { device_class: "temperature" }, "unavailable", undefined, { kind: "number" }),
  row("sensor", { device_class: "temperature" }, "None", undefined, { kind: "number" }),
  row("sensor", { device_class: "temperature" }, "nan", undefined, { kind: "number" }),
  row("sensor", {}, "unknown", undefined, { kind: "text" }),
  row("switch", {}, "ON", true, { kind: "boolean" }),
  row("switch", { command_topic: "a/set" }, "OFF", false, { kind: "boolean", settable: true }),
  row("switch", { payload_on: "1", payload_off: "0" }, "1", true, { kind: "boolean" }),
  row("switch", { payload_on: "turn", payload_off: "stop", state_on: "yes", state_off: "no" }, "yes", true, {}),
  row("switch", { device_class: "outlet" }, "OFF", false, { deviceClass: "outlet" }),
  row("number", { min: 1, max: 9, step: 1, command_topic: "a/set" }, "7", 7, {
    range: [1, 9],
    digits: 0,
    settable: true,
  }),
  row("number", { min: "0", max: "1", step: "0.05" }, "0.35", 0.35, { range: [0, 1], digits: 2 }),
  row("number", { unit_of_measurement: "min", mode: "box" }, "21.500000", 21.5, { unit: "min" }),
  row("number", { payload_reset: "reset" }, "reset", undefined, { kind: "number" }),
  row("select", { options: ["auto", "off"], command_topic: "a/set" }, "auto", "auto", {
    kind: "enum",
    options: ["auto", "off"],
    settable: true,
  }),
  row("select", { options: ["1", "2"] }, "2", "2", { kind: "enum" }),
  row("text", { command_topic: "a/set" }, "Hello World", "Hello World", { kind: "text", settable: true }),
  row("text", { mode: "text", min: 2, max: 20 }, "12", "12", { kind: "text" }),
  row("event", { event_types: ["single", "double"] }, '{"event_type":"double"}', "double", {
    kind: "event",
    options: ["single", "double"],
  }),
  row("event", { device_class: "doorbell", event_types: "press" }, '{"event_type":"press","x":1}', "press", {
    kind: "event",
    deviceClass: "doorbell",
  }),
  row("light", { command_topic: "a/set" }, "ON", true, { kind: "boolean", settable: true }),
  row("light", { payload_on: "1", payload_off: "0" }, "0", false, {}),
  row("light", { schema: "json" }, '{"state":"OFF"}', false, { kind: "boolean" }),
  row("cover", {}, "open", "open", { kind: "enum", options: ["open", "opening", "closed", "closing", "stopped"] }),
  row("cover", { state_open: "OPEN", state_closed: "CLOSED" }, "CLOSED", "closed", { kind: "enum" }),
  row("cover", { device_class: "garage" }, "opening", "opening", { deviceClass: "garage" }),
  row("cover", {}, "unknown", undefined, { kind: "enum" }),
];

export const ROWS: readonly Row[] = [...MEASURED, ...DETECTED, ...OTHERS];

/** A document with the row in it. */
export interface Announced {
  readonly title: string;
  readonly topic: string;
  readonly document: object;
  readonly stateTopic: string;
  readonly payload: string;
  readonly deviceId: string;
  readonly metric: string;
  readonly row: Row;
}

/** Abbreviated as boards do it; what is not here has no short name, or is rarely used. */
const SHORT: Readonly<Record<string, string>> = {
  command_topic: "cmd_t",
  device_class: "dev_cla",
  event_types: "evt_typ",
  options: "ops",
  payload_off: "pl_off",
  payload_on: "pl_on",
  payload_reset: "pl_rst",
  state_class: "stat_cla",
  state_closed: "stat_clsd",
  state_off: "stat_off",
  state_on: "stat_on",
  state_open: "stat_open",
  suggested_display_precision: "sug_dsp_prc",
  unit_of_measurement: "unit_of_meas",
};

const abbreviated = (options: Row["options"]): object =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [SHORT[key] ?? key, value]));

type Form = (row: Row, index: number) => Announced;

const FORMS: Readonly<Record<string, Form>> = {
  "an entity with its device, by full names": (row, index) => ({
    title: "",
    topic: `homeassistant/${row.component}/full_${index}/config`,
    document: {
      ...row.options,
      state_topic: `full/${index}/state`,
      unique_id: `full-${index}`,
      device: { identifiers: [`board${index}`, "second"], name: `Board ${index}` },
    },
    stateTopic: `full/${index}/state`,
    payload: row.payload,
    deviceId: `ha:board${index}`,
    metric: `full_${index}`,
    row,
  }),
  "an entity below its node, by short names and a base topic": (row, index) => ({
    title: "",
    topic: `homeassistant/${row.component}/node${index}/node${index}_part/config`,
    document: { "~": `short/${index}`, ...abbreviated(row.options), stat_t: "~/state", uniq_id: `short-${index}` },
    stateTopic: `short/${index}/state`,
    payload: row.payload,
    deviceId: `ha:node${index}`,
    metric: "part",
    row,
  }),
  "a component of a device": (row, index) => ({
    title: "",
    topic: `homeassistant/device/whole${index}/config`,
    document: {
      dev: {
        cns: [
          ["mac", `02:00:5E:00:${String(index).padStart(4, "0").slice(0, 2)}:${String(index % 100).padStart(2, "0")}`],
        ],
        mf: "Maker",
      },
      o: { name: "test" },
      cmps: {
        first: {
          p: row.component,
          ...abbreviated(row.options),
          stat_t: `whole/${index}/state`,
          uniq_id: `whole-${index}`,
        },
        gone: { p: "sensor" },
      },
    },
    stateTopic: `whole/${index}/state`,
    payload: row.payload,
    deviceId: `ha:02005e00${String(index).padStart(4, "0").slice(0, 2)}${String(index % 100).padStart(2, "0")}`,
    metric: "first",
    row,
  }),
};

/** Each row in each form: more than 300 documents. */
export const ANNOUNCED: readonly Announced[] = Object.entries(FORMS).flatMap(([form, put]) =>
  ROWS.map((row, index) => ({ ...put(row, index), title: `${form}: ${row.component} ${JSON.stringify(row.options)}` })),
);
