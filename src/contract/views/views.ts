/** Views: saved pages of charts and values of several devices. Requests, answers, and the JSON that can be downloaded. */
import { z } from "zod";
import { DEVICE_ID } from "../fleet/device-id-pattern.ts";
import { MAX_LINES, MAX_LINES_IN_ALL, MAX_PARTS, VIEW_FORMAT } from "./view-limits.ts";

const line = z.strictObject({
  device: z.string().regex(DEVICE_ID, "expected the id of a device"),
  metric: z.string().regex(/^[A-Za-z_][A-Za-z0-9._-]{0,63}$/, "expected the name of a metric"),
});
export type ViewLine = z.infer<typeof line>;

const part = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("chart"),
    lines: z
      .array(line)
      .min(1)
      .max(MAX_LINES)
      .describe("Drawn over each other, those of each unit with an axis of their own"),
  }),
  z.strictObject({ kind: z.literal("value"), lines: z.array(line).length(1).describe("Its value now, large") }),
]);
export type ViewPart = z.infer<typeof part>;

export const viewFields = z.strictObject({
  name: z.string().trim().min(1).max(64),
  parts: z
    .array(part)
    .max(MAX_PARTS)
    .refine(
      (parts) => parts.reduce((sum, { lines }) => sum + lines.length, 0) <= MAX_LINES_IN_ALL,
      `expected at most ${MAX_LINES_IN_ALL} lines in all parts`,
    )
    .describe("In the order in which they are shown. Devices and metrics need not be there"),
});
export type ViewFields = z.infer<typeof viewFields>;

export const viewAnswer = viewFields.extend({ id: z.string() }).describe("A saved page of charts and values");
export type View = z.infer<typeof viewAnswer>;

export const viewsAnswer = z.strictObject({ views: z.array(viewAnswer) });
export type ViewsAnswer = z.infer<typeof viewsAnswer>;

const viewFile = viewFields.extend({ aerieView: z.literal(VIEW_FORMAT) });

/** As a view is stored, and downloaded. */
export const writeView = (fields: ViewFields): string => JSON.stringify({ aerieView: VIEW_FORMAT, ...fields });

/** Undefined: it was written by a newer version, or is damaged. */
export function readView(json: string): ViewFields | undefined {
  try {
    const { aerieView: _, ...fields } = viewFile.parse(JSON.parse(json));
    return fields;
  } catch {
    return undefined;
  }
}
