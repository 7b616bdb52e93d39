/** What is known of a Tasmota metric: by its name, and by the units and names that the board said. */
import type { MetricInfo } from "../../contract/metrics.ts";
import { type Quantity, quantityOf, quantityOfBoard } from "./quantities.ts";
import type { Units } from "./tasmota-memory.ts";

/** A button, a remote control, a card: each occurrence counts, and nothing lasts. */
const IS_EVENT = /^((Button|Switch)\d{1,2}\.Action|(IrReceived|RfReceived)\..+|[^.]+\.UID|Click)$/;
const ACTIONS = ["SINGLE", "DOUBLE", "TRIPLE", "QUAD", "PENTA", "HOLD", "CLEAR"] as const;

export const isEvent = (name: string): boolean => IS_EVENT.test(name);

export interface KnownOfBoard {
  readonly units: Units;
  /** `fn`: of its relays. */
  readonly relays: readonly (string | null)[];
}

export function metricInfoOf(name: string, known: KnownOfBoard): MetricInfo | undefined {
  if (isEvent(name)) return eventInfo(name);
  const relay = /^POWER(\d{0,2})$/.exec(name);
  if (relay !== null) return relayInfo(relay[1] ?? "", known.relays);
  const ofBoard = quantityOfBoard(name);
  if (ofBoard !== undefined) return named(ofBoard, ofBoard.label, known.units);
  return lightInfo(name) ?? shutterInfo(name) ?? switchInfo(name) ?? sensorInfo(name, known.units);
}

function eventInfo(name: string): MetricInfo {
  const label = name.replace(/\.(Action|UID)$/, "").replaceAll(".", " ");
  const isButton = name.startsWith("Button");
  return { label: spaced(label), kind: "event", unit: "", ...(isButton && { options: ACTIONS }) };
}

function relayInfo(index: string, relays: readonly (string | null)[]): MetricInfo {
  const own = relays[index === "" ? 0 : Number(index) - 1];
  return { label: own ?? `Relay ${index}`.trim(), kind: "boolean", unit: "", deviceClass: "switch", settable: true };
}

function lightInfo(name: string): MetricInfo | undefined {
  const channel = /^Channel\.(\d+)$/.exec(name);
  if (channel !== null)
    return { label: `Channel ${channel[1]}`, kind: "number", unit: "%", digits: 0, range: [0, 100] };
  if (name === "Color") return { label: "Color", kind: "text", unit: "", settable: true };
  if (name === "HSBColor") return { label: "Color (HSB)", kind: "text", unit: "", settable: true };
  const dimmer = /^Dimmer(\d)$/.exec(name);
  if (dimmer === null) return undefined;
  return { label: `Brightness ${dimmer[1]}`, kind: "number", unit: "%", digits: 0, range: [0, 100], settable: true };
}

function shutterInfo(name: string): MetricInfo | undefined {
  const [, index, field = ""] = /^Shutter(\d{1,2})\.(Position|Direction|Target|Tilt)$/.exec(name) ?? [];
  if (index === undefined) return undefined;
  const label = `Shutter ${index} ${field.toLowerCase()}`;
  const isPercent = field === "Position" || field === "Target";
  return {
    label,
    kind: "number",
    unit: isPercent ? "%" : "",
    digits: 0,
    ...(isPercent && { range: [0, 100] as const }),
    ...(field === "Position" && { settable: true }),
  };
}

function switchInfo(name: string): MetricInfo | undefined {
  const [, index] = /^Switch(\d{1,2})$/.exec(name) ?? [];
  return index === undefined ? undefined : { label: `Switch ${index}`, kind: "boolean", unit: "" };
}

/** `BME280.Temperature`, `ENERGY.Voltage.2`, `PMS5003.PM2.5`, `Temperature`. */
function sensorInfo(name: string, units: Units): MetricInfo | undefined {
  const [, before = "", field = "", index] = /^(?:(.+?)\.)?(PM2\.5|[^.]+)(?:\.(\d+))?$/.exec(name) ?? [];
  const found = quantityOf(before, field);
  if (found === undefined) return undefined;
  const sensor = /^(ENERGY|ANALOG)$/.test(before) ? "" : before.replaceAll(".", " ");
  const quantity = sensor === "" ? found.label : found.label.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase());
  return named(found, [sensor, quantity, index].filter((part) => part !== undefined && part !== "").join(" "), units);
}

function named({ unit, ...quantity }: Quantity, label: string, units: Units): MetricInfo {
  return { ...quantity, label, unit: typeof unit === "string" ? unit : shownUnit(units[unit.learned]) };
}

/** Without a unit where the board has said none. */
const shownUnit = (said: string | undefined): string => (said === "C" || said === "F" ? `°${said}` : (said ?? ""));

/** `Button1` → `Button 1` */
const spaced = (label: string): string => label.replace(/^(Button|Switch)(\d)/, "$1 $2");
