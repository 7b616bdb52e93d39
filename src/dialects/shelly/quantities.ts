/** What Shellys measure, by the last parts of a metric's name. Units as their API documentation gives them. */
import type { MetricInfo } from "../../contract/metrics.ts";

const measured = (
  label: string,
  unit: string,
  digits: number,
  deviceClass?: string,
  range?: readonly [number, number],
): MetricInfo => ({
  label,
  unit,
  digits,
  kind: "number",
  stateClass: "measurement",
  ...(deviceClass !== undefined && { deviceClass }),
  ...(range !== undefined && { range }),
});

const energy = (label: string): MetricInfo => ({
  ...measured(label, "Wh", 1, "energy"),
  stateClass: "total_increasing",
});

const state = (label: string, deviceClass?: string): MetricInfo => ({
  label,
  kind: "boolean",
  unit: "",
  ...(deviceClass !== undefined && { deviceClass }),
});

const oneOf = (label: string, ...options: readonly string[]): MetricInfo => ({
  label,
  kind: "enum",
  unit: "",
  options,
});

const PERCENT = [0, 100] as const;
const settable = (info: MetricInfo): MetricInfo => ({ ...info, settable: true });

/** From the second generation on, by the path within a component. A phase (`a_`) or `total_` may stand before. */
const LATER: ReadonlyMap<string, MetricInfo> = new Map(
  Object.entries({
    output: state("output", "switch"),
    state: state("state"),
    apower: measured("power", "W", 1, "power"),
    act_power: measured("power", "W", 1, "power"),
    aprt_power: measured("apparent power", "VA", 1, "apparent_power"),
    voltage: measured("voltage", "V", 1, "voltage"),
    xvoltage: measured("value", "", 2),
    current: measured("current", "A", 3, "current"),
    pf: measured("power factor", "", 2, "power_factor"),
    freq: measured("frequency", "Hz", 1, "frequency"),
    "aenergy.total": energy("energy"),
    "ret_aenergy.total": energy("returned energy"),
    act_energy: energy("energy"),
    act_ret_energy: energy("returned energy"),
    act: energy("energy"),
    act_ret: energy("returned energy"),
    tC: measured("temperature", "°C", 1, "temperature"),
    tF: measured("temperature (°F)", "°F", 1, "temperature"),
    "temperature.tC": measured("device temperature", "°C", 1, "temperature"),
    "temperature.tF": measured("device temperature (°F)", "°F", 1, "temperature"),
    rh: measured("humidity", "%", 1, "humidity", PERCENT),
    lux: measured("illuminance", "lx", 0, "illuminance"),
    "battery.percent": measured("battery", "%", 0, "battery", PERCENT),
    "battery.V": measured("battery voltage", "V", 2, "voltage"),
    "external.present": state("external power", "plug"),
    percent: measured("level", "%", 1, undefined, PERCENT),
    brightness: settable(measured("brightness", "%", 0, undefined, PERCENT)),
    ct: settable(measured("color temperature", "K", 0)),
    current_pos: settable(measured("position", "%", 0, undefined, PERCENT)),
    target_pos: measured("target position", "%", 0, undefined, PERCENT),
    current_C: measured("temperature", "°C", 1, "temperature"),
    target_C: measured("target temperature", "°C", 1, "temperature"),
    pos: measured("position", "%", 0, undefined, PERCENT),
    battery: measured("battery", "%", 0, "battery", PERCENT),
    rssi: measured("signal", "dBm", 0, "signal_strength", [-120, 0]),
    alarm: state("alarm", "problem"),
    "counts.total": { ...measured("count", "", 0), stateClass: "total_increasing" },
    uptime: { ...measured("uptime", "s", 0, "duration"), stateClass: "total_increasing" },
  }),
);

const PHASES: ReadonlyMap<string, string> = new Map([
  ["a_", "phase A"],
  ["b_", "phase B"],
  ["c_", "phase C"],
  ["n_", "neutral"],
  ["total_", "total"],
]);

export function laterQuantity(path: string): MetricInfo | undefined {
  const found = LATER.get(path);
  if (found !== undefined) return found;
  for (const [before, phase] of PHASES) {
    const info = path.startsWith(before) ? LATER.get(path.slice(before.length)) : undefined;
    if (info !== undefined) return { ...info, label: `${phase} ${info.label}` };
  }
  return undefined;
}

