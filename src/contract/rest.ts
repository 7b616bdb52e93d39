/** The REST interface: schemas of the requests, and the answers. */
import { z } from "zod";
import { toEpochMs } from "./epoch.ts";
import { DEVICE_FAMILIES } from "./families.ts";
import { fleetGroups, fleetQuery } from "./fleet/devices-query.ts";
import { MAX_OWN_METRICS, METRIC_NAME, ownMetricInfo } from "./fleet/own-metrics.ts";
import { fleetCounts } from "./fleet/states.ts";
import { place, tags } from "./fleet/tags.ts";
import { device, isoInstant, latestValue, presenceState, reading } from "./readings.ts";
import { refusal } from "./refusal.ts";

/** → epoch ms. */
export const instant = z
  .string()
  .transform((text, context) => {
    const ms = toEpochMs(text);
    if (ms !== undefined) return ms;
    context.addIssue("expected ISO 8601 with a zone, epoch seconds or epoch milliseconds");
    return z.NEVER;
  })
  .describe("ISO 8601 with a zone, epoch seconds or epoch milliseconds");

/** A whole number as text of a query. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `expected a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(
      z
        .number()
        .min(min, `expected a whole number from ${min} to ${max}`)
        .max(max, `expected a whole number from ${min} to ${max}`),
    )
    .describe(`A whole number from ${min} to ${max}`);

export const range = { from: instant.optional(), to: instant.optional() };
export const fromBeforeTo = (query: { from?: number | undefined; to?: number | undefined }) =>
  query.from === undefined || query.to === undefined || query.from < query.to;
export const ordered = { path: ["from"], message: "expected a time before `to`" };

/** Of a page behind a long name, id and value. */
const MAX_CURSOR = 1_000;
export const cursor = z.string().max(MAX_CURSOR).describe("The `nextCursor` of the page before");

export const devicesQuery = z
  .strictObject({
    limit: whole(1, 1_000).prefault("100"),
    offset: whole(0, 1_000_000).describe("Leaves out so many that match; instead of `cursor`").optional(),
    ...fleetQuery,
    family: z.enum(DEVICE_FAMILIES).describe("`native`: boards of Aerie's own topics").optional(),
  })
  .refine(({ cursor: behind, offset }) => behind === undefined || offset === undefined, {
    path: ["offset"],
    message: "expected without `cursor`",
  })
  .refine(
    ({ cursor: behind, group, byGroup }) => byGroup === undefined || (behind === undefined && group !== undefined),
    {
      path: ["byGroup"],
      message: "expected with `group`, and without `cursor`",
    },
  );

const MAX_DAYS = 36_500;
const WHOLE_DAYS = `expected a whole number of days from 0 (forever) to ${MAX_DAYS}, or null for the hub's own`;
const days = z.number(WHOLE_DAYS).int(WHOLE_DAYS).min(0, WHOLE_DAYS).max(MAX_DAYS, WHOLE_DAYS).nullable().optional();

export const deviceDeletion = z.object({
  credential: z.enum(["remove", "keep"]).default("remove").describe("Whether the board's secret is removed, too"),
});

export const devicePatch = z.strictObject({
  /** Empty text or null takes it away. */
  name: z.string().trim().max(100).nullable().optional(),
  place: place.optional(),
  /** Replaces all of them; null takes them away. */
  tags: tags.nullable().optional(),
  /** What is left out stays as it is; null takes one away, or all. */
  retention: z.strictObject({ rawDays: days, hourDays: days, dayDays: days }).nullable().optional(),
  /** By name of the metric: shown instead of what Aerie knows. Metrics that are left out stay; null takes one away, or all. */
  metrics: z
    .record(z.string().regex(METRIC_NAME), ownMetricInfo.nullable())
    .refine((metrics) => Object.keys(metrics).length <= MAX_OWN_METRICS, `at most ${MAX_OWN_METRICS} metrics`)
    .nullable()
    .optional(),
});
export type DevicePatch = z.infer<typeof devicePatch>;

const partial = z
  .enum(["true", "false"])
  .default("false")
  .transform((word) => word === "true")
  .describe("While the store does not answer: what waits for it, instead of an error");

export const readingsQuery = z
  .strictObject({
    ...range,
    partial,
    limit: whole(1, 10_000).prefault("500"),
    cursor: cursor.optional(),
    order: z.enum(["asc", "desc"]).default("desc"),
  })
  .refine(fromBeforeTo, ordered);

const metrics = z
  .string()
  .transform((text) => text.split(","))
  .pipe(z.array(z.string().min(1).max(64)).min(1).max(64))
  .describe("Names, with commas between them");

export const seriesQuery = z
  .strictObject({ ...range, partial, metrics, points: whole(1, 10_000).prefault("500") })
  .refine(fromBeforeTo, ordered);

export const presenceQuery = z
  .strictObject({ ...range, limit: whole(1, 10_000).prefault("1000") })
  .refine(fromBeforeTo, ordered);

/** What is deleted of a device; an end that is left out is open. */
export const eraseQuery = z
  .strictObject({ ...range, metrics: metrics.optional() })
  .refine(({ from, to, metrics: named }) => from !== undefined || to !== undefined || named !== undefined, {
    path: ["from, to, metrics"],
    message: "expected at least one of them; DELETE /api/devices/:id deletes a device with all that it sent",
  })
  .refine(fromBeforeTo, ordered);

const names = z
  .string()
  .transform((text) => [...new Set(text.split(","))])
  .pipe(z.array(z.string().min(1).max(64)).min(1).max(10_000))
  .describe("Names, with commas between them; all where it is left out");

