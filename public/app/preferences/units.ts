/** The units in which this browser shows temperatures and pressures: as the hub has them, or converted. */
import { oneOf, remembered } from "./remembered.ts";

export const TEMPERATURE_CHOICES = ["hub", "°C", "°F"] as const;
export const PRESSURE_CHOICES = ["hub", "hPa", "inHg"] as const;

export const temperatureUnit = remembered("aerie.temperatureUnit", oneOf(TEMPERATURE_CHOICES));
export const pressureUnit = remembered("aerie.pressureUnit", oneOf(PRESSURE_CHOICES));

export interface Conversion {
  readonly unit: string;
  /** The value in the other unit is `factor * value + offset`. */
  readonly factor: number;
  readonly offset: number;
  /** Decimals that it needs more. */
  readonly digits: number;
}

const HPA_OF_INHG = 33.8638866667;

const CONVERSIONS: ReadonlyMap<string, Conversion> = new Map([
  ["°C", { unit: "°F", factor: 1.8, offset: 32, digits: 0 }],
  ["°F", { unit: "°C", factor: 1 / 1.8, offset: -32 / 1.8, digits: 0 }],
  ["hPa", { unit: "inHg", factor: 1 / HPA_OF_INHG, offset: 0, digits: 2 }],
  ["inHg", { unit: "hPa", factor: HPA_OF_INHG, offset: 0, digits: -2 }],
]);

/** Undefined: values of this unit are shown as they are. */
export function conversionOf(unit: string): Conversion | undefined {
  const conversion = CONVERSIONS.get(unit);
  return conversion !== undefined &&
    [temperatureUnit.value, pressureUnit.value].some((chosen) => chosen === conversion.unit)
    ? conversion
    : undefined;
}
