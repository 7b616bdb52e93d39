/** A refusal as REST and the live `rejected` event show it. */
import { z } from "zod";
import { isoInstant } from "./readings.ts";
import { MQTT_VERSIONS, REFUSALS, type RefusalCode } from "./refusals.ts";

const CODES = Object.keys(REFUSALS) as RefusalCode[];

const faultLocation = z
  .strictObject({
    before: z.string().describe("The characters right before it"),
    from: z
      .string()
      .describe("The character that should not be there, and some behind it; empty where the payload ends too early"),
  })
  .describe("Where a payload is faulty, and what is there");
export type FaultLocation = z.infer<typeof faultLocation>;

export const refusal = z
  .strictObject({
    code: z.enum(CODES),
    reason: z.string().describe("The code's text, and what exactly was wrong"),
    kind: z.enum(["connection", "message"]),
    clientId: z.string().exactOptional(),
    address: z.string().exactOptional(),
    topic: z.string().exactOptional(),
    deviceId: z.string().exactOptional(),
    metric: z.string().exactOptional(),
    place: faultLocation.exactOptional(),
    acceptedAt: isoInstant
      .describe("When the same client was let in afterwards, or its message on this topic accepted in full")
      .exactOptional(),
    mqttVersion: z
      .enum(Object.values(MQTT_VERSIONS))
      .describe("What the client speaks, where it got far enough to say so")
      .exactOptional(),
    reasonCode: z.int().describe("The reason code in the answer to the client; MQTT 3.x has none").exactOptional(),
    firstAt: isoInstant,
    lastAt: isoInstant,
    count: z.int(),
  })
  .describe("One kind of refusal of one subject; further ones of the same kind are counted into it");
export type Refusal = z.infer<typeof refusal>;
