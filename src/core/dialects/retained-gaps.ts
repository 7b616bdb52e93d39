/** Learns from retained messages what is not on disk: of boards that announced themselves before this hub understood them, and do not repeat it. */
import { ANYBODY, type MqttIdentity } from "../access/mqtt-access.ts";
import type { Clock } from "../ports/clock.ts";
import type { LearnedChange } from "../ports/hub-file.ts";
import type { Dialects } from "./dialect.ts";
import type { LearnedBook } from "./learned-book.ts";
import type { LearnedPart } from "./parsed-message.ts";
import { maySpeakFor, publisherOf } from "./publisher.ts";

export interface RetainedMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Client id; undefined: the hub itself. */
  readonly publisher: string | undefined;
}

export interface RetainedGapsOptions {
  /** Of its own: what they remember of values beside what they learn is not what boards send now. */
  readonly dialects: Pick<Dialects, "read" | "learn">;
  readonly learned: LearnedBook;
  readonly write: (changes: readonly LearnedChange[]) => Promise<void>;
  /** Of the session with that client id; undefined: its credential is gone. Left out: there are no accounts. */
  readonly identityOf?: ((clientId: string) => MqttIdentity | undefined) | undefined;
  readonly clock: Clock;
}

/** Boards are served in between: so many messages, or bytes of them, are some milliseconds. */
const MESSAGES_A_TURN = 100;
const BYTES_A_TURN = 128 * 1024;

/** A retained message is no reading, and only what is not known yet is taken from it. Answers how many changes were written. */
export async function retainedGaps(
  retained: Iterable<RetainedMessage>,
  { dialects, learned, write, identityOf, clock }: RetainedGapsOptions,
): Promise<number> {
  const found = new Map<string, LearnedPart>();
  let work = 0;

  for (const { topic, payload, publisher } of retained) {
    const who = identityOf === undefined ? ANYBODY : identityOf(publisher ?? "");
    if (payload.length === 0 || who === undefined || topic.startsWith("devices/")) continue;
    const parts = learnedOf({ topic, payload }, who);
    for (const part of parts)
      if (!learned.isKnown(part)) found.set(`${part.family} ${part.deviceId} ${part.key}`, part);
    work += 1 / MESSAGES_A_TURN + payload.length / BYTES_A_TURN;
    if (work < 1) continue;
    work = 0;
    await new Promise<void>((resolve) => clock.soon(resolve));
  }
  const all = [...found.values()];
  let count = 0;
  for (let from = 0; from < all.length; from += MESSAGES_A_TURN) {
    // Written in the turn in which they are taken: what boards say of the same in the meantime is newer, and comes after it.
    const changes = all.slice(from, from + MESSAGES_A_TURN).flatMap((part): LearnedChange[] => {
      const taken = learned.isKnown(part) ? undefined : learned.take(part);
      return taken?.ok === true && taken.value !== undefined ? [taken.value] : [];
    });
    if (changes.length === 0) continue;
    await write(changes);
    for (const change of changes) learned.stored(change);
    count += changes.length;
  }
  return count;

  function learnedOf(message: Pick<RetainedMessage, "topic" | "payload">, who: MqttIdentity): LearnedPart[] {
    const receivedAtMs = clock.nowMs();
    const publisher = publisherOf(who);
    const parsed = dialects.read({ ...message, retain: true, receivedAtMs, publisher });
    const parts = parsed.kind === "parts" ? parsed.parts.filter((part) => part.kind === "learned") : [];
    const own = parts.filter(({ deviceId }) => maySpeakFor(publisher, deviceId));
    for (const part of own) dialects.learn(part);
    return own;
  }
}
