/** A refusal as REST and the live `rejected` event show it. */
import { z } from "zod";
import { credentialSpec } from "./access.ts";
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

const suggestion = credentialSpec
  .extend({
    text: z.string().describe("For a person: Its topics are those of Tasmota: let it use these topics"),
    deviceId: z.string().describe("Of the board's credential as it is now"),
  })
  .describe("`PATCH /api/boards/<deviceId>` with this family, name and options lets the board use the topic");
export type Suggestion = z.infer<typeof suggestion>;

export const refusal = z
  .strictObject({
    code: z.enum(CODES),
    reason: z.string().describe("The code's text, and where there is a detail, a colon and that"),
    detail: z.string().describe("What exactly was wrong").exactOptional(),
    kind: z.enum(["connection", "message"]),
    clientId: z.string().exactOptional(),
    via: z
      .string()
      .describe(
        "The board or application with whose credential it is logged in: `clientId` is then its id, a slash and the client id",
      )
      .exactOptional(),
    address: z.string().exactOptional(),
    topic: z.string().exactOptional(),
    deviceId: z.string().exactOptional(),
    metric: z.string().exactOptional(),
    place: faultLocation.exactOptional(),
    suggestion: suggestion.exactOptional(),
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
