/** What an owner says of the metrics of a device. */
import { z } from "zod";

export const METRIC_NAME = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;
/** Of one device. */
export const MAX_OWN_METRICS = 256;

const label = z.string().trim().min(1).max(100);
const unit = z.string().trim().max(20);
const digits = z.int().min(0).max(12);
const range = z.tuple([z.number(), z.number()]).refine(([least, most]) => least < most, "the first is smaller");
const order = z.int().min(0).max(9_999);

/** As a whole. */
export const ownMetricInfo = z.strictObject({
  label: label.exactOptional(),
  unit: unit.exactOptional(),
  digits: digits.exactOptional(),
  range: range.exactOptional(),
  pinned: z.literal(true).exactOptional(),
  hidden: z.literal(true).exactOptional(),
  order: order.exactOptional(),
});

const flag = z.boolean().nullable().optional();

/** By name of the metric, field by field. What is left out stays; null, or false, takes it away. */
export const metricsPatch = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9._-]{0,63}$/, "expected the name of a metric"),
    z
      .strictObject({
        label: label.nullable().optional(),
        unit: unit.nullable().optional(),
        digits: digits.nullable().optional(),
        range: range.nullable().optional(),
        pinned: flag.describe("Shown first, and in the sparkline of the device"),
        hidden: flag.describe("Not shown"),
        order: order.nullable().optional().describe("Its position among the metrics of the device"),
      })
      .nullable()
      .describe("Null takes all away that was set of it"),
  )
  .refine((metrics) => Object.keys(metrics).length <= MAX_OWN_METRICS, `at most ${MAX_OWN_METRICS} metrics`);
export type MetricsPatch = z.infer<typeof metricsPatch>;
