/** Sends MQTT messages to the browsers that watch them. */
import { ERRORS } from "../contract/errors.ts";
import { type MessagesEvent, type WatchAnswer, watchRequest } from "../contract/live/watched-messages.ts";
import { watchFilterFault } from "../contract/topic-filters.ts";
import type { Pace } from "../core/limits/pace.ts";
import type { MessageWatch, Watcher } from "../core/messages/message-watch.ts";
import type { Clock } from "../core/ports/clock.ts";

/** A browser, as the feed sees it. */
export interface WatchingBrowser {
  send(event: MessagesEvent): void;
  /** Its caller may see payloads. */
  seesPayloads(): boolean;
}

export interface MessageFeed<Key> {
  /** `request` is what the browser sent: any value. */
  watch(key: Key, browser: WatchingBrowser, request: unknown): WatchAnswer;
  /** The browser is gone. */
  left(key: Key): void;
  close(): void;
}

export interface MessageFeedOptions {
  readonly clock: Pick<Clock, "every">;
  readonly messages: MessageWatch;
  /** Runs the sending where there is time for it; what is not sent now is sent later. */
  readonly spend: (work: () => void) => void;
}

const SEND_EVERY_MS = 500;

export function createMessageFeed<Key>({ clock, messages, spend }: MessageFeedOptions): MessageFeed<Key> {
  const watching = new Map<Key, { readonly browser: WatchingBrowser; readonly watcher: Watcher }>();
  /** A browser's next filter begins with what its last one has left. */
  const paces = new Map<Key, Pace | undefined>();
  let stop: (() => void) | undefined;

  function sendAll(): void {
    for (const { browser, watcher } of watching.values()) spend(() => send(browser, watcher));
  }

  function send(browser: WatchingBrowser, watcher: Watcher): void {
    const event = watcher.take();
    if (event === undefined) return;
    if (browser.seesPayloads()) return browser.send(event);
    browser.send({ ...event, messages: event.messages.map(({ payload, isBinary, ...message }) => message) });
  }

  function end(key: Key): void {
    watching.get(key)?.watcher.end();
    watching.delete(key);
    if (watching.size > 0) return;
    stop?.();
    stop = undefined;
  }

  return {
    watch: (key, browser, request) => {
      if (request === null) {
        end(key);
        return { ok: true };
      }
      const { data } = watchRequest.safeParse(request);
      if (data === undefined) return { ok: false, code: "REQUEST_INVALID", reason: "A topic filter is missing." };
      const reason = watchFilterFault(data.filter);
      if (reason !== undefined) return { ok: false, code: "REQUEST_INVALID", reason };
      end(key);
      if (!paces.has(key)) paces.set(key, messages.pace());
      const watcher = messages.watch(data.filter, paces.get(key));
      if (watcher === undefined) return TOO_MANY;
      watching.set(key, { browser, watcher });
      stop ??= clock.every(SEND_EVERY_MS, sendAll);
      return { ok: true };
    },
    left: (key) => {
      end(key);
      paces.delete(key);
    },
    close: () => {
      for (const key of [...watching.keys()]) end(key);
    },
  };
}

const TOO_MANY: WatchAnswer = {
  ok: false,
  code: "TOO_MANY_WATCHERS",
  reason: ERRORS.TOO_MANY_WATCHERS.text,
};
