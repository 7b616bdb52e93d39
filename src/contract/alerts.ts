/** Alert rules, what fires, and what is logged of it: schemas of requests and answers, and their types. */
import { z } from "zod";
import { FAMILIES } from "./families.ts";
import { isoInstant, metricValue, severity } from "./readings.ts";

export { type Severity, severity } from "./readings.ts";

/** Of a hub. */
export const MAX_RULES = 1_000;
/** Rule × device (× metric, for a class). A rule that would make more in all is refused. */
export const MAX_INSTANCES = 100_000;
export const MAX_SILENCES = 1_000;
/** Simple conditions that `all` and `any` may join. */
export const MAX_JOINED = 4;

const MOST_SECONDS = 30 * 86_400;
const seconds = z.number().min(0).max(MOST_SECONDS);
const period = z.number().min(1).max(MOST_SECONDS);
/** As names on the wire, or derived: those begin with `_`. */
const metric = z.string().regex(/^[A-Za-z_][A-Za-z0-9._-]{0,63}$/, "expected the name of a metric");

export const scope = z
  .strictObject({
    all: z.literal(true).exactOptional(),
    devices: z.array(z.string().min(1).max(64)).min(1).max(10_000).exactOptional(),
    families: z
      .array(z.enum(["native", ...FAMILIES]))
      .min(1)
      .exactOptional(),
  })
  .describe("Devices for which it holds: all, or those named by id or by family. New devices that match join at once");
export type Scope = z.infer<typeof scope>;

export const hubTrouble = z
  .enum(["disk", "store", "clock", "mongodb", "certificate", "backup", "channel", "population"])
  .describe(
    "`disk`: nearly full; `store`: nothing can be stored; `clock`: it is wrong; `mongodb`: it is away; `certificate`: it expires soon; `backup`: none for long; `channel`: notifications do not get through; `population`: half of the boards that were online are gone",
  );
export type HubTrouble = z.infer<typeof hubTrouble>;

export const simpleCondition = z.discriminatedUnion("kind", [
  z
    .strictObject({
      kind: z.literal("above"),
      metric,
      threshold: z.number(),
      clear: z.number().describe("Over when it is at or below this; `threshold` where it is left out").exactOptional(),
    })
    .describe("Fires above `threshold`"),
  z
    .strictObject({
      kind: z.literal("below"),
      metric,
      threshold: z.number(),
      clear: z.number().describe("Over when it is at or above this; `threshold` where it is left out").exactOptional(),
    })
    .describe("Fires below `threshold`"),
  z
    .strictObject({
      kind: z.literal("outside"),
      metric,
      low: z.number(),
      high: z.number(),
      margin: z.number().min(0).describe("Over when it is inside by so much").exactOptional(),
    })
    .describe("Fires below `low` or above `high`"),
  z.strictObject({ kind: z.literal("equals"), metric, value: metricValue }).describe("Fires while it has this value"),
  z
    .strictObject({
      kind: z.literal("rate"),
      metric,
      above: z.number().describe("Change in `perS` seconds; negative: it falls so fast").exactOptional(),
      below: z.number().exactOptional(),
      perS: period,
      overS: period.describe("Measured over this time"),
    })
    .describe(
      "Fires while it changes faster than `above`, or slower than `below`. A counter that restarts is no change",
    ),
  z
    .strictObject({
      kind: z.literal("noData"),
      metric: metric.describe("Left out: any reading").exactOptional(),
      afterS: period.exactOptional(),
      intervals: z.number().min(1).max(1_000).describe("Of the device's usual interval").exactOptional(),
      regular: z
        .literal(true)
        .describe("Only devices that have kept their interval for a day without a longer silence")
        .exactOptional(),
    })
    .describe("Fires when nothing came for `afterS`, or for so many intervals; with both, for the longer of the two"),
  z
    .strictObject({ kind: z.literal("presence"), state: z.enum(["offline", "late"]) })
    .describe("Fires while the device is offline; with `late`, also while it is late"),
  z
    .strictObject({
      kind: z.literal("class"),
      deviceClass: z.string().min(1).max(64),
      below: z.number().exactOptional(),
      above: z.number().exactOptional(),
    })
    .describe("Every metric of that class, such as `battery`; each has its own alert"),
]);
export type SimpleCondition = z.infer<typeof simpleCondition>;

/** By `kind`: what is wrong with one is answered by its field. */
export const condition = z.discriminatedUnion("kind", [
  simpleCondition,
  z
    .strictObject({ kind: z.enum(["all", "any"]), of: z.array(simpleCondition).min(2).max(MAX_JOINED) })
    .describe("All, or any, of up to four conditions on one device"),
  z.strictObject({ kind: z.literal("hub"), what: z.array(hubTrouble).min(1) }).describe("The hub itself is in trouble"),
]);
export type Condition = z.infer<typeof condition>;

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected a time such as 22:30");
export const activeTimes = z
  .strictObject({
    days: z.array(z.int().min(0).max(6)).min(1).max(7).describe("0 is Sunday; left out: every day").exactOptional(),
    from: clockTime,
    to: clockTime.describe("Before `from`: on the next day"),
  })
  .describe("When it may fire, in the hub's time zone");
export type ActiveTimes = z.infer<typeof activeTimes>;

export const channelIds = z.union([z.literal("all"), z.array(z.string().min(1).max(64)).max(100)]);

