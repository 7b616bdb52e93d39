/** Retained MQTT messages: what the hub is asked and answers about them. */
import { z } from "zod";
import { isoInstant } from "../readings.ts";
import { MOST_RETAINED } from "./retained-limits.ts";

export const retainedQuery = z.strictObject({
  search: z.string().max(200).describe("Part of the topic, in any case").optional(),
  limit: z.coerce.number().int().min(1).max(MOST_RETAINED).default(100),
  cursor: z.string().max(100_000).describe("The `nextCursor` of the page before").optional(),
});
export type RetainedQuery = z.infer<typeof retainedQuery>;

const topic = z.string().min(1).max(65_535);

export const retainedMessage = z
  .strictObject({
    topic,
    payload: z.string().describe("The first 512 bytes; of bytes that are no text, the first 64 in hexadecimal"),
    isBinary: z.literal(true).describe("`payload` is in hexadecimal").exactOptional(),
    bytes: z.int().min(0).describe("Of the whole payload"),
    qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
    setAt: isoInstant.describe("Left out: before the hub was started").exactOptional(),
    clientId: z
      .string()
      .describe("Of the session that published it; left out: the hub itself, or it is not known")
      .exactOptional(),
    via: z.string().describe("The board or application with whose credential it was logged in").exactOptional(),
    isStale: z
      .literal(true)
      .describe("It was not set for a day, and its device is unknown or its client is not connected")
      .exactOptional(),
  })
  .describe("A retained MQTT message");
export type RetainedMessage = z.infer<typeof retainedMessage>;

export const retainedAnswer = z.strictObject({
  messages: z.array(retainedMessage).describe("By topic"),
  total: z.int().min(0).describe("How many match"),
  nextCursor: z.string().nullable(),
});
export type RetainedAnswer = z.infer<typeof retainedAnswer>;

export const retainedRemoval = z.strictObject({ topics: z.array(topic).min(1).max(MOST_RETAINED) });

export const removedAnswer = z.strictObject({
  removed: z.int().min(0),
  unknown: z.array(z.string()).describe("Topics on which nothing is retained, or which are the hub's own"),
});
export type RemovedAnswer = z.infer<typeof removedAnswer>;
