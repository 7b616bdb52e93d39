/** Messages of the hub itself, and retained messages that it deletes. */
import type { MessageTraces } from "../../core/messages/message-trace.ts";
import type { Journal } from "../journal/journal.ts";
import { NO_BYTES, type Qos } from "../packets/packet.ts";
import type { Retained } from "./retained.ts";
import type { Router } from "./router.ts";

/** QoS 0 and not retained, where nothing else is said. */
export interface OwnPublish {
  readonly qos?: Qos;
  readonly retain?: boolean;
}

export interface OwnMessages {
  publish(topic: string, payload: Uint8Array, how?: OwnPublish): void;
  /** What is retained on the topics of these filters. */
  deleteRetained(filters: readonly string[]): void;
}

export interface OwnMessagesOptions {
  readonly router: Pick<Router, "publish">;
  readonly retained: Retained;
  readonly journal: Journal;
  readonly traces: MessageTraces;
}

export const createOwnMessages = ({ router, retained, journal, traces }: OwnMessagesOptions): OwnMessages => ({
  publish: (topic, payload, { qos = 0, retain = false } = {}) => {
    const message = { topic, payload, qos, retain, expiryS: undefined, properties: NO_BYTES };
    traces.begin(message, undefined)?.ended("carry");
    router.publish(message, undefined);
  },
  deleteRetained: (filters) => {
    for (const { publication } of filters.flatMap((filter) => [...retained.find(filter).topics()])) {
      if (publication === undefined) continue;
      const { topic } = publication;
      retained.delete(topic);
      journal.note({ of: "retained", topic, value: undefined });
    }
  },
});
