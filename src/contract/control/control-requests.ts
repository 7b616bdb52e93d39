/** What a hub accepts over the socket in the data directory, as schemas: a command loads none of them. */
import { z } from "zod";

const rollup = z.strictObject({
  count: z.int().min(0),
  /** JSON has no number for a sum beyond the greatest double. */
  sum: z
    .number()
    .nullable()
    .transform((sum) => sum ?? Number.POSITIVE_INFINITY),
  min: z.number(),
  max: z.number(),
  texts: z.int().min(0),
  last: z.union([z.number(), z.string()]),
  lastAtMs: z.int(),
});

/** Body of `POST /rebuild`. */
export const rebuildRequest = z.strictObject({
  hours: z
    .array(
      z.strictObject({
        deviceId: z.string(),
        startMs: z.int(),
        metrics: z.record(z.string(), rollup),
        /** Part of it was sent before: it is added to what is there. */
        more: z.boolean(),
      }),
    )
    .max(1_000),
});

export type RebuildRequest = z.infer<typeof rebuildRequest>;

/** Body of `POST /backup`. */
export const backupRequest = z.strictObject({
  /** Absolute, as the hub's machine knows it. */
  file: z.string().min(1).max(4_096),
  /** Accounts, tokens and secrets of boards stay out of it. */
  withoutSecrets: z.boolean().default(false),
});
