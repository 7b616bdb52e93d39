/** The payloads that tests send. The seed's one stands here, metric by metric. */

/** The fourteen metrics of the seed document, with its values. */
export const SEED_METRICS = {
  temperature: 25.5,
  humidity: 60.2,
  aqi: 45,
  eco2: 400,
  tvoc: 100,
  coPpm: 0,
  ch4Ppm: 0,
  lpgPpm: 0,
  co2: 400,
  alcohol: 0,
  toluene: 0,
  acetone: 0,
  flameDetected: false,
  flameIntensity: 0,
} as const;
