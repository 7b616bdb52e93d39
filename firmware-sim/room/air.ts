/** The true state of a room's air, before any sensor measures it. */

/** Parts of the air that people and things give off and ventilation carries away. */
export interface Gases {
  co2Ppm: number;
  tvocPpb: number;
  coPpm: number;
  ch4Ppm: number;
  lpgPpm: number;
  alcoholPpm: number;
  toluenePpm: number;
  acetonePpm: number;
  /** Water vapour, g/m³: relative humidity follows from it and the temperature. */
  waterGramsPerM3: number;
}

export interface Air extends Gases {
  temperatureC: number;
  /** 0 at night, 1 at noon: what an infrared flame sensor sees of the sun. */
  daylight: number;
  /** 0 none, 1 a fire that fills the sensor's view. */
  flame: number;
}

/** Clean outdoor air of the 2020s; methane's 1.9 ppm is the atmosphere's own. */
export const OUTDOORS: Readonly<Gases> = {
  co2Ppm: 420,
  tvocPpb: 25,
  coPpm: 0.2,
  ch4Ppm: 1.9,
  lpgPpm: 0,
  alcoholPpm: 0.05,
  toluenePpm: 0.01,
  acetonePpm: 0.02,
  waterGramsPerM3: 7.5,
};

/** Water that saturated air holds, from the Magnus formula (WMO No. 8: 6.112 hPa, 17.62, 243.12 °C). */
export function saturationGramsPerM3(temperatureC: number): number {
  const vapourHpa = 6.112 * Math.exp((17.62 * temperatureC) / (243.12 + temperatureC));
  return (216.679 * vapourHpa) / (temperatureC + 273.15);
}

export const relativeHumidity = (air: Pick<Air, "waterGramsPerM3" | "temperatureC">): number =>
  (100 * air.waterGramsPerM3) / saturationGramsPerM3(air.temperatureC);
