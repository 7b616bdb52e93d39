/** Reads something from the hub, and again after each epoch; a superseded read is aborted. */
import { type ReadonlySignal, type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type HubFault, toFault } from "./api.ts";
import { epoch } from "./epoch.ts";
import { settled } from "./link.ts";

const BUSY_AFTER_MS = 400;
const SLOW_AFTER_MS = 8_000;
/** It waits at most this long for the subscription, so that the page need not read twice. */
const SETTLE_WITHIN_MS = 300;

export interface HubRead {
  /** `ready` once anything was read; it stays so while it is read again. */
  readonly state: ReadonlySignal<"loading" | "ready" | "failed">;
  /** It takes long enough to be shown. */
  readonly busy: ReadonlySignal<boolean>;
  readonly slow: ReadonlySignal<boolean>;
  /** The newest failure; what was read before it stays on screen. */
  readonly fault: ReadonlySignal<HubFault | undefined>;
  retry(): void;
}

/**
 * `key` names what is read: another key is another read, and begins with `loading`. An empty key reads nothing. Another
 * `part` is another part of the same: what was read of it stays. `waits` false: it is read at once, and perhaps twice, because the first
 * paint is of it.
 */
export function useHubRead(key: string, read: (abort: AbortSignal) => Promise<void>, part = 0, waits = true): HubRead {
  const state = useSignal<"loading" | "ready" | "failed">("loading");
  const busy = useSignal(false);
  const slow = useSignal(false);
  const fault = useSignal<HubFault | undefined>(undefined);
  const attempt = useSignal(0);

  useEffect(() => {
    state.value = "loading";
    fault.value = undefined;
  }, [key]);

  useEffect(() => {
    if (key === "") return;
    const abort = new AbortController();
    const setAfter = (signal: Signal<boolean>, afterMs: number) => setTimeout(() => (signal.value = true), afterMs);
    const timers = [setAfter(busy, BUSY_AFTER_MS), setAfter(slow, SLOW_AFTER_MS)];
    const end = () => {
      for (const timer of timers) clearTimeout(timer);
      busy.value = false;
      slow.value = false;
    };
    const begun = epoch.peek();
    const run = async () => {
      if (waits) await settled(SETTLE_WITHIN_MS);
      // The subscription began another epoch, whose run replaces this one.
      if (abort.signal.aborted || epoch.peek() !== begun) return;
      try {
        await read(abort.signal);
        if (abort.signal.aborted) return;
        state.value = "ready";
        fault.value = undefined;
      } catch (thrown) {
        if (abort.signal.aborted) return;
        fault.value = toFault(thrown);
        if (state.peek() === "loading") state.value = "failed";
      }
      end();
    };
    void run();
    return () => {
      abort.abort();
      end();
    };
  }, [key, epoch.value, attempt.value, part]);

  const retry = () => {
    attempt.value += 1;
  };
  return { state, busy, slow, fault, retry };
}