/** Of the first generation, by the name of the metric without its numbers. */
const GEN1: ReadonlyMap<string, MetricInfo> = new Map(
  Object.entries({
    relay: settable(state("Relay", "switch")),
    light: settable(state("Light")),
    color: settable(state("Light")),
    white: settable(state("Light")),
    roller: settable(oneOf("Roller", "open", "close", "stop")),
    "roller.pos": settable(measured("Roller position", "%", 0, undefined, PERCENT)),
    "roller.stop_reason": oneOf("Roller's reason to stop", "normal", "safety_switch", "obstacle", "overpower"),
    input: state("Input"),
    longpush: state("Long push"),
    ext_switch: state("External switch"),
    ext_temperature: measured("External temperature", "°C", 1, "temperature"),
    ext_temperature_f: measured("External temperature (°F)", "°F", 1, "temperature"),
    ext_humidity: measured("External humidity", "%", 1, "humidity", PERCENT),
    adc: measured("Input voltage", "V", 2, "voltage"),
    temperature: measured("Device temperature", "°C", 1, "temperature"),
    temperature_f: measured("Device temperature (°F)", "°F", 1, "temperature"),
    overtemperature: state("Too hot", "heat"),
    overload: state("Overload", "problem"),
    overpower: state("Overpower", "problem"),
    loaderror: state("Load error", "problem"),
    voltage: measured("Voltage", "V", 1, "voltage"),
    "sensor.humidity": measured("Humidity", "%", 1, "humidity", PERCENT),
    "sensor.battery": measured("Battery", "%", 0, "battery", PERCENT),
    "sensor.lux": measured("Illuminance", "lx", 0, "illuminance"),
    "sensor.illumination": oneOf("Illumination", "dark", "twilight", "bright"),
    "sensor.state": oneOf("Door or window", "open", "close"),
    "sensor.tilt": measured("Tilt", "°", 0),
    "sensor.vibration": state("Vibration", "vibration"),
    "sensor.motion": state("Motion", "motion"),
    "sensor.flood": state("Water", "moisture"),
    "sensor.smoke": state("Smoke", "smoke"),
    "sensor.gas": oneOf("Gas alarm", "none", "mild", "heavy", "test"),
    "sensor.concentration": measured("Gas", "ppm", 0),
    "sensor.charger": state("Charger", "plug"),
    "sensor.ext_power": state("External power", "plug"),
    motion: state("Motion", "motion"),
    vibration: state("Vibration", "vibration"),
    lux: measured("Illuminance", "lx", 0, "illuminance"),
    bat: measured("Battery", "%", 0, "battery", PERCENT),
    "bat.value": measured("Battery", "%", 0, "battery", PERCENT),
    "bat.voltage": measured("Battery voltage", "V", 2, "voltage"),
    charger: state("Charger", "plug"),
    "thermostat.pos": measured("Valve position", "%", 0, undefined, PERCENT),
    "wifi_sta.rssi": measured("WiFi signal", "dBm", 0, "signal_strength", [-120, 0]),
    uptime: { ...measured("Uptime", "s", 0, "duration"), stateClass: "total_increasing" },
  }),
);

/** Of every channel that measures. Energy comes in watt-minutes or watt-hours, and is stored in watt-hours. */
const GEN1_METER: ReadonlyMap<string, MetricInfo> = new Map(
  Object.entries({
    power: measured("power", "W", 1, "power"),
    reactive_power: measured("reactive power", "var", 1, "reactive_power"),
    pf: measured("power factor", "", 2, "power_factor"),
    current: measured("current", "A", 2, "current"),
    voltage: measured("voltage", "V", 1, "voltage"),
    energy: energy("energy since start"),
    returned_energy: energy("returned energy since start"),
    total: energy("energy"),
    total_returned: energy("returned energy"),
    overpower: state("overpower", "problem"),
    overpower_value: measured("power that was too high", "W", 0, "power"),
    brightness: settable(measured("brightness", "%", 0, undefined, PERCENT)),
    gain: measured("gain", "%", 0, undefined, PERCENT),
    temp: measured("color temperature", "K", 0),
    ison: state("is on"),
  }),
);

export const gen1Quantity = (plain: string): MetricInfo | undefined => GEN1.get(plain);

export const gen1Meter = (field: string): MetricInfo | undefined => GEN1_METER.get(field);
