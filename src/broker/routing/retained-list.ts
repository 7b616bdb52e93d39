/** Retained messages in pages, and their removal by an operator. */
import type { RetainedFacts, RetainedMessages } from "../../core/ports/retained-messages.ts";
import type { Journal } from "../journal/journal.ts";
import { NO_BYTES } from "../packets/packet.ts";
import type { OwnMessages } from "./own-messages.ts";
import type { Publication } from "./publication.ts";
import type { Retained } from "./retained.ts";

export interface RetainedListOptions {
  readonly retained: Pick<Retained, "all" | "get">;
  readonly own: Pick<OwnMessages, "publish">;
  readonly journal: Pick<Journal, "settle">;
}

export const createRetainedList = ({ retained, own, journal }: RetainedListOptions): RetainedMessages => ({
  page: (matches, limit, after) => {
    let total = 0;
    let behind = 0;
    /** The first of those that match; sorted and cut from time to time, since there may be a hundred thousand. */
    let first: Publication[] = [];
    for (const publication of retained.all()) {
      if (!matches(publication.topic)) continue;
      total++;
      if (after !== undefined && publication.topic <= after) continue;
      behind++;
      first.push(publication);
      if (first.length >= 4 * limit) first = cut(first, limit);
    }
    return { messages: cut(first, limit).map(factsOf), total, hasMore: behind > limit };
  },
  has: (topic) => retained.get(topic) !== undefined,
  remove: (topics) => {
    for (const topic of topics) own.publish(topic, NO_BYTES, { qos: 1, retain: true });
    return new Promise((resolve) => journal.settle(resolve));
  },
});

const cut = (some: readonly Publication[], limit: number): Publication[] =>
  some.toSorted((one, other) => (one.topic < other.topic ? -1 : 1)).slice(0, limit);

const factsOf = ({ topic, payload, qos, publisher, setAtMs }: Publication): RetainedFacts => ({
  topic,
  payload,
  qos,
  publisher,
  setAtMs,
});
