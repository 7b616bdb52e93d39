/** What this browser does when an alert begins: kept in the browser, for it is about this screen and its loudspeaker. */
import { remembered } from "../preferences/remembered.ts";

export interface BrowserChoice {
  readonly notification: boolean;
  readonly sound: boolean;
}

export const browserChoice = remembered<BrowserChoice>("aerie.alerts", (stored) => ({
  notification: isOn(stored, "notification"),
  sound: isOn(stored, "sound"),
}));

export function choose(change: Partial<BrowserChoice>): void {
  browserChoice.value = { ...browserChoice.peek(), ...change };
}

function isOn(stored: unknown, name: keyof BrowserChoice): boolean {
  return typeof stored === "object" && stored !== null && (stored as Partial<BrowserChoice>)[name] === true;
}
