/** Asks the hub once a second how far a board has come, while the page is seen and not paused. */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { BoardCheckAnswer } from "../../../src/contract/answers/board-check.ts";
import { getBoardCheck } from "../hub/api.ts";
import { isPaused } from "../preferences/pace.ts";

const LOOK_EVERY_MS = 1_000;
/** Not for each letter of a name that is typed. */
const FIRST_AFTER_MS = 150;

export interface FoundCheck extends BoardCheckAnswer {
  /** About which it was asked; empty: any board. */
  readonly deviceId: string;
}

export interface BoardCheck {
  readonly found: ReadonlySignal<FoundCheck | undefined>;
  /** What happened before that instant of the hub's time does not count any more. */
  readonly restart: (since: string) => void;
}

export function useBoardCheck(deviceId: string): BoardCheck {
  const found = useSignal<FoundCheck | undefined>(undefined);
  /** Undefined: the hub's time of the first answer. */
  const since = useRef<string | undefined>(undefined);
  useEffect(() => {
    const abort = new AbortController();
    let isAsking = false;
    const look = async () => {
      if (isAsking || document.hidden || isPaused.peek()) return;
      isAsking = true;
      const asked = since.current;
      // Where the hub is away, the shell says so.
      const answer = await getBoardCheck({ device: deviceId, since: asked }, abort.signal).catch(() => undefined);
      isAsking = false;
      if (answer === undefined || abort.signal.aborted || since.current !== asked) return;
      since.current = answer.since;
      found.value = { ...answer, deviceId };
    };
    const first = setTimeout(() => void look(), FIRST_AFTER_MS);
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => {
      abort.abort();
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [deviceId]);
  const restart = (instant: string) => {
    since.current = instant;
    found.value = undefined;
  };
  return { found, restart };
}
