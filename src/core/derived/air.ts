/**
 * What follows from temperature, humidity and pressure of the air. Temperatures in °C, humidity in % (relative, over water), pressure in
 * hPa, altitude in m; nothing is converted. NaN where a formula has no value, such as for a humidity of 0.
 */

/** WMO-No. 8 (2018), annex 4.B: Magnus formula over water, −45 to 60 °C, with the constants of Sonntag (1990). */
const MAGNUS_FACTOR = 17.62;
const MAGNUS_C = 243.12;
const MAGNUS_HPA = 6.112;

const KELVIN = 273.15;

const saturationHpa = (t: number): number => MAGNUS_HPA * Math.exp((MAGNUS_FACTOR * t) / (MAGNUS_C + t));

/**
 * The temperature in °C to which air must be cooled until water condenses. Source: WMO-No. 8, Guide to Instruments and Methods of
 * Observation (2018), annex 4.B, the Magnus formula solved for the temperature.
 */
export function dewPoint(t: number, h: number): number {
  const gamma = Math.log(h / 100) + (MAGNUS_FACTOR * t) / (MAGNUS_C + t);
  return (MAGNUS_C * gamma) / (MAGNUS_FACTOR - gamma);
}

/**
 * Water vapour in g/m³. Source: ideal gas law with the vapour pressure of WMO-No. 8, annex 4.B; 216.7 g K/J is the molar mass of water
 * through the gas constant, for hPa.
 */
export const absoluteHumidity = (t: number, h: number): number =>
  h > 0 ? (216.7 * (h / 100) * saturationHpa(t)) / (KELVIN + t) : Number.NaN;

/**
 * Vapour pressure deficit of the air in kPa: how strongly it dries leaves. Source: FAO Irrigation and Drainage Paper 56 (Allen et al.,
 * 1998), equations 11 and 19, with the temperature of the air, not of the leaf.
 */
export const vpd = (t: number, h: number): number =>
  h > 0 ? 0.6108 * Math.exp((17.27 * t) / (t + 237.3)) * (1 - h / 100) : Number.NaN;

/**
 * How warm it feels in the shade, in °C. Source: US National Weather Service, the regression of Rothfusz (technical attachment SR 90-23,
 * 1990) with its two corrections, and Steadman's simple formula below 80 °F, as its calculator has it:
 * https://www.wpc.ncep.noaa.gov/html/heatindex_equation.shtml. Made for °F, so it is converted.
 */
export function heatIndex(t: number, h: number): number {
  if (!(h > 0)) return Number.NaN;
  const f = t * 1.8 + 32;
  const simple = 0.5 * (f + 61 + (f - 68) * 1.2 + h * 0.094);
  const index = (simple + f) / 2 < 80 ? (simple + f) / 2 : rothfusz(f, h);
  return (index - 32) / 1.8;
}

function rothfusz(f: number, h: number): number {
  const index =
    -42.379 +
    2.04901523 * f +
    10.14333127 * h -
    0.22475541 * f * h -
    6.83783e-3 * f * f -
    5.481717e-2 * h * h +
    1.22874e-3 * f * f * h +
    8.5282e-4 * f * h * h -
    1.99e-6 * f * f * h * h;
  if (h < 13 && f >= 80 && f <= 112) return index - ((13 - h) / 4) * Math.sqrt((17 - Math.abs(f - 95)) / 17);
  if (h > 85 && f >= 80 && f <= 87) return index + ((h - 85) / 10) * ((87 - f) / 5);
  return index;
}

/** K/m, and g M / (R L) = 9.80665 × 0.0289644 / (8.31432 × 0.0065), of the ICAO standard atmosphere (ICAO Doc 7488). */
const LAPSE = 0.0065;
const EXPONENT = 5.2559;

/**
 * The pressure in hPa that a barometer at sea level would show. Source: barometric formula with the lapse rate of the ICAO standard
 * atmosphere (Doc 7488), from the temperature at the sensor.
 */
export function seaLevelPressure(p: number, t: number, altitude: number): number {
  const seaKelvin = KELVIN + t + LAPSE * altitude;
  return p > 0 ? p * (seaKelvin / (seaKelvin - LAPSE * altitude)) ** EXPONENT : Number.NaN;
}
