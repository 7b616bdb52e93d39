/** The answer of `GET /api/board-check`: how far a board has come on its way into the hub, and what helps where it failed. */
import { z } from "zod";
import { isoInstant, metricValue } from "../readings.ts";
import { refusal } from "../refusal.ts";
import { listenAddress } from "./settings-answer.ts";

export const boardCheckQuery = z.strictObject({
  device: z
    .string()
    .max(100)
    .describe("Its device id, or `@` and the id of an application; left out: whichever board tries")
    .optional(),
  since: isoInstant.describe("What happened before does not count. Left out: from now on").optional(),
});
export type BoardCheckQuery = z.infer<typeof boardCheckQuery>;

/** In this order. `reachable`: the hub can be reached from the network. */
export const STEPS = ["reachable", "connected", "loggedIn", "read", "stored"] as const;
export type Step = (typeof STEPS)[number];

const FIXES = ["listen", "secret", "login", "topic", "mapping", "payload"] as const;
export type Fix = (typeof FIXES)[number];

const checkedStep = z.strictObject({
  step: z.enum(STEPS),
  state: z.enum(["done", "failed", "waiting"]),
  at: isoInstant.describe("When it was done or failed, where that is known").exactOptional(),
  refusal: refusal.describe("Why it failed").exactOptional(),
  isOther: z
    .literal(true)
    .describe("It is not known that this board failed: another or an unknown client did, and this board was not seen")
    .exactOptional(),
  topic: z.string().describe("Where a message was published that nobody reads").exactOptional(),
  fix: z
    .enum(FIXES)
    .describe(
      "What helps: `listen` on the network, a new `secret`, the right user name and password for its `login`, the right `topic`, a `mapping` of its topic, a valid `payload`. Absent: what the refusal says",
    )
    .exactOptional(),
});
export type CheckedStep = z.infer<typeof checkedStep>;

export const boardCheckAnswer = z.strictObject({
  since: isoInstant.describe("For the next request"),
  addresses: z.array(listenAddress).describe("Where MQTT is spoken"),
  steps: z.array(checkedStep).describe("Each step, in order"),
  isKnown: z.boolean().describe("The hub has something of a device with this id"),
  value: z
    .strictObject({ metric: z.string(), value: metricValue, unit: z.string(), at: isoInstant })
    .describe("One of its newest values; absent until one came")
    .exactOptional(),
});
export type BoardCheckAnswer = z.infer<typeof boardCheckAnswer>;
