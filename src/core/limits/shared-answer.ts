/** Makes an answer at most once in `forMs`. Callers within that time get the same answer. */
import type { Clock } from "../ports/clock.ts";

export function shareAnswer<T>({
  clock,
  forMs,
  make,
}: {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly forMs: number;
  readonly make: () => T;
}): () => T {
  let made: { readonly answer: T; readonly atMs: number } | undefined;
  return () => {
    const nowMs = clock.monotonicMs();
    if (made === undefined || nowMs - made.atMs >= forMs) made = { answer: make(), atMs: nowMs };
    return made.answer;
  };
}
