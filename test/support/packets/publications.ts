/** Messages as the broker holds them. */
import { type Message, NO_BYTES } from "../../../src/broker/packets/packet.ts";
import { type Publication, publicationOf } from "../../../src/broker/routing/publication.ts";

export type MessageWish = Partial<Message> & { readonly text?: string };

export const message = ({ text = "23.5", ...wish }: MessageWish = {}): Message => ({
  topic: "a/b",
  payload: Buffer.from(text),
  qos: 1,
  retain: false,
  expiryS: undefined,
  properties: NO_BYTES,
  ...wish,
});

let serial = 0;

/** Published at `nowMs`, after all others. */
export const publication = (wish: MessageWish = {}, nowMs = 0): Publication =>
  publicationOf(message(wish), "board", ++serial, nowMs);

export const textOf = (payload: Uint8Array | undefined): string => Buffer.from(payload ?? "").toString();
