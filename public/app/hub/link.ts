/** The Socket.IO connection: its subscription, and whether the hub is alive. */
import { signal } from "@preact/signals";
import type { BrowserToHub, HubToBrowser } from "../../../src/contract/live/events.ts";
import { createLiveSocket } from "../live-socket/live-socket.ts";
import { createMessageWatching, type MessageWatch } from "../live-socket/message-watching.ts";
import { whenShown } from "../preferences/pace.ts";
import { onAlerts } from "./alert-state.ts";
import { noteHubTime, toHubMs } from "./clock.ts";
import { readAgain, readAgainCalmly, readAgainSoon } from "./epoch.ts";
import { noteFleetChange, onCounts } from "./fleet-state.ts";
import { type Freshness, isStale, judgeFreshness } from "./freshness.ts";
import { deviceState, onPresence, onReadings, onRejected } from "./live.ts";
import { onNotice } from "./notices.ts";

const TRY_AGAIN_AFTER_MS = 5_000;

export const freshness = signal<Freshness>({ kind: "connecting" });
/** Another build serves the page than the one that the page was loaded from. */
export const newBuild = signal(false);
/** Updates that the hub left out for this page since it was opened. */
export const skipped = signal(0);
/** Why the hub does not send live values, when it refused to. */
export const subscribeFault = signal<string | undefined>(undefined);

const socket = createLiveSocket<HubToBrowser, BrowserToHub>({
  connected() {
    widened = readAgain;
    void subscribe("widened");
    messages.ask();
  },
  disconnected() {
    confirmed = false;
    disconnectedAtMs = toHubMs(Date.now());
    judge();
  },
});

const startedAtMs = Date.now();
let lastSignAtMs: number | undefined;
let disconnectedAtMs: number | undefined;
let firstBuild: string | undefined;
/** Left out since `skipped` was counted. */
let uncounted = 0;
/** The devices of which the page wants readings. */
let subscribed: readonly string[] = [];
/** What to do when the hub has confirmed that it sends those of more devices. */
let widened = readAgain;
/** The hub has confirmed this subscription on this connection, so nothing stored from now on is missed. */
let confirmed = false;
const waiting: (() => void)[] = [];
const messages = createMessageWatching({
  ask: async (request) => (socket.isConnected() ? socket.ask("watchMessages", request) : undefined),
  isWanted: () => !document.hidden,
  tryAgainAfterMs: TRY_AGAIN_AFTER_MS,
});

export function startLink(): void {
  socket.on("readings", onReadings);
  socket.on("presence", (event) => {
    onPresence(event);
    noteFleetChange();
  });
  socket.on("counts", onCounts);
  socket.on("rejected", onRejected);
  socket.on("messages", messages.came);
  socket.on("alert", onAlerts);
  socket.on("notify", onNotice);
  socket.on("dropped", ({ count }) => {
    uncounted += count;
    whenShown(countSkipped);
    readAgainCalmly();
  });
  socket.on("described", ({ devices }) => {
    if (devices.some((id) => deviceState(id) !== undefined)) readAgainSoon();
  });
  socket.on("tick", ({ time, build }) => {
    noteHubTime(Date.parse(time));
    firstBuild ??= build;
    if (build !== firstBuild) newBuild.value = true;
    const wasSilent = freshness.peek().kind === "silent";
    noteSign();
    if (wasSilent && confirmed) readAgain();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) readAgain();
    messages.ask();
  });
  addEventListener("offline", socket.lose);
  setInterval(judge, 1_000);
  socket.connect();
}

export function connectNow(): void {
  socket.connect();
}

/** Asks for the live readings of these devices, at most 1,000. Fewer than before: at once. More: what is shown is read again, or what `whenWidened` reads. */
export function watchLive(devices: readonly string[], whenWidened = readAgain): void {
  const change = compareSubscriptions(subscribed, devices);
  if (change === "same") return;
  subscribed = devices;
  // Where all is to be read again already, it is.
  if (confirmed || widened !== readAgain) widened = whenWidened;
  if (socket.isConnected()) void subscribe(change);
}

/** From now on MQTT messages come to `next` only, while the page is seen; undefined: to nobody. */
export const watchMessages = (next: MessageWatch | undefined): void => messages.watch(next);

function countSkipped(): void {
  skipped.value += uncounted;
  uncounted = 0;
}

/** Resolves when the subscription is confirmed, or after `maxWaitMs`: reading before that would only have to be repeated. */
export function settled(maxWaitMs: number): Promise<void> {
  if (confirmed) return Promise.resolve();
  return new Promise((resolve) => {
    waiting.push(resolve);
    setTimeout(resolve, maxWaitMs);
  });
}

type SubscriptionChange = "same" | "narrowed" | "widened";

function compareSubscriptions(former: readonly string[], next: readonly string[]): SubscriptionChange {
  const had = new Set(former);
  if (next.some((id) => !had.has(id))) return "widened";
  return next.length === had.size ? "same" : "narrowed";
}

async function subscribe(change: SubscriptionChange): Promise<void> {
  const asked = subscribed;
  if (change === "widened") confirmed = false;
  const answer = await socket.ask("subscribe", { batch: true, devices: [...asked] });
  if (asked !== subscribed || !socket.isConnected()) return; // a newer subscription, or the next connection, asks again
  subscribeFault.value = answer?.ok === false ? answer.code : undefined;
  if (answer?.ok !== true) {
    setTimeout(() => socket.isConnected() && asked === subscribed && void subscribe("widened"), TRY_AGAIN_AFTER_MS);
    return;
  }
  noteSign();
  if (confirmed) return;
  confirmed = true;
  widened();
  for (const resolve of waiting.splice(0)) resolve();
}

function noteSign(): void {
  lastSignAtMs = toHubMs(Date.now());
  disconnectedAtMs = undefined;
  judge();
}

function judge(): void {
  const next = judgeFreshness({
    connected: socket.isConnected(),
    startedAtMs: toHubMs(startedAtMs),
    lastSignAtMs,
    disconnectedAtMs,
    nowMs: toHubMs(Date.now()),
  });
  const former = freshness.peek();
  if (next.kind === former.kind && !isStale(next)) return;
  if (next.kind === former.kind && "sinceMs" in next && "sinceMs" in former && next.sinceMs === former.sinceMs) return;
  freshness.value = next;
}