export const exportQuery = z
  .strictObject({
    ...range,
    devices: names.optional(),
    metrics: names.optional(),
    format: z.enum(["csv", "ndjson"]).default("ndjson"),
    gzip: z
      .enum(["true", "false"])
      .default("false")
      .describe("A compressed file, whatever the client says that it understands"),
  })
  .refine(fromBeforeTo, ordered);

export const presenceExportQuery = z
  .strictObject({ ...range, devices: names.optional() })
  .refine(fromBeforeTo, ordered);

export const devicesPage = z.strictObject({
  devices: z.array(device),
  total: z.int().min(0).describe("Devices that match, on all pages"),
  nextCursor: z.string().nullable(),
  counts: fleetCounts,
  ...fleetGroups,
});
export type DevicesPage = z.infer<typeof devicesPage>;

export const latestAnswer = z.strictObject({ deviceId: z.string(), metrics: z.record(z.string(), latestValue) });
export type LatestAnswer = z.infer<typeof latestAnswer>;

const damagedSpan = z
  .strictObject({ from: isoInstant, to: isoInstant })
  .describe("A part that could not be read because it is damaged; both are instants of readings in it");
export type DamagedSpan = z.infer<typeof damagedSpan>;

const partialAnswer = z
  .strictObject({
    shows: z
      .enum(["waiting", "stored"])
      .describe("`waiting`: what waits for MongoDB, and nothing else; `stored`: all but that"),
    waiting: z.int().min(0).describe("Writes that wait"),
    since: isoInstant,
  })
  .describe(
    "The answer is incomplete: while MongoDB does not answer it has only what waits for it, afterwards all but that",
  );
export type PartialAnswer = z.infer<typeof partialAnswer>;

const incomplete = {
  damaged: z
    .array(damagedSpan)
    .describe("What of the range could not be read because it is damaged; left out where all could")
    .exactOptional(),
  partial: partialAnswer.exactOptional(),
};

export const readingsPage = z.strictObject({
  readings: z.array(reading),
  nextCursor: z.string().nullable(),
  ...incomplete,
});
export type ReadingsPage = z.infer<typeof readingsPage>;

const presenceChange = z.strictObject({ at: isoInstant, state: presenceState });

export const presenceHistory = z.strictObject({
  deviceId: z.string(),
  changes: z
    .array(presenceChange)
    .describe("In order. The first may be from before the range: it says what held at its beginning"),
  runs: z
    .array(z.strictObject({ from: isoInstant, to: isoInstant }))
    .describe("When the hub ran, in order; in between it knows nothing of the device"),
  nextFrom: isoInstant.describe("There are more changes: ask again from here").exactOptional(),
});
export type PresenceHistory = z.infer<typeof presenceHistory>;

const column = z.array(z.number());
export const seriesColumns = z
  .strictObject({ t: z.array(z.int()), mean: column, min: column, max: column, count: z.array(z.int()) })
  .describe("One metric's columns, all of one length; a bucket begins at `t` (epoch ms)");
export type SeriesColumns = z.infer<typeof seriesColumns>;

export const seriesAnswer = z.strictObject({
  deviceId: z.string(),
  resolution: z.number().describe("A bucket's width in ms; 0 where each point is one reading at its instant"),
  intervalMs: z.number().describe("The device's usual time between messages in ms, once it is known").exactOptional(),
  metrics: z.record(z.string(), seriesColumns),
  ...incomplete,
});
export type SeriesAnswer = z.infer<typeof seriesAnswer>;

export const refusalsAnswer = z.strictObject({
  counts: z.record(z.string(), z.int()).describe("How many of each code since the start"),
  since: isoInstant.describe("Since when these are counted"),
  rejections: z.array(refusal).describe("The newest kinds first. The field keeps the former name of the route"),
  limits: z
    .record(z.string(), z.number())
    .describe("What the settings are that a reason names, such as `AERIE_MAX_DEVICES`"),
  maxima: z.record(z.string(), z.number()).describe("The highest value that each of these settings may have"),
});
export type RefusalsAnswer = z.infer<typeof refusalsAnswer>;

const partProblem = z.strictObject({ part: z.string(), problem: z.string() });

export const readinessAnswer = z.strictObject({
  ready: z.boolean(),
  problems: z.array(partProblem).describe("What keeps the hub from its job, as text for the owner; empty when ready"),
  warnings: z.array(partProblem).describe("What the owner should know though the hub does its job"),
  degraded: z
    .strictObject({ since: isoInstant, waiting: z.int(), bytes: z.number(), reason: z.string() })
    .describe(
      "MongoDB is away, or takes what came while it was: since when, how many writes wait and their bytes, and why",
    )
    .exactOptional(),
});
export type Readiness = z.infer<typeof readinessAnswer>;

/** All that the hub says to somebody who is not signed in. */
const bareReadiness = z.strictObject({ ready: z.boolean() });
export type BareReadiness = z.infer<typeof bareReadiness>;

export const readyzAnswer = z
  .union([readinessAnswer, bareReadiness])
  .describe("With a sign-in or token all of it, otherwise `ready` only");

export const aliveAnswer = z.strictObject({ alive: z.literal(true) });

export const websocketStatus = z.strictObject({
  success: z.literal(true),
  connectedClients: z.int(),
  websocketEnabled: z.literal(true),
});
export type WebsocketStatus = z.infer<typeof websocketStatus>;

/** Its own standard says what is in it. */
export const openApiDocument = z.looseObject({
  openapi: z.literal("3.1.0"),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.looseObject({})),
  components: z.looseObject({}),
});
export type OpenApiDocument = z.infer<typeof openApiDocument>;
