/** Holds the Socket.IO connection: what is subscribed, and whether the hub is alive. Hands events on; draws nothing. */
import { signal } from "@preact/signals";
import { io, type Socket } from "socket.io-client";
import type { BrowserToHub, HubToBrowser } from "../../../src/contract/live.ts";
import { noteHubTime, toHubMs } from "./clock.ts";
import { readAgain, readAgainCalmly } from "./epoch.ts";
import { type Freshness, isStale, judgeFreshness } from "./freshness.ts";
import { onPresence, onReadings, onRejected } from "./live.ts";

const ANSWER_WITHIN_MS = 5_000;
const TRY_AGAIN_AFTER_MS = 5_000;

export const freshness = signal<Freshness>({ kind: "connecting" });
/** Another build serves the page than the one that the page was loaded from. */
export const newBuild = signal(false);
/** Updates that the hub left out for this page since it was opened. */
export const skipped = signal(0);
/** Why the hub does not send live values, when it refused to. */
export const subscribeFault = signal<string | undefined>(undefined);

const socket: Socket<HubToBrowser, BrowserToHub> = io({
  autoConnect: false,
  transports: ["websocket", "polling"],
  tryAllTransports: true,
  reconnectionDelayMax: 5_000,
});

const startedAtMs = Date.now();
let lastSignAtMs: number | undefined;
let disconnectedAtMs: number | undefined;
let firstBuild: string | undefined;
/** The devices whose readings the page wants; all of them when undefined. */
let wish: readonly string[] | undefined;
/** The hub has taken this very wish on this very connection, so nothing stored from now on is missed. */
let covered = false;
const waiting: (() => void)[] = [];

export function startLink(): void {
  socket.on("connect", () => void subscribe("widened"));
  socket.on("disconnect", onDisconnect);
  socket.on("readings", onReadings);
  socket.on("presence", onPresence);
  socket.on("rejected", onRejected);
  socket.on("dropped", ({ count }) => {
    skipped.value += count;
    readAgainCalmly();
  });
  socket.on("tick", ({ time, build }) => {
    noteHubTime(Date.parse(time));
    firstBuild ??= build;
    if (build !== firstBuild) newBuild.value = true;
    const wasSilent = freshness.peek().kind === "silent";
    noteSign();
    if (wasSilent && covered) readAgain();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) readAgain();
  });
  setInterval(judge, 1_000);
  socket.connect();
}

export function connectNow(): void {
  socket.disconnect().connect();
}

/** Asks for the live readings of these devices, or of all. Fewer than before: at once. More: what is shown is read again. */
export function wishFor(devices: readonly string[] | undefined): void {
  const change = compareWishes(wish, devices);
  if (change === "same") return;
  wish = devices;
  if (socket.connected) void subscribe(change);
}

/** Resolves when the present wish is covered, or after `maxWaitMs`: reading before that would only have to be repeated. */
export function settled(maxWaitMs: number): Promise<void> {
  if (covered) return Promise.resolve();
  return new Promise((resolve) => {
    waiting.push(resolve);
    setTimeout(resolve, maxWaitMs);
  });
}

type WishChange = "same" | "narrowed" | "widened";

function compareWishes(former: readonly string[] | undefined, next: readonly string[] | undefined): WishChange {
  if (former === undefined) return next === undefined ? "same" : "narrowed";
  if (next === undefined) return "widened";
  const had = new Set(former);
  if (next.some((id) => !had.has(id))) return "widened";
  return next.length === had.size ? "same" : "narrowed";
}

async function subscribe(change: WishChange): Promise<void> {
  const asked = wish;
  if (change === "widened") covered = false;
  const answer = await socket
    .timeout(ANSWER_WITHIN_MS)
    .emitWithAck("subscribe", { batch: true, ...(asked === undefined ? {} : { devices: [...asked] }) })
    .catch(() => undefined);
  if (asked !== wish || !socket.connected) return; // a newer wish, or the next connection, asks again
  subscribeFault.value = answer?.ok === false ? answer.code : undefined;
  if (answer?.ok !== true) {
    setTimeout(() => socket.connected && asked === wish && void subscribe("widened"), TRY_AGAIN_AFTER_MS);
    return;
  }
  noteSign();
  if (covered) return;
  covered = true;
  readAgain();
  for (const resolve of waiting.splice(0)) resolve();
}

function onDisconnect(reason: Socket.DisconnectReason): void {
  covered = false;
  disconnectedAtMs = toHubMs(Date.now());
  judge();
  // Socket.IO takes the server's own goodbye as final; a wall tablet must not.
  if (reason === "io server disconnect") setTimeout(() => socket.connect(), 2_000);
}

function noteSign(): void {
  lastSignAtMs = toHubMs(Date.now());
  disconnectedAtMs = undefined;
  judge();
}

function judge(): void {
  const next = judgeFreshness({
    connected: socket.connected,
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