export const ruleFields = z.strictObject({
  name: z.string().min(1).max(200),
  enabled: z.boolean(),
  severity,
  scope,
  condition,
  forS: seconds.describe("It fires after the condition has held so long"),
  keepFiringS: seconds.describe("It is over after the condition has not held for so long"),
  repeatS: z
    .number()
    .min(0)
    .max(MOST_SECONDS)
    .describe("Repeated so often until acknowledged; 0: never. Left out: critical 900, warning 14,400, info never")
    .exactOptional(),
  escalate: z
    .strictObject({ afterS: period, channels: channelIds })
    .describe("Sent to these channels, too, where nobody has acknowledged it by then")
    .exactOptional(),
  channels: channelIds,
  message: z
    .string()
    .max(1_000)
    .describe("What to do; `{device}`, `{value}` and `{metric}` are replaced")
    .exactOptional(),
  runbook: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .exactOptional(),
  activeTimes: activeTimes.exactOptional(),
  preset: z.string().max(64).describe("The preset that it was made from").exactOptional(),
});
export type RuleFields = z.infer<typeof ruleFields>;

export const rule = ruleFields.extend({ id: z.string() }).describe("A rule");
export type Rule = z.infer<typeof rule>;

export const alertState = z
  .enum(["normal", "pending", "firing", "recovering"])
  .describe(
    "`pending`: the condition holds, but not for long enough; `recovering`: it no longer holds, but not for long enough to be over",
  );
export type AlertState = z.infer<typeof alertState>;

export const alertData = z
  .enum(["fresh", "overdue"])
  .describe("`overdue`: nothing came for too long; a firing alert stays firing");
export type AlertData = z.infer<typeof alertData>;

export const acknowledgement = z.strictObject({
  by: z.string().describe("Name of an account or token, or `link` of a channel"),
  at: isoInstant,
  note: z.string().exactOptional(),
});
export type Acknowledgement = z.infer<typeof acknowledgement>;

export const alert = z
  .strictObject({
    id: z.string().describe("`<rule>~<device>` or `<rule>~<device>~<metric>`; of the hub itself `<rule>~~<what>`"),
    ruleId: z.string(),
    ruleName: z.string(),
    severity,
    deviceId: z.string().describe("Absent for the hub itself").exactOptional(),
    deviceName: z.string().exactOptional(),
    metric: z.string().describe("What the condition is about, where it is one metric").exactOptional(),
    state: alertState,
    data: alertData,
    since: isoInstant.describe("When it came into that state"),
    episode: z.int().describe("Counts how often it has fired"),
    value: metricValue.describe("By which it was decided").exactOptional(),
    unit: z.string().exactOptional(),
    text: z.string().describe("One sentence that says what is wrong"),
    noDataSince: isoInstant.exactOptional(),
    acknowledged: acknowledgement.exactOptional(),
    silencedUntil: isoInstant.exactOptional(),
    supersededBy: z.string().describe("Id of the alert that explains this one").exactOptional(),
  })
  .describe("A rule applied to one device");
export type Alert = z.infer<typeof alert>;

const count = z.int().min(0);
export const firingCounts = z
  .strictObject({ critical: count, warning: count, info: count })
  .describe("Alerts that fire or recover, by severity, silenced and acknowledged ones too");
export type FiringCounts = z.infer<typeof firingCounts>;

/** The event `alert` of Socket.IO: sent with each change, and several changes at once where many come together. */
export interface AlertsEvent {
  /** Those that changed, as they are now; those with the state `normal` are over. */
  readonly alerts: Alert[];
  readonly firing: FiringCounts;
}

export const alertEventKind = z
  .enum([
    "firing",
    "resolved",
    "ended",
    "noData",
    "dataAgain",
    "passed",
    "acknowledged",
    "silenced",
    "unsilenced",
    "undelivered",
  ])
  .describe(
    "`ended`: the rule was switched off or deleted, or the device deleted; `passed`: it was critical in readings that came late, and is over; `silenced` and `unsilenced`: a silence was made and is over, one line each, of however many alerts; `undelivered`: a notification of it was given up",
  );
export type AlertEventKind = z.infer<typeof alertEventKind>;

export const alertEvent = z
  .strictObject({
    id: z
      .string()
      .describe("Alert, episode and kind: the same transition has the same id, however often it is decided"),
    at: isoInstant,
    kind: alertEventKind,
    alertId: z.string().describe("Empty for a silence"),
    episode: z.int(),
    ruleId: z.string().describe("Empty for a silence of all rules"),
    ruleName: z.string(),
    severity,
    deviceId: z.string().exactOptional(),
    deviceName: z.string().exactOptional(),
    metric: z.string().exactOptional(),
    value: metricValue.exactOptional(),
    unit: z.string().exactOptional(),
    text: z.string(),
    by: z
      .string()
      .describe("Who acknowledged, silenced, or ended a silence; absent where a silence came to its time")
      .exactOptional(),
    note: z.string().exactOptional(),
    from: isoInstant.describe("Of `passed`: when it was critical").exactOptional(),
    to: isoInstant.describe("Of `passed`: until when; of `silenced`: until when nothing is sent").exactOptional(),
  })
  .describe("A line of the alert log");
export type AlertEvent = z.infer<typeof alertEvent>;

export const silenceFields = z
  .strictObject({
    // Empty would be a silence of all.
    ruleId: z.string().min(1).max(64).exactOptional(),
    deviceId: z.string().min(1).max(64).exactOptional(),
    until: isoInstant,
    note: z.string().max(500).exactOptional(),
  })
  .describe("What matches sends nothing until then; with neither rule nor device, all");
export type SilenceFields = z.infer<typeof silenceFields>;

export const silence = silenceFields.extend({ id: z.string(), by: z.string(), at: isoInstant });
export type Silence = z.infer<typeof silence>;
