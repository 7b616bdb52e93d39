/** Sparklines of many devices at once: what is asked, and what is answered. */
import { z } from "zod";

export const SPARK_STEP_MS = 5 * 60_000;
export const SPARK_STEPS = 36;
export const PRESENCE_STEP_MS = 30 * 60_000;
export const PRESENCE_CELLS = 48;
const MAX_DEVICES = 200;

export const sparklinesRequest = z.strictObject({
  devices: z
    .array(z.string().min(1).max(64))
    .min(1)
    .max(MAX_DEVICES, `at most ${MAX_DEVICES} devices in one request`)
    .describe("Their ids"),
  presence: z.boolean().describe("Adds the presence of each over the last 24 hours").optional(),
});

export const sparkline = z
  .strictObject({
    deviceId: z.string(),
    metric: z
      .string()
      .describe(
        "The metric that says most about the device: the one that its owner pinned, else the one of its worst alert that fires, else the first of temperature, CO₂, power, humidity and the others; true or false only where no number comes. Absent: it has none",
      )
      .exactOptional(),
    unit: z.string().describe("Absent where the metric has none").exactOptional(),
    means: z
      .array(z.number().nullable())
      .length(SPARK_STEPS)
      .describe("The mean of each step, the oldest first; true counts as 1. Null: no reading"),
    presence: z
      .string()
      .regex(/^[xlao-]{48}$/)
      .describe(
        "A letter for each half hour, the oldest first: the worst of `x` offline, `l` late, `a` asleep and `o` online in it; `-`: the hub did not run, or did not know it",
      )
      .exactOptional(),
  })
  .describe("The last three hours of one metric of a device");
export type Sparkline = z.infer<typeof sparkline>;

export const sparklinesAnswer = z.strictObject({
  stepMs: z.literal(SPARK_STEP_MS).describe("The width of a step"),
  end: z.iso.datetime().describe("When the last step ends: it is under way"),
  presenceEnd: z.iso
    .datetime()
    .describe("When the last half hour of `presence` ends; only where that was asked for")
    .exactOptional(),
  sparklines: z.array(sparkline).describe("In the order of the request; ids that no device has are left out"),
});
export type SparklinesAnswer = z.infer<typeof sparklinesAnswer>;
