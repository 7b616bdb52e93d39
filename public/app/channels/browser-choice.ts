/** What this browser does when an alert begins: kept in the browser, for it is about this screen and its loudspeaker. */
import { signal } from "@preact/signals";

export interface BrowserChoice {
  readonly notification: boolean;
  readonly sound: boolean;
}

const KEY = "aerie.alerts";
const NOTHING: BrowserChoice = { notification: false, sound: false };

export const browserChoice = signal<BrowserChoice>(remembered());

export function choose(change: Partial<BrowserChoice>): void {
  browserChoice.value = { ...browserChoice.peek(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(browserChoice.value));
  } catch {
    // Storage may be forbidden; the choice then holds until the page is left.
  }
}

function remembered(): BrowserChoice {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
    if (typeof known !== "object" || known === null) return NOTHING;
    return {
      notification: "notification" in known && known.notification === true,
      sound: "sound" in known && known.sound === true,
    };
  } catch {
    return NOTHING;
  }
}
