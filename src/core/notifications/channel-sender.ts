/** Sends to one channel, one message after the other: each until it arrives, at a growing distance, for a day at most. */
import type { ChannelState } from "../../contract/channels.ts";
import type { SendOutcome } from "../ports/alert-channel.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { createChannelPace } from "./channel-pace.ts";
import type { Notice } from "./notices/notice.ts";
import type { Delivery } from "./notification-records.ts";
import { retryDelayMs } from "./retry-delay.ts";

export type NextMessage =
  | { readonly kind: "now"; readonly notices: readonly Notice[]; readonly isUrgent: boolean }
  | { readonly kind: "later"; readonly atMs: number }
  | { readonly kind: "never" };

/** What waits for the channel. Nothing rejects. */
export interface MessageSource {
  next(): NextMessage;
  /** Settles when the delivery is durable, or that cannot be. */
  compose(notices: readonly Notice[]): Promise<Delivery>;
  /** It never arrived: with what is over by now said as such. The same where nothing of it is. */
  amend(delivery: Delivery): Promise<Delivery>;
  /** It arrived, or was given up: then with the last reason. */
  ended(delivery: Delivery, givenUp?: string): void;
  waiting(): number;
}

export interface ChannelSenderOptions {
  readonly channelId: string;
  readonly source: MessageSource;
  /** Never rejects. */
  readonly send: (delivery: Delivery) => Promise<SendOutcome>;
  /** Was on its way when the hub stopped. */
  readonly restored: Delivery | undefined;
  readonly onOutcome: (kind: SendOutcome["kind"] | "givenUp") => void;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
}

export interface ChannelSender {
  /** Looks whether something is due: soon, where many alerts wait and a look takes long. */
  wake(): void;
  /** Its settings changed, or it works again: what failed is sent again at once. */
  retry(): void;
  state(): ChannelState;
  /** Settles when what is being sent has an outcome, or soon after. */
  close(): Promise<void>;
}

/** With what is known of its arrival. */
interface OnItsWay {
  readonly delivery: Delivery;
  /** Monotonic. */
  readonly untilMs: number;
  /** An attempt may have arrived. */
  readonly isInDoubt: boolean;
}

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "busy"; readonly done: Promise<void> }
  | {
      readonly kind: "waiting";
      readonly head: OnItsWay;
      readonly sinceMs: number;
      readonly mayHurry: boolean;
      /** Alerts that waited behind it then. */
      readonly behind: number;
    };

interface Failure {
  readonly reason: string;
  readonly sinceMs: number;
  readonly inARow: number;
}

const GIVE_UP_MS = 24 * 3_600_000;
/** What comes while a channel fails has it tried at once, but no more often. */
const HURRY_MS = 10_000;
/** Limits and clocks change: what waits is looked at so often. */
const LOOK_AGAIN_MS = 30_000;
const CLOSE_MS = 2_000;
/** So many times what a look took is the distance to the next: a hall of alerts that come one by one costs a twentieth of the time. */
const REST_SHARE = 20;
const MOST_REST_MS = 500;

