/** Tags of devices, and changes of many devices at once. */
import { z } from "zod";

export const MAX_TAG_CHARS = 40;
export const MAX_TAGS = 16;
/** In one request: within the most that a body may have. */
export const MAX_CHANGED_DEVICES = 200;

/** Not a comma: a query may name several. */
const PLAIN = /^[^,\p{Cc}]*$/u;

export const tag = z
  .string()
  .trim()
  .normalize("NFC")
  .min(1, "a tag is not empty")
  .max(MAX_TAG_CHARS, `a tag has at most ${MAX_TAG_CHARS} characters`)
  .regex(PLAIN, "a tag has no comma, no line end and no other control character");

/** Each once, in the order in which they were given. */
export const tags = z
  .array(tag)
  .max(MAX_TAGS, `a device has at most ${MAX_TAGS} tags`)
  .transform((names) => [...new Set(names)]);

export const place = z.string().trim().max(100).nullable();

const devices = z
  .array(z.string().min(1).max(64))
  .min(1)
  .max(MAX_CHANGED_DEVICES, `at most ${MAX_CHANGED_DEVICES} devices in one request; send the others in another`)
  .describe("Their ids");

export const devicesChange = z
  .strictObject({
    devices,
    addTags: tags.optional(),
    removeTags: tags.optional(),
    place: place.describe("Empty text or null takes it away").optional(),
  })
  .refine(
    ({ addTags, removeTags, place: to }) => addTags !== undefined || removeTags !== undefined || to !== undefined,
    { path: ["addTags, removeTags, place"], message: "expected at least one of them" },
  );
export type DevicesChange = z.infer<typeof devicesChange>;

export const devicesChanged = z.strictObject({
  changed: z.int().min(0).describe("How many devices were found"),
  unknown: z.array(z.string()).describe("Ids that no device has; the others were changed"),
});
export type DevicesChanged = z.infer<typeof devicesChanged>;

export const devicesDeletion = z.strictObject({
  devices,
  credential: z.enum(["remove", "keep"]).default("remove").describe("Whether the boards' secrets are removed, too"),
});

export const devicesDeleted = z.strictObject({
  deleted: z.int().min(0),
  unknown: z.array(z.string()).describe("Ids that no device has; the others were deleted"),
});
export type DevicesDeleted = z.infer<typeof devicesDeleted>;
