/** Opens many connections, a bounded number at a time. */

/** Far below the 511 that a listener's queue holds: a SYN that finds it full is sent again a second later. */
const AT_ONCE = 100;

/** All or none: what did open is closed again when one is refused. */
export async function openAll<T>(
  count: number,
  open: (number: number) => Promise<T>,
  close: (opened: T) => void,
): Promise<T[]> {
  const opened = new Map<number, T>();
  let next = 0;
  let refusal: { reason: unknown } | undefined;

  async function openInTurn(): Promise<void> {
    while (next < count && refusal === undefined) {
      const number = next;
      next += 1;
      try {
        opened.set(number, await open(number));
      } catch (reason) {
        refusal ??= { reason };
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, openInTurn));
  if (refusal !== undefined) {
    for (const one of opened.values()) close(one);
    throw refusal.reason;
  }
  return [...opened].sort(([a], [b]) => a - b).map(([, one]) => one);
}
