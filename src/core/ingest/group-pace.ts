/** Decides how long a group of messages waits for more of them before it is committed. */

export interface GroupPace {
  /** For how many ms a group of so many messages should still wait; 0: it is committed now. */
  waitMs(messages: number, nowMs: number): number;
  /** A group was sent to the store. */
  sent(messages: number, nowMs: number): void;
  /** A group that was sent is durable. */
  committed(durationMs: number): void;
}

/** Groups follow each other at least so many commits apart. */
const COMMITS_APART = 3;
/** What a commit costs beside its messages is small for so many of them. */
const ENOUGH_MESSAGES = 32;
/** A group waits only where so many more messages can be expected meanwhile. */
const WORTH_WAITING_FOR = 4;
/** Weight of the newest group in the averages. */
const WEIGHT = 1 / 8;
/** After a longer pause, what came before it says nothing. */
const LONGEST_GAP_MS = 100;

/**
 * Where messages come one by one and fast, each would be a commit of its own, which costs many times what the message does. So groups
 * keep a distance that follows the duration of a commit, up to `maxWaitMs`. A message after a pause does not wait, nor does one of a
 * client that sends the next one only after the acknowledgement.
 */
export function createGroupPace(maxWaitMs: number): GroupPace {
  let sentMs = Number.NEGATIVE_INFINITY;
  /** Averages. */
  let commitMs = 0;
  let groupMessages = 0;
  let groupGapMs = LONGEST_GAP_MS;

  return {
    waitMs: (messages, nowMs) => {
      if (messages >= ENOUGH_MESSAGES) return 0;
      const apartMs = Math.min(maxWaitMs, COMMITS_APART * commitMs);
      if ((groupMessages / groupGapMs) * apartMs < WORTH_WAITING_FOR) return 0;
      return Math.max(0, sentMs + apartMs - nowMs);
    },
    sent: (messages, nowMs) => {
      const gapMs = Math.min(LONGEST_GAP_MS, nowMs - sentMs);
      sentMs = nowMs;
      groupMessages += WEIGHT * (messages - groupMessages);
      groupGapMs += WEIGHT * (gapMs - groupGapMs);
    },
    committed: (durationMs) => {
      commitMs += WEIGHT * (durationMs - commitMs);
    },
  };
}
