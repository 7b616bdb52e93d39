/** Draws the presence of a device over a day as one letter for each half hour: the worst state that it had in it. */
import { PRESENCE_CELLS, PRESENCE_STEP_MS } from "../../contract/fleet/sparklines.ts";
import type { PresenceState } from "../../contract/readings.ts";
import type { Run } from "./presence-book.ts";

/** The worst first. */
const LETTERS = "xlao";
const LETTER_OF: Readonly<Record<PresenceState, string>> = { offline: "x", late: "l", asleep: "a", online: "o" };
/** The hub did not run, or did not know the device. */
const UNKNOWN = "-";

interface Change {
  readonly atMs: number;
  readonly detail: PresenceState;
}

/** Changes that were not read. */
interface Unread {
  readonly fromMs: number;
  /** The last of them: how the device is now. */
  readonly last: Change;
}

/** The last cell is under way. */
export const barEndMs = (nowMs: number): number => (Math.floor(nowMs / PRESENCE_STEP_MS) + 1) * PRESENCE_STEP_MS;

/** `changes`: in order; the first may be from before the bar. `runs`: when the hub ran. What was not read stays unknown. */
export function presenceBar(changes: readonly Change[], runs: readonly Run[], endMs: number, unread?: Unread): string {
  const firstMs = endMs - PRESENCE_CELLS * PRESENCE_STEP_MS;
  const cells = new Array<string>(PRESENCE_CELLS).fill(UNKNOWN);
  for (const [index, { atMs, detail }] of changes.entries()) {
    put(detail, atMs, changes[index + 1]?.atMs ?? unread?.fromMs ?? Number.POSITIVE_INFINITY);
  }
  if (unread !== undefined) put(unread.last.detail, unread.last.atMs, Number.POSITIVE_INFINITY);
  return cells.join("");

  function put(detail: PresenceState, fromMs: number, untilMs: number): void {
    for (const run of runs) putWhole(detail, Math.max(fromMs, run.fromMs), Math.min(untilMs, run.toMs));
  }

  function putWhole(detail: PresenceState, fromMs: number, toMs: number): void {
    if (fromMs >= toMs) return;
    const letter = LETTER_OF[detail];
    const first = Math.max(0, Math.floor((fromMs - firstMs) / PRESENCE_STEP_MS));
    const end = Math.min(PRESENCE_CELLS, Math.ceil((toMs - firstMs) / PRESENCE_STEP_MS));
    for (let cell = first; cell < end; cell++) {
      const former = cells[cell] ?? UNKNOWN;
      if (former === UNKNOWN || LETTERS.indexOf(letter) < LETTERS.indexOf(former)) cells[cell] = letter;
    }
  }
}
