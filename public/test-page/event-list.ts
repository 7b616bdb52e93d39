/** A bounded list of events, newest first, drawn ten times a second at most. */

const MAX_SHOWN = 200;
const DRAW_EVERY_MS = 100;

export interface EventList {
  /** `kind` is what a row is found by; `isError` marks one that tells of a fault. */
  add(row: { kind: string; name: string; text: string; isError?: boolean }): void;
  clear(): void;
}

export function createEventList(list: HTMLOListElement, count: HTMLElement): EventList {
  let received = 0;
  let waiting: HTMLLIElement[] = [];

  function draw(): void {
    count.textContent = String(received);
    list.prepend(...waiting);
    waiting = [];
    while (list.childElementCount > MAX_SHOWN) list.lastElementChild?.remove();
  }

  return {
    add({ kind, name, text, isError = false }) {
      received += 1;
      const row = document.createElement("li");
      row.dataset["event"] = kind;
      if (isError) row.dataset["error"] = "";
      row.append(
        withText("time", new Date().toLocaleTimeString(undefined, { hourCycle: "h23" })),
        withText("strong", name),
        withText("code", text),
      );
      if (waiting.length === 0) setTimeout(draw, DRAW_EVERY_MS);
      waiting.unshift(row);
      waiting.length = Math.min(waiting.length, MAX_SHOWN);
    },
    clear() {
      received = 0;
      waiting = [];
      count.textContent = "0";
      list.replaceChildren();
    },
  };
}

function withText(tag: "time" | "strong" | "code", text: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
