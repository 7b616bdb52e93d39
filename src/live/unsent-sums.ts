/** Sums of how many readings of each device were not sent. */

export const sum = (counts: Iterable<number>): number => {
  let total = 0;
  for (const count of counts) total += count;
  return total;
};

export const sumOf = (counts: ReadonlyMap<string, number>, devices: Iterable<string>): number =>
  sum(Array.from(devices, (deviceId) => counts.get(deviceId) ?? 0));
