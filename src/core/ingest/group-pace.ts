/** Decides how long a group of messages waits for more of them before it is committed. */

/** A message, as far as it is of interest here. */
export interface Paced {
  /** The number of its connection. */
  readonly serial: number;
}

export interface GroupPace {
  /** For how many ms a group of so many messages should still wait; 0: it is committed now. */
  waitMs(messages: number, nowMs: number): number;
  /** A group was sent to the store. */
  sent(messages: readonly Paced[], nowMs: number): void;
}

/** What a commit costs beside its messages is small for so many of them. */
const ENOUGH_MESSAGES = 32;
/** A group waits only where so many messages can be expected meanwhile. */
const WORTH_WAITING_FOR = 4;
/** Weight of the newest group in the averages. */
const WEIGHT = 1 / 8;
/** After a longer pause, what came before it says nothing. */
const LONGEST_GAP_MS = 100;
/** A client that had a message in one of so many groups before sends the next one because that was acknowledged. */
const GROUPS_REMEMBERED = 3;

/**
 * Where each of many boards sends a message now and then, each message would be a commit of its own, which costs many times what the
 * message does. So groups keep a distance of `maxWaitMs`. A message after a pause does not wait, and messages of clients that wait for
 * acknowledgements before they send more are not counted: such a client would only be slowed.
 */
export function createGroupPace(maxWaitMs: number): GroupPace {
  let sentMs = Number.NEGATIVE_INFINITY;
  /** Averages: messages of other clients than those before, and time, from one group to the next. */
  let freshMessages = 0;
  let gapMs = LONGEST_GAP_MS;
  /** Connections of the newest groups, the last one first. */
  let recent: ReadonlySet<number>[] = [];

  return {
    waitMs: (messages, nowMs) => {
      if (messages >= ENOUGH_MESSAGES || (freshMessages / gapMs) * maxWaitMs < WORTH_WAITING_FOR) return 0;
      return Math.max(0, sentMs + maxWaitMs - nowMs);
    },
    sent: (messages, nowMs) => {
      const isLarge = messages.length > 2 * ENOUGH_MESSAGES;
      const connections = new Set(isLarge ? [] : messages.map(({ serial }) => serial));
      let fresh = 0;
      for (const serial of connections) if (!recent.some((group) => group.has(serial))) fresh++;
      recent = [connections, ...recent.slice(0, GROUPS_REMEMBERED - 1)];
      freshMessages += WEIGHT * (fresh - freshMessages);
      gapMs += WEIGHT * (Math.min(LONGEST_GAP_MS, nowMs - sentMs) - gapMs);
      sentMs = nowMs;
    },
  };
}
