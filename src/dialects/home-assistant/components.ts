/** The components that Aerie reads, by the options that Home Assistant documents for each. */
import type { MetricValue } from "../../contract/readings.ts";
import { type StepBudget, stepsFor } from "../../core/expression/run.ts";
import { fault, ok, type Result } from "../../core/model/result.ts";
import { isObject, type JsonObject } from "../payload/payload-text.ts";
import { numberIn, textIn, textsIn, wordsIn } from "./config.ts";
import { deviceClass, type EntityBuilder, type Said, settable } from "./entity.ts";
import { describeSensor } from "./sensor.ts";
import type { TemplateInput } from "./value-template.ts";
import { booleanValue, numberValue, scalarText, textValue, wordValue } from "./values.ts";

type Component = (builder: EntityBuilder) => void;

export const COMPONENTS: ReadonlyMap<string, Component> = new Map([
  ["sensor", describeSensor],
  ["binary_sensor", describeBinarySensor],
  ["switch", describeSwitch],
  ["number", describeNumber],
  ["select", describeSelect],
  ["text", describeText],
  ["button", describeButton],
  ["event", describeEvent],
  ["light", describeLight],
  ["cover", describeCover],
  ["update", describeUpdate],
]);

/** Behind the name of an entity; each component uses some of them. */
export const SUFFIXES: ReadonlyMap<string, readonly string[]> = new Map([
  ["light", ["", "brightness"]],
  ["cover", ["", "position", "tilt"]],
]);

const BOOLEAN = { kind: "boolean", unit: "" } as const;

function describeBinarySensor({ config, source, describe }: EntityBuilder): void {
  const on = textIn(config, "payload_on") ?? "ON";
  const off = textIn(config, "payload_off") ?? "OFF";
  describe("", { ...BOOLEAN, ...deviceClass(config) });
  source("state_topic", "value_template", (value) => own(booleanValue(value, on, off)));
}

function describeSwitch(builder: EntityBuilder): void {
  const { config, source, describe } = builder;
  const on = textIn(config, "state_on") ?? textIn(config, "payload_on") ?? "ON";
  const off = textIn(config, "state_off") ?? textIn(config, "payload_off") ?? "OFF";
  describe("", { ...BOOLEAN, ...deviceClass(config), ...settable(builder) });
  source("state_topic", "value_template", (value) => own(booleanValue(value, on, off)));
}

function describeNumber(builder: EntityBuilder): void {
  const { config, source, describe } = builder;
  const [least, most, step] = [numberIn(config, "min"), numberIn(config, "max"), numberIn(config, "step")];
  describe("", {
    kind: "number",
    unit: wordsIn(config, "unit_of_measurement") ?? "",
    ...deviceClass(config),
    ...settable(builder),
    ...(least !== undefined && most !== undefined && least < most && { range: [least, most] }),
    ...(step !== undefined && step > 0 && { digits: decimalsOf(step) }),
  });
  const reset = textIn(config, "payload_reset");
  source("state_topic", "value_template", (value) =>
    own(reset !== undefined && scalarText(value) === reset ? ok(undefined) : numberValue(value)),
  );
}

const MAX_DIGITS = 6;

const decimalsOf = (step: number): number => Math.min(MAX_DIGITS, /\.(\d+)$/.exec(String(step))?.[1]?.length ?? 0);

function describeSelect(builder: EntityBuilder): void {
  const { config, source, describe } = builder;
  describe("", { kind: "enum", unit: "", options: textsIn(config, "options"), ...settable(builder) });
  source("state_topic", "value_template", (value) => own(textValue(value)));
}

function describeText(builder: EntityBuilder): void {
  const { config, source, describe, leaveOut } = builder;
  if (wordsIn(config, "mode") === "password") return leaveOut("a password is not stored");
  describe("", { kind: "text", unit: "", ...settable(builder) });
  source("state_topic", "value_template", (value) => own(textValue(value)));
}

/** It has no state: it can only be pressed. */
function describeButton(builder: EntityBuilder): void {
  builder.describe("", { kind: "event", unit: "", ...deviceClass(builder.config), ...settable(builder) });
}

/** `{"event_type": "single"}` */
function describeEvent({ config, source, describe }: EntityBuilder): void {
  describe("", { kind: "event", unit: "", options: textsIn(config, "event_types"), ...deviceClass(config) });
  source("state_topic", "value_template", (value, input) => {
    const json = jsonOf(value, input);
    return json.ok ? own(textValue(json.value["event_type"] ?? "")) : own(json);
  });
}

