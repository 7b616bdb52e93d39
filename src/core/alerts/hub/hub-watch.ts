/** Looks every few seconds at what may be wrong with the hub itself, and tells the alert engine. */
import { type HubTrouble, hubTrouble } from "../../../contract/alerts.ts";
import type { Clock } from "../../ports/clock.ts";
import { type HubFacts, type Troubles, troublesOf } from "./troubles.ts";

export interface HubWatch {
  /** As of the last look. */
  troubles(): Troubles;
  close(): void;
}

export interface HubWatchOptions {
  readonly clock: Clock;
  /** Undefined while too little is known: right after a start. */
  readonly facts: () => HubFacts | undefined;
  /** Called for each of them at each look: a rule may be new. `text` undefined: nothing is wrong. */
  readonly report: (what: HubTrouble, text: string | undefined) => void;
}

const LOOK_EVERY_MS = 5_000;

export function createHubWatch({ clock, facts, report }: HubWatchOptions): HubWatch {
  let troubles: Troubles = new Map();
  const stop = clock.every(LOOK_EVERY_MS, () => {
    const known = facts();
    if (known === undefined) return;
    troubles = troublesOf(known);
    for (const what of hubTrouble.options) report(what, troubles.get(what)?.text);
  });
  return { troubles: () => troubles, close: stop };
}
