/** Listens for the keys of the whole page: never while somebody types, with Ctrl or Alt held, or with a dialog open. */
import { isPaused } from "../preferences/pace.ts";
import { SECOND_KEY_WITHIN_MS, type ShortcutAction, shortcutFor, shortcuts } from "../preferences/shortcuts.ts";
import { route } from "../ui/route.ts";
import { isHelpOpen } from "./help-open.ts";

export function startKeys(): () => void {
  let former: { key: string; atMs: number } | undefined;
  const pressed = (event: KeyboardEvent) => {
    const begun = former;
    former = undefined;
    if (shortcuts.peek() === "off" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]") !== null) return;
    const isSoon = begun !== undefined && event.timeStamp - begun.atMs < SECOND_KEY_WITHIN_MS;
    const found = shortcutFor(isSoon ? begun.key : undefined, event.key);
    if (found === "begun") former = { key: event.key, atMs: event.timeStamp };
    else if (found !== undefined) {
      event.preventDefault();
      act(found.action);
    }
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable || target.closest("input:not([type=checkbox], [type=radio]), textarea, select") !== null
  );
}

function act(action: ShortcutAction): void {
  if ("goTo" in action) {
    location.hash = action.goTo;
    return;
  }
  if (action.does === "pause") isPaused.value = !isPaused.peek();
  else if (action.does === "help") isHelpOpen.value = true;
  else focusSearch();
}

/** The search of the page that is coming is to have the focus. */
let isSearchNext = false;

const searchOf = () => document.querySelector<HTMLInputElement>("main input[type=search]");

/** The search of the page, or the one of the overview. */
function focusSearch(): void {
  const box = searchOf();
  if (box !== null || route.peek().page === "overview") return box?.focus();
  isSearchNext = true;
  location.hash = "#/";
}

/** On a new page: its search where that was asked for, else the page itself. */
export function focusPage(main: HTMLElement | null): void {
  const isWanted = isSearchNext;
  const box = isWanted ? searchOf() : null;
  isSearchNext = false;
  (box ?? main)?.focus({ preventScroll: true });
  if (isWanted && box === null && main !== null) focusWhenThere(main);
}

const SEARCH_WITHIN_MS = 5_000;

/** A page may show its search only when it has read what is searched. */
function focusWhenThere(main: HTMLElement): void {
  const watch = new MutationObserver(() => {
    const box = searchOf();
    if (box === null) return;
    watch.disconnect();
    box.focus();
  });
  watch.observe(main, { childList: true, subtree: true });
  setTimeout(() => watch.disconnect(), SEARCH_WITHIN_MS);
}
