/** Retained messages that a session's subscriptions asked for, sent as its client takes them. */
import type { Qos } from "../packets/packet.ts";
import type { DeliveryRequest, Publication } from "../routing/publication.ts";

/** Of one SUBSCRIBE. */
export interface RetainedRun {
  readonly topics: readonly RetainedTopics[];
  /** The newest message when it was asked for. */
  readonly serial: number;
}

/** Of one of its filters. */
export interface RetainedTopics {
  readonly topics: readonly string[];
  readonly qos: Qos;
  readonly subscriptionIds: readonly number[];
}

interface Open {
  readonly serial: number;
  readonly part: RetainedTopics;
  at: number;
}

export class RetainedRuns {
  readonly #find: (topic: string) => Publication | undefined;
  #open: Open[] = [];
  #waiting = 0;

  constructor(find: (topic: string) => Publication | undefined) {
    this.#find = find;
  }

  /** Topics that are still to come. */
  get waiting(): number {
    return this.#waiting;
  }

  add({ topics, serial }: RetainedRun): void {
    for (const part of topics) {
      if (part.topics.length === 0) continue;
      this.#open.push({ serial, part, at: 0 });
      this.#waiting += part.topics.length;
    }
  }

  /** The next that is to be sent. */
  next(): DeliveryRequest | undefined {
    for (let run = this.#open[0]; run !== undefined; run = this.#open[0]) {
      const { part, serial } = run;
      const topic = part.topics[run.at++];
      if (topic === undefined) {
        this.#open.shift();
        continue;
      }
      this.#waiting--;
      const publication = this.#find(topic);
      // Replaced meanwhile: the newer message was delivered already, and an older one after it would be wrong.
      if (publication === undefined || publication.serial > serial) continue;
      const { qos, subscriptionIds } = part;
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
