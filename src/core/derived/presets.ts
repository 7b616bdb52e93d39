/** Derived metrics that fit what devices send: offered, and added by their owner. */
import type { DerivedPreset } from "../../contract/derived.ts";
import type { MetricInfo } from "../../contract/metrics.ts";
import type { DeviceRecord } from "../devices/device-record.ts";
import type { Descriptions } from "../dialects/descriptions.ts";
import type { DerivedBook } from "./derived-book.ts";

export interface PresetsOptions {
  readonly devices: readonly DeviceRecord[];
  readonly descriptions: Pick<Descriptions, "metricInfo">;
  readonly book: Pick<DerivedBook, "ofDevice">;
}

/** What a preset is computed from, by the names that one device has for it. */
interface Inputs {
  readonly temperature: string;
  readonly humidity: string | undefined;
  readonly pressure: string | undefined;
}

interface Preset extends Omit<DerivedPreset, "expression" | "devices"> {
  /** Undefined: the device lacks something. */
  readonly expressionOf: (inputs: Inputs) => string | undefined;
}

const ofAir =
  (name: string): Preset["expressionOf"] =>
  ({ temperature, humidity }) =>
    humidity === undefined ? undefined : `${name}(${temperature}, ${humidity})`;

const PRESETS: readonly Preset[] = [
  {
    preset: "dewPoint",
    metric: "_dewPoint",
    label: "Dew point",
    unit: "°C",
    digits: 1,
    expressionOf: ofAir("dewPoint"),
  },
  {
    preset: "absoluteHumidity",
    metric: "_absoluteHumidity",
    label: "Absolute humidity",
    unit: "g/m³",
    digits: 1,
    expressionOf: ofAir("absoluteHumidity"),
  },
  {
    preset: "vpd",
    metric: "_vpd",
    label: "Vapour pressure deficit",
    unit: "kPa",
    digits: 2,
    expressionOf: ofAir("vpd"),
  },
  {
    preset: "heatIndex",
    metric: "_heatIndex",
    label: "Heat index",
    unit: "°C",
    digits: 1,
    expressionOf: ofAir("heatIndex"),
  },
  {
    preset: "seaLevelPressure",
    metric: "_seaLevelPressure",
    label: "Pressure at sea level",
    unit: "hPa",
    digits: 1,
    expressionOf: ({ temperature, pressure }) =>
      pressure === undefined ? undefined : `seaLevelPressure(${pressure}, ${temperature}, {altitude})`,
  },
];

/** One for each expression: devices that name their metrics alike are together. */
export function presetsFor({ devices, descriptions, book }: PresetsOptions): DerivedPreset[] {
  const offers = new Map<string, DerivedPreset>();
  for (const device of devices) {
    const { deviceId } = device;
    const inputs = inputsOf(device, (metric) => descriptions.metricInfo(deviceId, metric));
    if (inputs === undefined) continue;
    const has = new Set(book.ofDevice(deviceId).map(({ metric }) => metric));
    for (const { expressionOf, ...preset } of PRESETS) {
      const expression = has.has(preset.metric) ? undefined : expressionOf(inputs);
      if (expression === undefined) continue;
      const key = `${preset.preset} ${expression}`;
      const offer = offers.get(key) ?? { ...preset, expression, devices: [] };
      offer.devices.push(deviceId);
      offers.set(key, offer);
    }
  }
  const order = new Map(PRESETS.map(({ preset }, index) => [preset, index]));
  return [...offers.values()].sort((a, b) => (order.get(a.preset) ?? 0) - (order.get(b.preset) ?? 0));
}

const TEMPERATURE = /temperature/i;

/** The temperature, with humidity and pressure that are named as it is: `AM2301.Temperature`, `AM2301.Humidity`. Undefined: it has none. */
function inputsOf({ latest }: DeviceRecord, infoOf: (metric: string) => MetricInfo | undefined): Inputs | undefined {
  const isIn = (metric: string, unit: string): boolean =>
    typeof latest.get(metric)?.value === "number" && infoOf(metric)?.unit === unit;
  let found: Inputs | undefined;
  for (const metric of latest.keys()) {
    if (metric.startsWith("_") || !TEMPERATURE.test(metric) || !isIn(metric, "°C")) continue;
    const like = (word: string, unit: string): string | undefined => {
      const name = [...latest.keys()].find(
        (each) => each.toLowerCase() === metric.toLowerCase().replace("temperature", word),
      );
      return name !== undefined && isIn(name, unit) ? written(name) : undefined;
    };
    const inputs = { temperature: written(metric), humidity: like("humidity", "%"), pressure: like("pressure", "hPa") };
    if (found === undefined || count(inputs) > count(found)) found = inputs;
  }
  return found;
}

const count = ({ humidity, pressure }: Inputs): number =>
  Number(humidity !== undefined) + Number(pressure !== undefined);

/** As an expression has it. */
const written = (metric: string): string => (/^[A-Za-z_]\w*(?:\.\w+)*$/.test(metric) ? metric : `metric('${metric}')`);
