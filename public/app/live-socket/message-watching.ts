/** The MQTT messages that a page wants: asked of the hub until it sends them, and passed on from its answer on. */
import type { MessagesEvent, WatchAnswer, WatchRequest } from "../../../src/contract/live/watched-messages.ts";

export interface MessageWatch {
  /** A topic filter. */
  readonly filter: string;
  came(event: MessagesEvent): void;
  /** Why the hub does not send them; undefined: it does. */
  answered(reason: string | undefined): void;
}

export interface MessageWatchingOptions {
  /** Undefined: no answer, or there is no connection. */
  ask(request: WatchRequest | null): Promise<WatchAnswer | undefined>;
  /** The page is seen. */
  isWanted(): boolean;
  readonly tryAgainAfterMs: number;
}

export interface MessageWatching {
  watch(next: MessageWatch | undefined): void;
  /** Of what the hub knows now, nothing counts any more. */
  ask(): void;
  came(event: MessagesEvent): void;
}

export function createMessageWatching({ ask, isWanted, tryAgainAfterMs }: MessageWatchingOptions): MessageWatching {
  let wanted: MessageWatch | undefined;
  /** The hub sends messages for this one. */
  let confirmed: MessageWatch | undefined;
  let questions = 0;
  let again: ReturnType<typeof setTimeout> | undefined;

  async function askNow(): Promise<void> {
    clearTimeout(again);
    confirmed = undefined;
    const question = ++questions;
    const asked = isWanted() ? wanted : undefined;
    const answer = await ask(asked === undefined ? null : { filter: asked.filter });
    if (question !== questions || asked === undefined) return; // the next question counts, or nobody waits
    if (answer?.ok === true) confirmed = asked;
    if (answer !== undefined) asked.answered(answer.ok ? undefined : answer.reason);
    if (answer === undefined || (!answer.ok && answer.code === "TOO_MANY_WATCHERS")) {
      again = setTimeout(() => void askNow(), tryAgainAfterMs);
    }
  }

  return {
    watch: (next) => {
      const former = wanted;
      wanted = next;
      if (former !== undefined || next !== undefined) void askNow();
    },
    ask: () => void askNow(),
    came: (event) => confirmed?.came(event),
  };
}