function describeLight(builder: EntityBuilder): void {
  const { config, source, describe, leaveOut } = builder;
  const schema = wordsIn(config, "schema") ?? "basic";
  if (schema !== "basic" && schema !== "default" && schema !== "json") return leaveOut(`schema ${schema.slice(0, 40)}`);
  const on = textIn(config, "payload_on") ?? "ON";
  const off = textIn(config, "payload_off") ?? "OFF";
  const isJson = schema === "json";
  const brightness = { kind: "number", unit: "", ...settable(builder) } as const;
  const most = numberIn(config, "brightness_scale") ?? 255;
  const range = most > 0 ? ([0, most] as const) : undefined;
  describe("", { ...BOOLEAN, ...settable(builder) });
  describe("brightness", { ...brightness, digits: 0, ...(range !== undefined && { range }) });
  if (isJson) return source("state_topic", "", (value, input) => readLight(jsonOf(value, input)));
  source("state_topic", "state_value_template", (value) => own(booleanValue(value, on, off)));
  source("brightness_state_topic", "brightness_value_template", (value) => [
    { suffix: "brightness", value: numberValue(value) },
  ]);
}

/** What is not there did not change. */
function readLight(json: Result<JsonObject>): readonly Said[] {
  if (!json.ok) return own(json);
  const { state, brightness } = json.value;
  return [
    ...(state === undefined || state === null ? [] : own(booleanValue(state, "ON", "OFF"))),
    ...(brightness === undefined || brightness === null
      ? []
      : [{ suffix: "brightness", value: numberValue(brightness) }]),
  ];
}

const COVER_STATES = ["open", "opening", "closed", "closing", "stopped"] as const;

function describeCover(builder: EntityBuilder): void {
  const { config, source, describe } = builder;
  const words = new Map<string, MetricValue>(
    COVER_STATES.map((state) => [textIn(config, `state_${state}`) ?? state, state]),
  );
  const closed = numberIn(config, "position_closed") ?? 0;
  const open = numberIn(config, "position_open") ?? 100;
  const isPercent = closed === 0 && open === 100;
  describe("", { kind: "enum", unit: "", options: COVER_STATES, ...deviceClass(config), ...settable(builder) });
  describe("position", {
    kind: "number",
    unit: isPercent ? "%" : "",
    digits: 0,
    ...(closed !== open && { range: [Math.min(closed, open), Math.max(closed, open)] }),
    ...settable(builder),
  });
  describe("tilt", { kind: "number", unit: isPercent ? "%" : "", digits: 0 });
  source("state_topic", "value_template", (value) => own(wordValue(value, words)));
  source("position_topic", "position_template", (value) => [{ suffix: "position", value: numberValue(value) }]);
  source("tilt_status_topic", "tilt_status_template", (value) => [{ suffix: "tilt", value: numberValue(value) }]);
}

/** Versions are attributes. The state is the installed version, or an object with both. */
function describeUpdate({ config, source }: EntityBuilder): void {
  const hasLatestTopic = wordsIn(config, "latest_version_topic") !== undefined;
  source("state_topic", "value_template", (value, input) => {
    const json = jsonOf(value, input);
    if (!json.ok) return version("installedVersion", value);
    const { installed_version: installed, latest_version: latest } = json.value;
    return [...version("installedVersion", installed), ...(hasLatestTopic ? [] : version("latestVersion", latest))];
  });
  source("latest_version_topic", "latest_version_template", (value) => version("latestVersion", value));
}

function version(attribute: string, value: unknown): readonly Said[] {
  const text = scalarText(value);
  return text === undefined || text === "" ? [] : [{ attribute, value: text.slice(0, MAX_VERSION) }];
}

const MAX_VERSION = 64;

const own = (value: Extract<Said, { suffix: string }>["value"]): readonly Said[] => [{ suffix: "", value }];

/** Of the payload, of a template that made an object, or of text that it made. */
function jsonOf(value: unknown, { text, json, budget }: TemplateInput): Result<JsonObject> {
  const found = value === text ? json() : typeof value === "string" ? parsedText(value, budget) : value;
  return isObject(found) ? ok(found) : fault("PAYLOAD_WRONG_SHAPE", "a JSON object belongs here");
}

function parsedText(text: string, budget: StepBudget): unknown {
  budget.left -= stepsFor(text);
  if (budget.left < 0) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
