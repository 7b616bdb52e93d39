/** How many letters are wrong: inserted, left out, replaced, or two of them swapped. */

/** Undefined: more than `most`. (Optimal string alignment, over the columns that are at most so far from the diagonal.) */
export function distanceWithin(one: string, other: string, most: number): number | undefined {
  if (Math.abs(one.length - other.length) > most) return undefined;
  const outside = most + 1;
  let beforeLast: number[] = [];
  let last: number[] = [];
  let current: number[] = [];
  for (let column = 0; column <= other.length; column++) last.push(column);
  for (let row = 1; row <= one.length; row++) {
    const from = Math.max(1, row - most);
    const to = Math.min(other.length, row + most);
    current[from - 1] = from === 1 ? row : outside;
    let least = from === 1 ? row : outside;
    for (let column = from; column <= to; column++) {
      const cost = edits(row, column);
      current[column] = cost;
      if (cost < least) least = cost;
    }
    if (least > most) return undefined;
    current[to + 1] = outside;
    [beforeLast, last, current] = [last, current, beforeLast];
  }
  const distance = last[other.length] ?? 0;
  return distance > most ? undefined : distance;

  function edits(row: number, column: number): number {
    const letter = one.charCodeAt(row - 1);
    const otherLetter = other.charCodeAt(column - 1);
    const replaced = (last[column - 1] ?? 0) + (letter === otherLetter ? 0 : 1);
    const cost = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replaced);
    const isSwap =
      row > 1 && column > 1 && letter === other.charCodeAt(column - 2) && one.charCodeAt(row - 2) === otherLetter;
    return isSwap ? Math.min(cost, (beforeLast[column - 2] ?? 0) + 1) : cost;
  }
}
