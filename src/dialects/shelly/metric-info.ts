/** What is known of a Shelly's metric, by its name: `switch.0.apower`, `relay.0.power`, `input.0.event`. */
import type { MetricInfo } from "../../contract/metrics.ts";
import { gen1Meter, gen1Quantity, laterQuantity } from "./quantities.ts";

const PUSHES = ["btn_down", "btn_up", "single_push", "double_push", "triple_push", "long_push"] as const;
const GEN1_PUSHES = ["S", "SS", "SSS", "L", "SL", "LS"] as const;
const COVER: MetricInfo = {
  label: "state",
  kind: "enum",
  unit: "",
  options: ["open", "closed", "opening", "closing", "stopped", "calibrating"],
};
/** Components of the later generations: with a number, or of the board. */
const LATER_COMPONENT = /^([a-z][a-z0-9_]*)\.(?:(\d{1,5})\.)?(.+)$/;
/** These are of the first generation, and measure by channel. */
const IS_GEN1_METER = /^(relay|roller|light|color|white|emeter)(?:\.(\d+))?\.([a-z_]+)$/;
const GEN1_TEMPERATURES = /^(sensor\.temperature|tmp\.value|target_t\.value|thermostat\.\d+\.(tmp|target_t)\.value)$/;

/** `temperatureUnit`: of the first generation, `C` or `F`. */
export function metricInfoOf(name: string, temperatureUnit: string | undefined): MetricInfo | undefined {
  return eventInfo(name) ?? gen1Info(name, temperatureUnit) ?? laterInfo(name);
}

function eventInfo(name: string): MetricInfo | undefined {
  const later = /^([a-z][a-z0-9_]*)\.(\d{1,5})\.event$/.exec(name);
  if (later !== null) {
    const [, kind = "", index = ""] = later;
    const options = kind === "input" || kind === "button" || kind.startsWith("bthome") ? { options: PUSHES } : {};
    return { label: `${capital(kind)} ${index}`, kind: "event", unit: "", ...options };
  }
  const gen1 = /^input_event\.(\d+)$/.exec(name);
  return gen1 === null ? undefined : { label: `Button ${gen1[1]}`, kind: "event", unit: "", options: GEN1_PUSHES };
}

function gen1Info(name: string, temperatureUnit: string | undefined): MetricInfo | undefined {
  if (GEN1_TEMPERATURES.test(name)) {
    const label = name.includes("target_t") ? "Target temperature" : "Temperature";
    const unit = temperatureUnit === "F" ? "°F" : "°C";
    return { label, kind: "number", unit, digits: 1, deviceClass: "temperature", stateClass: "measurement" };
  }
  const index = /\.(\d+)(?=\.|$)/.exec(name)?.[1];
  const whole = gen1Quantity(name.replace(/\.\d+(?=\.|$)/, ""));
  if (whole !== undefined) return index === undefined ? whole : { ...whole, label: `${whole.label} ${index}` };
  const [, kind = "", channel, field = ""] = IS_GEN1_METER.exec(name) ?? [];
  const ofChannel = gen1Meter(field);
  if (ofChannel === undefined) return undefined;
  const before = kind === "emeter" ? "Meter" : capital(kind);
  return { ...ofChannel, label: [before, channel, ofChannel.label].filter((part) => part !== undefined).join(" ") };
}

function laterInfo(name: string): MetricInfo | undefined {
  const [, kind = "", index, path = ""] = LATER_COMPONENT.exec(name) ?? [];
  const found = kind === "cover" && path === "state" ? COVER : laterQuantity(path);
  if (found === undefined) return undefined;
  const settable = found.settable === true || (path === "output" && /^(switch|light|rgbw?|cct)$/.test(kind));
  const label = [labelOf(kind), index === "0" ? undefined : index, found.label].filter(
    (part) => part !== undefined && part !== "",
  );
  return { ...found, label: capital(label.join(" ")), ...(settable && { settable }) };
}

/** The component where it says more than the measurement does. */
function labelOf(kind: string): string {
  if (/^(temperature|humidity|illuminance|devicepower|sys)$/.test(kind)) return "";
  return /^(pm1|em1?(data)?)$/.test(kind) ? "Meter" : kind;
}

const capital = (text: string): string => text.replace(/^[a-z]/, (first) => first.toUpperCase());
