/** Changes that a person makes of a view: each is shown at once, and they are sent one after the other. */
import { type Signal, signal } from "@preact/signals";
import type { View } from "../../../src/contract/views/views.ts";
import { type HubFault, toFault } from "../hub/api.ts";

export interface ViewChanges {
  /** Why the last one was not stored. */
  readonly fault: Signal<HubFault | undefined>;
  change(changes: Partial<View>): Promise<void>;
}

/** `shown` is the view on screen; `put` stores a whole view, and answers what is stored. */
export function viewChanges(shown: Signal<View | undefined>, put: (view: View) => Promise<View>): ViewChanges {
  const fault = signal<HubFault | undefined>(undefined);
  let stored = shown.peek();
  /** The newest that is sent or waits for it; undefined: none. */
  let newest: View | undefined;
  let sending: Promise<void> = Promise.resolve();

  async function send(view: View): Promise<void> {
    try {
      stored = await put(view);
      fault.value = undefined;
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
    if (newest !== view) return; // the next one holds this change, too
    newest = undefined;
    if (shown.peek()?.id === view.id) shown.value = stored;
  }

  return {
    fault,
    change: (changes) => {
      if (newest === undefined) stored = shown.peek();
      const former = newest ?? stored;
      if (former === undefined) return sending;
      const next = { ...former, ...changes };
      newest = next;
      shown.value = next;
      sending = sending.then(() => send(next));
      return sending;
    },
  };
}
