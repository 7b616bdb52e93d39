/** Messages as the broker holds them. */
import { type Message, NO_BYTES } from "../../src/broker/packets/packet.ts";
import { type Publication, publicationOf } from "../../src/broker/publication.ts";

export const message = (wish: Partial<Message> & { text?: string } = {}): Message => {
  const { text = "23.5", ...rest } = wish;
  return {
    topic: "a/b",
    payload: Buffer.from(text),
    qos: 1,
    retain: false,
    expiryS: undefined,
    properties: NO_BYTES,
    ...rest,
  };
};

export const publication = (wish: Parameters<typeof message>[0] = {}, nowMs = 0): Publication =>
  publicationOf(message(wish), "board", nowMs);

export const textOf = (payload: Uint8Array): string => Buffer.from(payload).toString();
