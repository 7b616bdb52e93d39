/** Socket.IO: sends stored readings, presence and refusals to browsers, within a time budget. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Server, type Socket } from "socket.io";
import type { Alert, FiringCounts } from "../contract/alerts.ts";
import type { FleetCounts } from "../contract/fleet/states.ts";
import type { BrowserToHub, HubToBrowser, NotificationEvent, SubscribeAnswer } from "../contract/live/events.ts";
import type { MessagesEvent } from "../contract/live/watched-messages.ts";
import type { Refusal } from "../contract/refusal.ts";
import { reaches } from "../core/access/required-level.ts";
import { toPresenceAnswer } from "../core/devices/device-answer.ts";
import type { DeviceRecord } from "../core/devices/device-record.ts";
import { toReading } from "../core/devices/reading-answer.ts";
import type { MessageWatch } from "../core/messages/message-watch.ts";
import type { LiveReading } from "../core/model/live-reading.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Counters } from "../core/ports/counters.ts";
import type { Log } from "../core/ports/log.ts";
import { createAlertFeed } from "./alert-feed.ts";
import { type Batch, createBatchBuffer } from "./batch-buffer.ts";
import { corkFlushes } from "./corked-flush.ts";
import { createCountsFeed } from "./counts-feed.ts";
import { createDescribedFeed } from "./described-feed.ts";
import { frozenAmong } from "./frozen-browsers.ts";
import { createLiveBudget } from "./live-budget.ts";
import { createLiveGuard, type LiveGuardOptions } from "./live-guard.ts";
import { createLiveSessions, type LiveSessionsOptions } from "./live-sessions.ts";
import { createMessageFeed } from "./message-feed.ts";
import { createRefusalFeed } from "./refusal-feed.ts";
import { type LiveSubscription, parseSubscribeOptions } from "./subscribe-options.ts";
import { BATCHES, EACH, eachOf, enterRooms } from "./subscription-rooms.ts";
import { sum, sumOf } from "./unsent-sums.ts";
import { countWaitingBytes } from "./waiting-bytes.ts";

export interface LiveOptions
  extends Omit<LiveSessionsOptions, "engine" | "callerOf">,
    Pick<LiveGuardOptions, "callerOf"> {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Log;
  readonly messages: MessageWatch;
  /** Of this build: an open page sees by it that it is outdated. */
  readonly build: string;
}

export interface Live {
  /** A request to `/socket.io/`, after the checks of budget and origin. */
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Whether it is the next poll of a session, within the limit of polls. */
  isFreePoll(request: IncomingMessage): boolean;
  readings(readings: readonly LiveReading[]): void;
  presence(device: DeviceRecord): void;
  /** Alerts that changed, and how many fire now. */
  alerts(changed: readonly Alert[], firing: FiringCounts): void;
  /** Of the fleet, now. */
  counts(counts: FleetCounts): void;
  described(deviceId: string): void;
  /** `key`: the same for refusals that are counted together. */
  rejected(refusal: Refusal, key: string): void;
  notify(event: NotificationEvent): void;
  clients(): number;
  /** Including those that have not sent CONNECT yet. */
  sessions(): number;
  /** Ends the connections of these sign-ins and tokens. */
  end(keys: readonly string[]): void;
  /** The second call does nothing. */
  close(): void;
}

interface SocketData {
  subscription: LiveSubscription;
  /** Of its sign-in or token; undefined: there are no accounts. */
  key: string | undefined;
  address: string | undefined;
}

type Browser = Socket<BrowserToHub, HubToBrowser, Record<string, never>, SocketData>;

const BATCH_EVERY_MS = 100;
const TICK_EVERY_MS = 2_000;
/** Under load `sensorData` is sent this often, so that the events of some milliseconds share one write. */
const GATHER_MS = 6;
const MAX_BATCH_READINGS = 20_000;

