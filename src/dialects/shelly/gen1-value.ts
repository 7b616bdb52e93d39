/** Reads the plain values of a Shelly of the first generation: `shellies/<id>/relay/0/power 12.5`. */
import { jsonValue, plainValue, type Read } from "../../core/model/metric-value.ts";
import { fault, ok } from "../../core/model/result.ts";

/** Numbers or words for a state that holds or does not. */
const IS_BOOLEAN = new RegExp(
  `^(?:${[
    String.raw`(?:relay|light|color|white|input|longpush|ext_switch)/\d+`,
    String.raw`(?:light|color|white|relay)/\d+/overpower`,
    "overtemperature|overload|overpower|loaderror",
    "sensor/(?:motion|vibration|flood|smoke|charger|ext_power)",
  ].join("|")})$`,
);
const IS_TEXT =
  /^(roller\/\d+|roller\/\d+\/stop_reason|temperature_status|sensor\/(state|illumination|gas|operation|self_test))$/;
/** Since it was switched on, in watt-minutes. `total` and `total_returned` of a meter are in watt-hours. */
const IS_WATT_MINUTES = /(^|\/)(energy|returned_energy)$/;
/** The firmware says −1 where it has no value; power and powers factors may be negative. */
const IS_NEVER_NEGATIVE = /^(sensor\/(battery|humidity|lux|tilt|concentration)|ext_humidity\/\d+|roller\/\d+\/pos)$/;
/** The firmware says 999 where no sensor is connected. */
const IS_SENSOR = /(temperature|temperature_f|humidity)(\/\d+)?$/;

/** `overpower`: a relay that the board switched off itself. */
const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ["on", true],
  ["1", true],
  ["true", true],
  ["off", false],
  ["0", false],
  ["false", false],
  ["overpower", false],
]);

/** `path`: below `shellies/<id>/`; `name`: its metric. */
export function gen1Value(path: string, name: string, payload: string): Read {
  if (IS_BOOLEAN.test(path)) {
    const truth = TRUTHS.get(payload.toLowerCase());
    return truth === undefined ? fault("METRIC_WRONG_TYPE", `${path} is on or off, 1 or 0`, name) : ok(truth);
  }
  if (IS_TEXT.test(path)) return payload === "" ? ok(undefined) : jsonValue(name, payload);
  const read = plainValue(name, payload);
  if (!read.ok || read.value === undefined) return read;
  if (typeof read.value !== "number") return fault("METRIC_WRONG_TYPE", `${path} is a number`, name);
  if (isNone(path, read.value)) return fault("METRIC_OUT_OF_RANGE", `${read.value} of ${path}`, name);
  return IS_WATT_MINUTES.test(path) ? ok(wattHours(read.value)) : read;
}

/** Whether the number stands for no value. */
export const isNone = (path: string, value: number): boolean =>
  (value === 999 && IS_SENSOR.test(path)) || (value === -1 && IS_NEVER_NEGATIVE.test(path));

const wattHours = (wattMinutes: number): number => Math.round((wattMinutes / 60) * 1_000) / 1_000;
