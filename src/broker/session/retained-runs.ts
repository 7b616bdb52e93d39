/** Retained messages that a session's subscriptions asked for, sent as its client takes them. */
import type { Qos } from "../packets/packet.ts";
import type { DeliveryRequest } from "../routing/publication.ts";
import type { RetainedMatches, RetainedTopic } from "../routing/retained.ts";

/** Of one SUBSCRIBE. */
export interface RetainedRun {
  readonly parts: readonly RetainedPart[];
  /** The newest message when it was asked for. */
  readonly serial: number;
}

/** Of one of its filters. */
export interface RetainedPart {
  readonly matches: RetainedMatches;
  readonly qos: Qos;
  readonly subscriptionIds: readonly number[];
}

interface Open extends Pick<RetainedPart, "qos" | "subscriptionIds"> {
  readonly serial: number;
  readonly topics: Iterator<RetainedTopic>;
  /** How many are still to come, as counted when it was asked for. */
  left: number;
  /** Topics that another filter of the same SUBSCRIBE matched: they are sent once. Undefined: it has one filter. */
  readonly seen: Set<RetainedTopic> | undefined;
}

export class RetainedRuns {
  #open: Open[] = [];
  #waiting = 0;

  /** Topics that are still to come. */
  get waiting(): number {
    return this.#waiting;
  }

  add({ parts, serial }: RetainedRun): void {
    const seen = parts.length > 1 ? new Set<RetainedTopic>() : undefined;
    for (const { matches, qos, subscriptionIds } of parts) {
      if (matches.count === 0) continue;
      this.#open.push({ serial, topics: matches.topics(), left: matches.count, qos, subscriptionIds, seen });
      this.#waiting += matches.count;
    }
  }

  /** The next that is to be sent. */
  next(): DeliveryRequest | undefined {
    for (let run = this.#open[0]; run !== undefined; run = this.#open[0]) {
      const { topics, serial, seen, qos, subscriptionIds } = run;
      const { done, value: topic } = topics.next();
      if (done === true) {
        this.#waiting -= run.left;
        this.#open.shift();
        continue;
      }
      const { publication } = topic;
      // Deleted, or replaced meanwhile: the newer message was delivered already, and an older one after it would be wrong.
      if (publication === undefined || publication.serial > serial) continue;
      if (run.left > 0) {
        run.left--;
        this.#waiting--;
      }
      if (seen?.has(topic) === true) continue;
      seen?.add(topic);
      const lower = Math.min(qos, publication.qos) as Qos;
      return { publication, qos: lower, retain: true, subscriptionIds, share: undefined };
    }
    return undefined;
  }

  clear(): void {
    this.#open = [];
    this.#waiting = 0;
  }
}