export function openLive(options: LiveOptions): Live {
  const { addressOf, refusals, clock, counters, log, build } = options;
  const guard = createLiveGuard({ callerOf: options.callerOf, sessions: () => sessions });
  // This server never listens: http-server.ts passes requests to the engine after admission.
  const io = new Server<BrowserToHub, HubToBrowser, Record<string, never>, SocketData>(createServer(), {
    serveClient: false,
    maxHttpBufferSize: 100_000,
    allowRequest: (request, done) => {
      const refusal = guard.refusalOf(request);
      done(refusal ?? null, refusal === undefined);
    },
  });
  const waiting = countWaitingBytes(io.engine);
  io.engine.on("connection", corkFlushes);
  const sessions = createLiveSessions({ ...options, engine: io.engine });
  const budget = createLiveBudget({ clock, counters });
  const batches = createBatchBuffer(MAX_BATCH_READINGS);
  const browsers = new Set<Browser>();
  /** For the next sending of `sensorData`. */
  let gathered: LiveReading[] = [];
  let sentAtMs = Number.NEGATIVE_INFINITY;
  /** Readings that `sensorData` browsers were not sent, by device, until `dropped` tells them. */
  let unsent = new Map<string, number>();
  const refusalFeed = createRefusalFeed({ clock, send: (refusal) => io.emit("rejected", refusal) });
  const isWanted = (): boolean => browsers.size > 0;
  const alertFeed = createAlertFeed({ clock, isWanted, send: (event) => io.emit("alert", event) });
  const countsFeed = createCountsFeed({ clock, send: (counts) => io.emit("counts", counts) });
  const { messages } = options;
  const spend = (work: () => void): void => void (budget.hasTime() && budget.spend(work));
  const messageFeed = createMessageFeed<Browser>({ clock, messages, spend });
  const describedFeed = createDescribedFeed({ clock, isWanted, send: (devices) => io.emit("described", { devices }) });
  let isClosed = false;
  const stops = [clock.every(BATCH_EVERY_MS, flush), clock.every(TICK_EVERY_MS, tick)];

  io.use(guard.connect);
  io.on("connection", (browser) => {
    const { level, key } = guard.callerOf(browser);
    if (!reaches(level, "viewer")) return void browser.disconnect(true); // it ended in this very moment
    browsers.add(browser);
    sessions.connected(browser.conn);
    browser.data.subscription = { devices: undefined, batch: false };
    browser.data.key = key;
    browser.data.address = addressOf(browser.request);
    applySubscription(browser, browser.data.subscription);
    browser.emit("connectionInfo", { clientId: browser.id, totalClients: browsers.size });
    browser.emit("alert", alertFeed.now());
    browser.emit("counts", countsFeed.now());
    browser.on("subscribe", (options: unknown, reply: unknown) => subscribe(browser, options, reply));
    browser.on("watchMessages", (request: unknown, reply: unknown) => watchMessages(browser, request, reply));
    browser.on("disconnect", () => {
      browsers.delete(browser);
      messageFeed.left(browser);
      sessions.disconnected(browser.conn);
    });
    browser.on("error", (error) => log.debug("browser failed", { error }));
  });

  function subscribe(browser: Browser, raw: unknown, reply: unknown): void {
    const subscription = parseSubscribeOptions(raw);
    const answer: SubscribeAnswer = subscription === undefined ? { ok: false, code: "REQUEST_INVALID" } : { ok: true };
    if (subscription !== undefined) applySubscription(browser, subscription);
    if (typeof reply === "function") reply(answer);
  }

  function applySubscription(browser: Browser, subscription: LiveSubscription): void {
    browser.data.subscription = subscription;
    enterRooms(browser, subscription);
  }

  function watchMessages(browser: Browser, request: unknown, reply: unknown): void {
    const send = (event: MessagesEvent): void => void browser.emit("messages", event);
    const seesPayloads = (): boolean => reaches(guard.callerOf(browser).level, "operator");
    const answer = messageFeed.watch(browser, { send, seesPayloads }, request);
    if (typeof reply === "function") reply(answer);
  }

  function readings(stored: readonly LiveReading[]): void {
    if (browsers.size === 0) return;
    const { rooms } = io.of("/").adapter;
    const batched = rooms.has(BATCHES);
    const before = gathered.length;
    for (const reading of stored) {
      if (batched) batches.add(reading);
      if (rooms.has(EACH) || rooms.has(eachOf(reading.deviceId))) gathered.push(reading);
    }
    if (before > 0 || gathered.length === 0) return; // already scheduled, or nothing to send
    const waitMs = sentAtMs + GATHER_MS - clock.monotonicMs();
    if (waitMs <= 0) sendGathered();
    else clock.after(waitMs, sendGathered);
  }

  function sendGathered(): void {
    const some = gathered;
    gathered = [];
    sentAtMs = clock.monotonicMs();
    for (const reading of some) {
      if (budget.hasTime()) budget.spend(() => sendEach(reading));
      else unsent.set(reading.deviceId, (unsent.get(reading.deviceId) ?? 0) + 1);
    }
  }

  function sendEach(reading: LiveReading): void {
    const { _id, deviceId, timestamp, metrics } = toReading(reading);
    io.to([EACH, eachOf(deviceId)]).emit("sensorData", { timestamp, data: { ...metrics, _id, deviceId, timestamp } });
  }

  function flush(): void {
    if (browsers.size === 0) return;
    const newestOnly = !budget.hasTime();
    budget.spend(() => {
      const batch = batches.take(newestOnly);
      if (batch.byDevice.size > 0) sendBatches(batch);
      if (unsent.size > 0) sendUnsentCounts();
      disconnectFrozen();
    });
  }

  function sendBatches({ byDevice, left }: Batch): void {
    const all = [...byDevice.values()].flat();
    // Browsers that subscribed to all devices share one encoding.
    const toAll = io
      .to(BATCHES)
      .except([...browsers].filter((each) => each.data.subscription.devices !== undefined).map((each) => each.id));
    const whole = all.map(toReading);
    toAll.emit("readings", whole);
    const leftInAll = sum(left.values());
    for (const browser of browsers) {
      const { devices, batch } = browser.data.subscription;
      if (!batch) continue;
      if (devices !== undefined) {
        const some = [...devices].flatMap((deviceId) => byDevice.get(deviceId) ?? []);
        if (some.length > 0) browser.emit("readings", some.map(toReading));
      }
      sendDropped(browser, devices === undefined ? leftInAll : sumOf(left, devices));
    }
  }

  function sendUnsentCounts(): void {
    const counts = unsent;
    unsent = new Map();
    const all = sum(counts.values());
    for (const browser of browsers) {
      const { devices, batch } = browser.data.subscription;
      if (!batch) sendDropped(browser, devices === undefined ? all : sumOf(counts, devices));
    }
  }

  function sendDropped(browser: Browser, count: number): void {
    if (count === 0) return;
    counters.dropped(count);
    browser.emit("dropped", { count });
  }

  function tick(): void {
    for (const browser of browsers) {
      // Its token expired, or its account lost the right.
      if (!reaches(guard.callerOf(browser).level, "viewer")) browser.disconnect(true);
    }
    io.emit("tick", { time: new Date(clock.nowMs()).toISOString(), build });
  }

  function disconnectFrozen(): void {
    for (const { browser, waitingBytes } of frozenAmong(browsers, ({ conn }) => waiting.of(conn))) {
      log.warn("a browser did not read its live values and was disconnected", { clientId: browser.id, waitingBytes });
      refusals.add({ code: "READER_TOO_SLOW", kind: "connection", address: browser.data.address });
      browsers.delete(browser);
      browser.conn.close(true);
    }
  }

  return {
    request: (request, response) => {
      if (isClosed) request.socket.destroy();
      else sessions.request(request, response);
    },
    upgrade: (request, socket, head) => {
      if (isClosed) socket.destroy();
      else sessions.upgrade(request, socket, head);
    },
    isFreePoll: sessions.isFreePoll,
    readings,
    presence: (device) => {
      const { presence: state, since, presenceDetail } = toPresenceAnswer(device);
      io.emit("presence", { deviceId: device.deviceId, state, since, presenceDetail });
    },
    alerts: alertFeed.changed,
    counts: countsFeed.changed,
    rejected: (refusal, key) => {
      if (browsers.size > 0) refusalFeed.add(refusal, key);
    },
    described: describedFeed.changed,
    notify: (event) => void io.emit("notify", event),
    clients: () => browsers.size,
    sessions: sessions.count,
    end: (keys) => {
      for (const browser of browsers) {
        if (browser.data.key !== undefined && keys.includes(browser.data.key)) browser.disconnect(true);
      }
      sessions.end(keys); // those that have not said CONNECT
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      for (const stop of stops) stop();
      refusalFeed.close();
      alertFeed.close();
      countsFeed.close();
      describedFeed.close();
      messageFeed.close();
      // Not io.close(): that would close the HTTP server, too.
      io.disconnectSockets(true);
      io.engine.close();
    },
  };
}
