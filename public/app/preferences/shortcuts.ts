/** The keys of the whole page: which there are, and whether the viewer wants them (WCAG 2.1.4). */
import { oneOf, remembered } from "./remembered.ts";

export const SHORTCUT_CHOICES = ["on", "off"] as const;
export const shortcuts = remembered("aerie.shortcuts", oneOf(SHORTCUT_CHOICES));

export type ShortcutAction = { readonly goTo: string } | { readonly does: "search" | "pause" | "help" };

export interface Shortcut {
  readonly keys: readonly [string] | readonly ["g", string];
  readonly words: string;
  readonly action: ShortcutAction;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ["g", "o"], words: "Overview", action: { goTo: "#/" } },
  { keys: ["g", "v"], words: "Views", action: { goTo: "#/views" } },
  { keys: ["g", "a"], words: "Alerts", action: { goTo: "#/alerts" } },
  { keys: ["g", "i"], words: "Inspector", action: { goTo: "#/inspector" } },
  { keys: ["g", "s"], words: "Settings", action: { goTo: "#/settings" } },
  { keys: ["g", "b"], words: "Add board", action: { goTo: "#/add" } },
  { keys: ["/"], words: "Search", action: { does: "search" } },
  { keys: ["p"], words: "Pause or resume updates", action: { does: "pause" } },
  { keys: ["?"], words: "Show these keys", action: { does: "help" } },
];

/** The second key of two counts for so long after the first. */
export const SECOND_KEY_WITHIN_MS = 1_500;

/** What this key means behind the former one: an action, that another key has to follow, or nothing. */
export function shortcutFor(former: string | undefined, key: string): Shortcut | "begun" | undefined {
  if (former === "g") {
    const second = SHORTCUTS.find(({ keys }) => keys[1] === key);
    if (second !== undefined) return second;
  }
  if (key === "g") return "begun";
  return SHORTCUTS.find(({ keys }) => keys.length === 1 && keys[0] === key);
}
