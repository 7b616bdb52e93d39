/** Metrics that the hub computes from others of the same device: schemas of requests and answers, and their types. */
import { z } from "zod";
import { scope } from "./alerts.ts";
import { isoInstant } from "./readings.ts";

/** Of a hub. */
export const MAX_DERIVED = 200;

export const derivedFields = z.strictObject({
  scope,
  metric: z
    .string()
    .regex(/^_[A-Za-z][A-Za-z0-9._-]{0,62}$/, "expected _ and then a name")
    .describe("Begins with `_`, as no metric that a board sends does"),
  label: z.string().max(100).exactOptional(),
  unit: z.string().max(20).exactOptional(),
  digits: z.int().min(0).max(10).exactOptional(),
  expression: z.string().min(1).max(1_000).describe("Such as `dewPoint(temperature, humidity)`"),
});
export type DerivedFields = z.infer<typeof derivedFields>;

export const derived = derivedFields.extend({ id: z.string() }).describe("A derived metric");
export type Derived = z.infer<typeof derived>;

export const backfillProgress = z
  .strictObject({
    startedAt: isoInstant,
    devices: z.int().describe("That are computed"),
    devicesDone: z.int(),
    readings: z.int().describe("That were looked at so far"),
    changed: z.int().describe("Of these, those whose stored values changed"),
    deviceId: z.string().describe("The device that is being computed").exactOptional(),
    at: isoInstant.describe("Its readings before this instant are done").exactOptional(),
    problem: z.string().describe("Why it stands still; the hub tries again").exactOptional(),
  })
  .describe("How far it is");
export type BackfillProgress = z.infer<typeof backfillProgress>;

export const lastBackfill = z
  .strictObject({
    finishedAt: isoInstant,
    readings: z.int().describe("That were looked at"),
    changed: z.int().describe("Of these, those whose stored values changed"),
    outdated: z
      .literal(true)
      .describe("The definition, or one that is computed with it, has changed since")
      .exactOptional(),
  })
  .describe("The last backfill that came to its end");

export const derivedState = derived
  .extend({
    devices: z.int().describe("Devices of which it is computed, and that have sent all that it is computed from"),
    computed: z.int().describe("Readings since the start of the hub for which it had a value"),
    missing: z.int().describe("Readings for which it lacked a metric, or that was too old"),
    failed: z.int().describe("Readings for which it failed, such as by a division by zero"),
    last: z
      .strictObject({
        kind: z.enum(["missing", "failed"]),
        deviceId: z.string(),
        at: isoInstant,
        reason: z.string(),
      })
      .describe("Why it had no value the last time")
      .exactOptional(),
    backfill: backfillProgress.describe("While one is under way").exactOptional(),
    lastBackfill: lastBackfill.exactOptional(),
  })
  .describe("A derived metric, and how it fares");
export type DerivedState = z.infer<typeof derivedState>;

export const derivedListAnswer = z.strictObject({ derived: z.array(derivedState) });
export type DerivedListAnswer = z.infer<typeof derivedListAnswer>;

export const derivedPreset = z
  .strictObject({
    preset: z.enum(["dewPoint", "absoluteHumidity", "vpd", "heatIndex", "seaLevelPressure"]),
    metric: z.string(),
    label: z.string(),
    unit: z.string(),
    digits: z.int(),
    expression: z.string().describe("With `{altitude}` where the owner has to say the altitude of the sensor in m"),
    devices: z.array(z.string()).describe("Ids of devices whose metrics fit, and that have no such metric yet"),
  })
  .describe("A derived metric to be added");
export type DerivedPreset = z.infer<typeof derivedPreset>;

export const derivedPresetsAnswer = z.strictObject({ presets: z.array(derivedPreset) });
export type DerivedPresetsAnswer = z.infer<typeof derivedPresetsAnswer>;

const savedValue = z.union([z.number(), z.string(), z.boolean()]);
const savedHistory = z.strictObject({
  latest: z.array(z.tuple([z.string(), savedValue, z.number()])),
  windows: z.array(z.tuple([z.string(), z.array(z.number()), z.array(z.number())])),
});

/** What the hub keeps of a backfill that is under way. */
export const backfillRecord = z.strictObject({
  startedAtMs: z.number(),
  /** Of the definitions that are computed: where they changed, it restarts. */
  key: z.string(),
  /** The last device that is done; empty: none is. */
  doneId: z.string(),
  devicesDone: z.int(),
  readings: z.int(),
  changed: z.int(),
  /** The device that is being computed, and how far. */
  at: z.strictObject({ deviceId: z.string(), fromMs: z.number(), history: savedHistory }).optional(),
});

export type BackfillRecord = z.infer<typeof backfillRecord>;

/** What the hub keeps of the last backfill that came to its end. */
export const finishedBackfill = z.strictObject({
  finishedAtMs: z.number(),
  /** Of the definitions that were computed. */
  key: z.string(),
  readings: z.int(),
  changed: z.int(),
});
export type FinishedBackfill = z.infer<typeof finishedBackfill>;
