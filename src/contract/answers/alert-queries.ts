/** What the routes of alerts and channels are asked: schemas of queries and bodies. */
import { z } from "zod";
import { severity } from "../alerts.ts";
import { cursor, fromBeforeTo, ordered, range, whole } from "../rest.ts";
import { MOST_ALERTS } from "./alert-answers.ts";

const filters = {
  device: z.string().max(64).describe("Id of a device").optional(),
  rule: z.string().max(64).describe("Id of a rule").optional(),
  severity: severity.optional(),
};

export const alertsQuery = z.strictObject({ ...filters, limit: whole(1, MOST_ALERTS).prefault(String(MOST_ALERTS)) });

export const acknowledgeRequest = z.strictObject({ note: z.string().trim().max(500).optional() });

export const alertLogQuery = z
  .strictObject({ ...range, ...filters, limit: whole(1, 10_000).prefault("500"), cursor: cursor.optional() })
  .refine(fromBeforeTo, ordered);

export const alertLogExportQuery = z
  .strictObject({ ...range, ...filters, format: z.enum(["csv", "ndjson"]).default("ndjson") })
  .refine(fromBeforeTo, ordered);
export type AlertLogExportQuery = z.output<typeof alertLogExportQuery>;
