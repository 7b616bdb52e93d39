/** Asks again until there is an answer, with a deadline. For what no event tells. A deadline costs nothing while all is right: it is long. */

/** Far beyond what anything takes on a busy machine, and within the time of a test. */
export const LONG_MS = 30_000;

export interface UntilOptions {
  withinMs?: number;
  everyMs?: number;
}

/**
 * The first answer of `probe` that is not undefined and not false; a throw counts as none. Past the deadline it rejects
 * with `what` and the last thing that went wrong.
 */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  { withinMs = LONG_MS, everyMs = 25 }: UntilOptions = {},
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + withinMs;
  let fault: unknown;
  for (;;) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
      fault = undefined;
    } catch (error) {
      fault = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`not within ${withinMs} ms: ${what}${fault === undefined ? "" : ` (${String(fault)})`}`, {
        cause: fault,
      });
    }
    await pause(everyMs);
  }
}

/** Only where time itself is what is tested. */
export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The same promise with a deadline. */
export async function within<T>(what: string, promise: Promise<T>, limitMs = LONG_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${limitMs} ms: ${what}`)), limitMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
