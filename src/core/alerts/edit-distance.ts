/** How many letters are wrong: inserted, left out, replaced, or two of them swapped. */

/** Undefined: more than `most`. (Optimal string alignment.) */
export function distanceWithin(one: string, other: string, most: number): number | undefined {
  if (Math.abs(one.length - other.length) > most) return undefined;
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= other.length; column++) {
      const cost = edits(row, column, current);
      current.push(cost);
      least = Math.min(least, cost);
    }
    if (least > most) return undefined;
    [beforeLast, last] = [last, current];
  }
  const distance = last[other.length] ?? 0;
  return distance > most ? undefined : distance;

  function edits(row: number, column: number, current: readonly number[]): number {
    const isEqual = one[row - 1] === other[column - 1];
    const replaced = (last[column - 1] ?? 0) + (isEqual ? 0 : 1);
    const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
    const swapped = isSwap ? (beforeLast[column - 2] ?? 0) + 1 : replaced;
    return Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replaced, swapped);
  }
}
