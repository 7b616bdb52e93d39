/** When the list is read again: after changes of states, and as one scrolls; and of which devices live readings are wanted. */
import { effect } from "@preact/signals";
import { alerts, isFiring, watchAlerts } from "../../hub/alert-state.ts";
import { fleetChanges } from "../../hub/fleet-state.ts";
import { watchLive } from "../../hub/link.ts";
import { keepDevices, unreadMetrics } from "../../hub/live.ts";
import { whenResumed } from "../../preferences/pace.ts";
import { idsIn, keepNear, unreadSpan } from "./fleet-list.ts";
import { aroundSight, inSight, isHeld, list, noteInput, readList, showWhenDue } from "./list-reader.ts";
import { drawAgain, readSparks } from "./sparks.ts";

const READ_EVERY_MS = 2_000;
const GATHER_MS = 300;
/** Names, places and what is known of metrics change without an event. */
const READ_AT_LAST_MS = 30_000;
const SCROLL_PAUSE_MS = 100;
/** Of those that are in alarm, in sight or not. */
const MOST_ALARMED = 100;
/** Positions that are kept before and behind what is in sight. */
const KEPT = 500;

const INPUTS = ["pointerdown", "keydown", "wheel", "touchmove"] as const;

/** Until it is called again. */
export function followFleet(): () => void {
  const reading = createReading();
  let pause: ReturnType<typeof setTimeout> | undefined;
  for (const input of INPUTS) addEventListener(input, noteInput, { passive: true });
  const regularly = setInterval(reading.soon, READ_AT_LAST_MS);
  const changes = () => fleetChanges.value + unreadMetrics.value;
  let seen = changes();
  const stops: (() => void)[] = [
    effect(() => {
      const now = changes();
      if (now !== seen) reading.soon();
      seen = now;
    }),
    effect(() => {
      isHeld.value;
      showWhenDue();
    }),
    effect(() => {
      inSight.value;
      clearTimeout(pause);
      pause = setTimeout(() => settle(reading.now), SCROLL_PAUSE_MS);
    }),
    effect(() => {
      if (list.value !== undefined) subscribe(reading.now);
    }),
  ];
  stops.push(
    watchAlerts((changed) => {
      for (const { deviceId } of changed) if (deviceId !== undefined) drawAgain(deviceId);
      subscribe(reading.now);
    }),
  );
  return () => {
    for (const stop of stops) stop();
    for (const input of INPUTS) removeEventListener(input, noteInput);
    clearInterval(regularly);
    clearTimeout(pause);
    reading.stop();
  };
}

/** One read at a time; what is asked for meanwhile is one more. */
function createReading() {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let isReading = false;
  let isWanted = false;

  function now(): void {
    isWanted = true;
    if (!isReading) void read();
  }

  async function read(): Promise<void> {
    isReading = true;
    while (isWanted && !abort.signal.aborted) {
      isWanted = false;
      readAtMs = performance.now();
      await readList(abort.signal).catch(() => undefined); // the link says what is wrong, and has all read again
    }
    isReading = false;
  }

  function soon(): void {
    if (document.hidden) return; // it is read again when it is seen
    timer ??= setTimeout(
      () => {
        timer = undefined;
        whenResumed(now);
      },
      Math.max(GATHER_MS, readAtMs + READ_EVERY_MS - performance.now()),
    );
  }

  return {
    now,
    soon,
    stop: () => {
      abort.abort();
      clearTimeout(timer);
    },
  };
}

function settle(readNow: () => void): void {
  const now = list.peek();
  if (now === undefined) return;
  if (unreadSpan(now, inSight.peek()) !== undefined) readNow();
  subscribe(readNow);
}

const alarmed = (): string[] =>
  [...alerts.peek().values()]
    .flatMap((alert) => (isFiring(alert) && alert.severity !== "info" ? (alert.deviceId ?? []) : []))
    .slice(0, MOST_ALARMED);

/** What has not been heard of meanwhile is read. */
function subscribe(readNow: () => void): void {
  const now = list.peek();
  if (now === undefined) return;
  const wanted = [...new Set([...idsIn(now, aroundSight()), ...alarmed()])];
  watchLive(wanted, readNow);
  void readSparks(wanted);
  if (now.ids.length <= 2 * KEPT) return;
  const near = keepNear(now, inSight.peek(), KEPT);
  if (near.ids.some((id, at) => id !== now.ids[at])) list.value = near;
  keepDevices(new Set([...idsIn(near, { from: 0, to: near.ids.length }), ...alarmed()]));
}