export function createChannelSender(options: ChannelSenderOptions): ChannelSender {
  const { channelId, source, send, restored, onOutcome, clock, random, log } = options;
  const pace = createChannelPace(clock);
  let state: State = { kind: "idle" };
  let failure: Failure | undefined;
  let cancel: (() => void) | undefined;
  let isClosed = false;
  let restUntilMs = Number.NEGATIVE_INFINITY;
  /** Messages in the head. */
  let underWay = 0;
  if (restored !== undefined) {
    const ageMs = Math.min(GIVE_UP_MS, Math.max(0, clock.nowMs() - restored.composedAtMs));
    begin({ delivery: restored, untilMs: clock.monotonicMs() + GIVE_UP_MS - ageMs, isInDoubt: true });
  } else look();

  function at(ms: number, run: () => void): void {
    cancel?.();
    cancel = clock.after(Math.max(0, Math.min(LOOK_AGAIN_MS, ms - clock.monotonicMs())), run);
  }

  function look(): void {
    cancel?.();
    cancel = undefined;
    if (isClosed) return;
    const beganMs = clock.monotonicMs();
    const next = source.next();
    const tookMs = clock.monotonicMs() - beganMs;
    restUntilMs = beganMs + Math.min(MOST_REST_MS, REST_SHARE * tookMs);
    if (next.kind === "never") return;
    if (next.kind === "later") return at(next.atMs, look);
    const readyMs = pace.readyAtMs(next.isUrgent);
    if (readyMs > clock.monotonicMs()) return at(readyMs, look);
    pace.sent();
    busy(compose(next.notices));
  }

  function busy(done: Promise<void>): void {
    state = { kind: "busy", done };
  }

  async function compose(notices: readonly Notice[]): Promise<void> {
    const delivery = await source.compose(notices);
    if (!isClosed) await attempt({ delivery, untilMs: clock.monotonicMs() + GIVE_UP_MS, isInDoubt: false });
  }

  function begin(head: OnItsWay): void {
    cancel?.();
    cancel = undefined;
    if (!isClosed) busy(attempt(head));
  }

  async function attempt(head: OnItsWay): Promise<void> {
    const delivery = head.isInDoubt || failure === undefined ? head.delivery : await source.amend(head.delivery);
    if (isClosed) return;
    underWay = delivery.message.entries.length + delivery.message.more;
    const outcome = await send(delivery);
    if (isClosed && outcome.kind !== "sent") return;
    onOutcome(outcome.kind);
    if (outcome.kind === "sent") return arrived(delivery);
    failed(outcome.reason);
    if (clock.monotonicMs() >= head.untilMs) return giveUp(delivery, outcome.reason);
    const isInDoubt = head.isInDoubt || (outcome.kind === "failed" && outcome.neverArrived !== true);
    const mayHurry = outcome.kind === "failed" && outcome.afterMs === undefined;
    const again: OnItsWay = { ...head, delivery, isInDoubt };
    const nowMs = clock.monotonicMs();
    state = { kind: "waiting", head: again, sinceMs: nowMs, mayHurry, behind: source.waiting() };
    cancel = clock.after(retryDelayMs(outcome, failure?.inARow ?? 1, random()), () => begin(again));
  }

  function arrived(delivery: Delivery): void {
    if (failure !== undefined) log.info("notifications get through again", { channel: channelId });
    failure = undefined;
    end(delivery);
  }

  function failed(reason: string): void {
    if (failure === undefined) log.warn("a notification could not be sent", { channel: channelId, reason });
    failure = { reason, sinceMs: failure?.sinceMs ?? clock.nowMs(), inARow: (failure?.inARow ?? 0) + 1 };
  }

  function giveUp(delivery: Delivery, reason: string): void {
    log.error("a notification was given up", { channel: channelId, title: delivery.message.title, reason });
    onOutcome("givenUp");
    end(delivery, reason);
  }

  function end(delivery: Delivery, givenUp?: string): void {
    underWay = 0;
    source.ended(delivery, givenUp);
    state = { kind: "idle" };
    look();
  }

  return {
    wake: () => {
      if (state.kind === "idle") return clock.monotonicMs() < restUntilMs ? at(restUntilMs, look) : look();
      if (state.kind === "busy" || !state.mayHurry || source.waiting() <= state.behind) return;
      if (clock.monotonicMs() >= state.sinceMs + HURRY_MS) begin(state.head);
    },
    retry: () => {
      if (state.kind === "waiting") begin(state.head);
    },
    state: () => {
      const waiting = underWay + source.waiting();
      if (failure !== undefined) return { kind: "failing", waiting, sinceMs: failure.sinceMs, reason: failure.reason };
      return waiting === 0 ? { kind: "idle" } : { kind: "sending", waiting };
    },
    close: async () => {
      isClosed = true;
      cancel?.();
      if (state.kind !== "busy") return;
      const { done } = state;
      let stopWaiting: () => void = () => undefined;
      const limit = new Promise<void>((resolve) => {
        stopWaiting = clock.after(CLOSE_MS, resolve);
      });
      await Promise.race([done, limit]);
      stopWaiting();
    },
  };
}
