/** An air quality index from 0 to 500: the worst of its parts, as public indices compute it. */

type Scale = readonly (readonly [amount: number, index: number])[];

/** UBA's five bands of total volatile organics (65, 220, 660, 2,200, 5,500 ppb), drawn on the index's scale. */
const TVOC_PPB: Scale = [
  [0, 0],
  [220, 100],
  [660, 150],
  [2_200, 200],
  [5_500, 300],
  [65_000, 500],
];
const CO2_PPM: Scale = [
  [400, 0],
  [800, 50],
  [1_000, 75],
  [1_400, 100],
  [2_000, 150],
  [5_000, 300],
  [40_000, 500],
];
/** US EPA's breakpoints of 2024 for carbon monoxide. */
const CO_PPM: Scale = [
  [0, 0],
  [4.4, 50],
  [9.4, 100],
  [12.4, 150],
  [15.4, 200],
  [30.4, 300],
  [50.4, 500],
];

export function airQualityIndex(air: { tvocPpb: number; co2Ppm: number; coPpm: number }): number {
  return Math.max(along(TVOC_PPB, air.tvocPpb), along(CO2_PPM, air.co2Ppm), along(CO_PPM, air.coPpm));
}

function along(scale: Scale, amount: number): number {
  let [lastAmount, lastIndex] = [Number.NEGATIVE_INFINITY, 0];
  for (const [nextAmount, nextIndex] of scale) {
    if (amount <= nextAmount) {
      if (lastAmount === Number.NEGATIVE_INFINITY) return nextIndex;
      return lastIndex + ((amount - lastAmount) / (nextAmount - lastAmount)) * (nextIndex - lastIndex);
    }
    [lastAmount, lastIndex] = [nextAmount, nextIndex];
  }
  return lastIndex;
}
