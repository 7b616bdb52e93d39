/** The messages that are on screen, the newest first, each with the payload that came on its topic before it. */
import type { WatchedMessage } from "../../../../src/contract/live/watched-messages.ts";

export interface ShownMessage {
  readonly id: number;
  readonly message: WatchedMessage;
  /** Undefined: none was shown. */
  readonly former: string | undefined;
}

export interface MessageLog {
  readonly shown: readonly ShownMessage[];
  /** The last payload of each topic. */
  readonly last: ReadonlyMap<string, string>;
  readonly nextId: number;
  /** Messages that the hub did not send, since the log began. */
  readonly left: number;
}

export const MOST_SHOWN = 60;
const MOST_TOPICS = 500;

export const NO_MESSAGES: MessageLog = { shown: [], last: new Map(), nextId: 0, left: 0 };

/** `left`: so many came besides, and were not sent. */
export function withMessages(log: MessageLog, messages: readonly WatchedMessage[], left: number): MessageLog {
  const last = new Map(log.last);
  const came: ShownMessage[] = [];
  let { nextId } = log;
  for (const message of messages) {
    came.push({ id: nextId++, message, former: last.get(message.topic) });
    if (message.payload === undefined || message.isBinary === true) continue;
    last.delete(message.topic); // set again at the end: the one that was silent longest goes
    last.set(message.topic, message.payload);
  }
  for (const topic of [...last.keys()].slice(0, Math.max(0, last.size - MOST_TOPICS))) last.delete(topic);
  return { shown: [...came.reverse(), ...log.shown].slice(0, MOST_SHOWN), last, nextId, left: log.left + left };
}
