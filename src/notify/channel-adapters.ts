/** Opens the adapters of all kinds of channels, and what they share: one HTTP client and one rule of where it may go. */
import { setMaxListeners } from "node:events";
import type { Channel, ChannelKind } from "../contract/channels.ts";
import type { ChannelAdapter, SendOutcome } from "../core/ports/alert-channel.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { HubFile, StoredRecord } from "../core/ports/hub-file.ts";
import type { Log } from "../core/ports/log.ts";
import { createBrowser } from "./browser.ts";
import { createEmail } from "./email/email.ts";
import { createNtfy } from "./ntfy/ntfy.ts";
import { createPushSubscriptions, type PushSubscriptions } from "./push/push-subscriptions.ts";
import { createVapidKeyBook } from "./push/vapid-keys.ts";
import { createWebPush } from "./push/web-push.ts";
import type { OwnListeners } from "./request/address-rule.ts";
import { createGuardedConnect } from "./request/guarded-connect.ts";
import { createGuardedRequest, type GuardedRequest } from "./request/guarded-request.ts";
import { createNameLookup, type SystemLookup } from "./request/name-lookup.ts";
import { sendOutcome } from "./request/send-outcome.ts";
import { createAcknowledgeButtons } from "./telegram/acknowledge-buttons.ts";
import { createBotApi } from "./telegram/bot-api.ts";
import { createButtonPolling, type OnAcknowledge } from "./telegram/button-polling.ts";
import { createTelegram } from "./telegram/telegram.ts";
import { createWebhook } from "./webhook/webhook.ts";

export interface ChannelAdaptersOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly hubFile: Pick<HubFile, "write">;
  /** Records of hub.db as they were loaded. */
  readonly stored: readonly StoredRecord[];
  /** Where this hub listens: nothing is sent there. */
  readonly own: OwnListeners;
  /** Further push services, of the owner. */
  readonly pushHosts: readonly string[];
  /** Empty: none. */
  readonly publicUrl: string;
  /** As of now, for the bots that have to be asked. */
  readonly channels: () => readonly Channel[];
  readonly onAcknowledge: OnAcknowledge;
  readonly isAccount: (name: string) => boolean;
  /** Of other parts: the broker, and the pages that are open. */
  readonly mqtt: ChannelAdapter;
  readonly pages: ChannelAdapter;
  /** In place of the machine's resolver. */
  readonly lookup?: SystemLookup | undefined;
  /** Certificates to trust in place of the usual ones, in PEM. */
  readonly ca?: string | undefined;
}

export interface ChannelAdapters {
  of(kind: ChannelKind): ChannelAdapter;
  /** The key that a browser subscribes to. Rejects with a StoreError. */
  pushKey(): Promise<string>;
  readonly pushSubscriptions: PushSubscriptions;
  readonly guardedRequest: GuardedRequest;
  /** A GET of the owner's address that notices a dead hub. */
  heartbeat(url: string): Promise<SendOutcome>;
  /** Asks for presses of buttons that a former run of the hub sent. Once, when the channels are known. */
  start(): void;
  close(): void;
}

export function openChannelAdapters(options: ChannelAdaptersOptions): ChannelAdapters {
  const { clock, hubFile, stored, own, pushHosts, lookup, mqtt, pages } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  // Each request that is under way listens to it.
  setMaxListeners(0, signal);
  const lookupOf = createNameLookup({ own, lookup });
  const request = createGuardedRequest({ ...options, lookupOf });
  const shared = { ...options, request, signal };

  const api = createBotApi(shared);
  const buttons = createAcknowledgeButtons(options);
  const polling = createButtonPolling({ ...shared, api, buttons });

  const keys = createVapidKeyBook(stored, hubFile);
  const subscriptions = createPushSubscriptions({ ...options, hosts: pushHosts });
  const push = createWebPush({ ...shared, keys, subscriptions });

  const adapter = (send: ChannelAdapter["send"]): ChannelAdapter => ({ send, close: () => undefined });
  const adapters: Readonly<Record<ChannelKind, ChannelAdapter>> = {
    webhook: adapter(createWebhook(shared)),
    ntfy: adapter(createNtfy(shared)),
    telegram: adapter(createTelegram({ api, buttons, polling })),
    email: adapter(createEmail({ ...shared, connect: createGuardedConnect({ own, lookupOf }) })),
    mqtt,
    browser: createBrowser({ pages, push }),
  };

  return {
    of: (kind) => adapters[kind],
    pushKey: async () => (await keys.get()).publicKey,
    pushSubscriptions: subscriptions,
    guardedRequest: request,
    heartbeat: async (url) => sendOutcome(await request({ url, method: "GET", signal }), clock.nowMs(), () => ""),
    start: polling.wake,
    close: () => {
      stopping.abort("The hub stops");
      for (const each of Object.values(adapters)) each.close();
    },
  };
}
