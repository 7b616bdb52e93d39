/** The REST surface: what requests must look like (checked by these schemas) and what answers look like. */
import { z } from "zod";
import type { Device, LatestValue, Reading } from "./readings.ts";
import type { Refusal } from "./refusals.ts";

/** ISO 8601 with a zone, epoch seconds or epoch milliseconds → epoch ms. */
const instant = z.string().transform((text, context) => {
  const number = /^\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : undefined;
  const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i.test(text);
  const ms = number === undefined ? (zoned ? Date.parse(text) : Number.NaN) : number < 1e11 ? number * 1000 : number;
  if (Number.isFinite(ms)) return Math.round(ms);
  context.addIssue("expected ISO 8601 with a zone, epoch seconds or epoch milliseconds");
  return z.NEVER;
});

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `expected a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(
      z
        .number()
        .min(min, `expected a whole number from ${min} to ${max}`)
        .max(max, `expected a whole number from ${min} to ${max}`),
    );

const range = { from: instant.optional(), to: instant.optional() };
const fromBeforeTo = (query: { from?: number | undefined; to?: number | undefined }) =>
  query.from === undefined || query.to === undefined || query.from < query.to;
const ordered = { path: ["from"], message: "expected a time before `to`" };

const cursor = z.string().max(200);

export const devicesQuery = z.strictObject({
  limit: whole(1, 1_000).default(100),
  cursor: cursor.optional(),
  /** Part of the id, name or place, in any case. */
  search: z.string().max(100).optional(),
});

export const devicePatch = z.strictObject({
  /** Empty text or null takes it away. */
  name: z.string().trim().max(100).nullable().optional(),
  place: z.string().trim().max(100).nullable().optional(),
});

export const readingsQuery = z
  .strictObject({
    ...range,
    limit: whole(1, 10_000).default(500),
    cursor: cursor.optional(),
    order: z.enum(["asc", "desc"]).default("desc"),
  })
  .refine(fromBeforeTo, ordered);

export const seriesQuery = z
  .strictObject({
    ...range,
    metrics: z
      .string()
      .transform((text) => text.split(","))
      .pipe(z.array(z.string().min(1).max(64)).min(1).max(64)),
    points: whole(1, 10_000).default(500),
  })
  .refine(fromBeforeTo, ordered);

const names = z
  .string()
  .transform((text) => [...new Set(text.split(","))])
  .pipe(z.array(z.string().min(1).max(64)).min(1).max(10_000));

export const exportQuery = z
  .strictObject({
    ...range,
    /** All where it is left out, as with `metrics`. */
    devices: names.optional(),
    metrics: names.optional(),
    format: z.enum(["csv", "ndjson"]).default("ndjson"),
    /** A compressed file, whatever the client says that it understands. */
    gzip: z.enum(["true", "false"]).default("false"),
  })
  .refine(fromBeforeTo, ordered);

export interface DevicesPage {
  devices: Device[];
  /** Devices that match, on all pages. */
  total: number;
  nextCursor: string | null;
}

export interface LatestAnswer {
  deviceId: string;
  metrics: { [metric: string]: LatestValue };
}

export interface ReadingsPage {
  readings: Reading[];
  nextCursor: string | null;
}

/** One metric's columns, all of one length; a bucket begins at `t` (epoch ms). */
export interface SeriesColumns {
  t: number[];
  mean: number[];
  min: number[];
  max: number[];
  count: number[];
}

export interface SeriesAnswer {
  deviceId: string;
  /** A bucket's width in ms; 0 where each point is one reading at its instant. */
  resolution: number;
  /** The device's usual time between messages in ms, once it is known. */
  intervalMs?: number;
  metrics: { [metric: string]: SeriesColumns };
}

export interface RejectionsAnswer {
  /** How many of each code since the start. */
  counts: { [code: string]: number };
  /** Since when these are counted, ISO 8601. */
  since: string;
  /** The newest kinds first. */
  rejections: Refusal[];
}

export interface Readiness {
  ready: boolean;
  /** What is not well, in words for the owner; empty when ready. */
  problems: { part: string; problem: string }[];
}

export interface WebsocketStatus {
  success: true;
  connectedClients: number;
  websocketEnabled: true;
}
