/** Sends a message to every browser that wants Web Push. */
import { createHash } from "node:crypto";
import type { PushPayload } from "../../contract/channels.ts";
import type { OutgoingMessage, SendOutcome } from "../../core/ports/alert-channel.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { GuardedRequest } from "../request/guarded-request.ts";
import { sendOutcome } from "../request/send-outcome.ts";
import { composeText, titleOf } from "../text/compose-text.ts";
import { cutBytes, inert } from "../text/plain-text.ts";
import type { KeptSubscription, PushSubscriptions } from "./push-subscriptions.ts";
import type { VapidKeyBook, VapidKeys } from "./vapid-keys.ts";

export interface WebPushOptions {
  readonly request: GuardedRequest;
  readonly keys: VapidKeyBook;
  readonly subscriptions: PushSubscriptions;
  /** Whom a push service may write to [RFC 8292, 2.1]: the public address of the hub if it has one. */
  readonly publicUrl: string;
  readonly clock: Pick<Clock, "after" | "nowMs">;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Undefined: no browser has subscribed. */
export type SendPush = (message: OutgoingMessage) => Promise<SendOutcome | undefined>;

const AT_ONCE = 20;
/** Of all browsers together; a message that is not yet with all of them is sent again to the others. */
const SEND_LIMIT_MS = 25_000;
/** How long a push service keeps it for a browser that is away. */
const TTL_S = 86_400;
/**
 * A push service takes 4,096 bytes [RFC 8030, 7.2], of which encryption takes 103 [RFC 8291, 4]. But Mozilla's passes no more than about
 * 3,000 on to Firefox on Android (mozilla-services/autopush, issue 748). This is for the text as JSON.
 */
const MOST_OF_TEXT_BYTES = 1_500;
const MOST_OF_TITLE_BYTES = 300;
const MOST_OF_URL = 500;
/** Of messages that not all browsers have, who has them. */
const MOST_REMEMBERED = 20;

const FALLBACK_SUBJECT = "mailto:aerie@example.org";

type Sent = { readonly kind: "sent" | "expired" } | Exclude<SendOutcome, { kind: "sent" }>;

export function createWebPush(options: WebPushOptions): SendPush {
  const { request, keys, subscriptions, publicUrl, clock, log, signal } = options;
  const subject = publicUrl.startsWith("https://") ? publicUrl : FALLBACK_SUBJECT;
  /** Endpoints by message, the oldest first. */
  const delivered = new Map<string, Set<string>>();

  async function sendTo(kept: KeptSubscription, payload: string, message: OutgoingMessage, pair: VapidKeys) {
    const { subscription } = kept;
    // Loaded at the first message: a hub without it starts sooner.
    const { default: webPush } = await import("web-push");
    const details = webPush.generateRequestDetails(subscription, payload, {
      vapidDetails: { subject, ...pair },
      TTL: TTL_S,
      urgency: message.severity === "info" ? "normal" : "high",
      topic: topicOf(message.id),
      contentEncoding: "aes128gcm",
    });
    const { Authorization, ...headers } = textual(details.headers);
    const outcome = await request({
      url: subscription.endpoint,
      method: "POST",
      headers,
      secretHeaders: { Authorization: Authorization ?? "" },
      body: details.body,
      signal,
    });
    if (outcome.kind === "answered" && (outcome.status === 404 || outcome.status === 410)) return EXPIRED;
    return sendOutcome(outcome, clock.nowMs(), () => "");
  }

  async function settled(...args: Parameters<typeof sendTo>): Promise<Sent> {
    try {
      return await sendTo(...args);
    } catch (cause) {
      log.warn("a message for a browser could not be encrypted", { cause });
      return { kind: "refused", reason: "The keys of a browser are wrong" };
    }
  }

  async function sendAll(
    message: OutgoingMessage,
    all: readonly KeptSubscription[],
    done: Set<string>,
  ): Promise<Sent[]> {
    const pair = await keys.get();
    const payload = JSON.stringify(payloadOf(message));
    const waiting = all.filter(({ subscription }) => !done.has(subscription.endpoint));
    const outcomes: Sent[] = [];
    let isLate = false;
    const cancel = clock.after(SEND_LIMIT_MS, () => {
      isLate = true;
    });
    async function work(): Promise<void> {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        if (isLate || signal.aborted) return void outcomes.push(LATE);
        const outcome = await settled(next, payload, message, pair);
        outcomes.push(outcome);
        const { endpoint } = next.subscription;
        if (outcome.kind === "sent") done.add(endpoint);
        if (outcome.kind === "expired") subscriptions.expired([endpoint]);
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    cancel();
    return outcomes;
  }

  return async (message) => {
    const all = subscriptions.current();
    if (all.length === 0) return undefined;
    const done = delivered.get(message.id) ?? new Set();
    delivered.set(message.id, done);
    for (const [id] of delivered) if (delivered.size > MOST_REMEMBERED) delivered.delete(id);
    try {
      const outcome = summary(await sendAll(message, all, done), done.size);
      if (outcome.kind === "sent") delivered.delete(message.id);
      return outcome;
    } catch (cause) {
      log.warn("no key for Web Push: it could not be stored", { cause });
      return {
        kind: "failed",
        reason: "hub.db cannot be written, so there is no key for Web Push",
        neverArrived: true,
      };
    }
  };

  /** One push service that fails does not hold up the messages of all other browsers: what reached some is sent. */
  function summary(outcomes: readonly Sent[], reached: number): SendOutcome {
    const faults = outcomes.flatMap((outcome) =>
      outcome.kind === "failed" || outcome.kind === "refused" ? [outcome] : [],
    );
    const first = faults.find(({ kind }) => kind === "failed") ?? faults[0];
    if (first === undefined) return { kind: "sent" };
    if (reached === 0) return first;
    log.warn("not every browser got a message", { missed: faults.length, reached, reason: first.reason });
    return { kind: "sent" };
  }
}

const EXPIRED = { kind: "expired" } as const;
const LATE = { kind: "failed", reason: "There was no time to send to all browsers" } as const;

const textual = (headers: object): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** A later attempt takes the place of one that the browser has not fetched. [RFC 8030, 5.4] */
const topicOf = (id: string): string => createHash("sha256").update(id).digest("base64url").slice(0, 32);

function payloadOf(message: OutgoingMessage): PushPayload {
  const { id, severity, acknowledgeUrl } = message;
  const text = composeText(message, {
    most: MOST_OF_TEXT_BYTES,
    size: (part) => Buffer.byteLength(JSON.stringify(part)) - 2,
    escapeText: inert,
    link: undefined,
    withoutTitle: true,
  });
  const hasLink = acknowledgeUrl !== undefined && acknowledgeUrl.length <= MOST_OF_URL;
  return {
    id: topicOf(id),
    severity,
    title: cutBytes(titleOf(message, MOST_OF_TITLE_BYTES), MOST_OF_TITLE_BYTES),
    text,
    ...(hasLink && { acknowledgeUrl }),
  };
}
