/** What the routes of alerts, rules and channels answer, and the live event of alerts: schemas and their types. */
import { z } from "zod";
import { alert, alertEvent, firingCounts, rule, ruleFields, silence } from "../alerts.ts";
import { channelFields } from "../channels.ts";
import { isoInstant } from "../readings.ts";

export type { AlertsEvent, FiringCounts } from "../alerts.ts";

const count = z.int().min(0);

/** Of an answer of `GET /api/alerts`. */
export const MOST_ALERTS = 1_000;

export const alertsAnswer = z.strictObject({
  alerts: z
    .array(alert)
    .describe(`Those that are not normal, the most severe and newest first; at most ${MOST_ALERTS}`),
  total: count.describe("How many match"),
  firing: firingCounts,
});
export type AlertsAnswer = z.infer<typeof alertsAnswer>;

export const alertLogAnswer = z.strictObject({
  events: z.array(alertEvent).describe("Newest first"),
  nextCursor: z.string().nullable(),
});
export type AlertLogAnswer = z.infer<typeof alertLogAnswer>;

export const rulesAnswer = z.strictObject({ rules: z.array(rule).describe("In the order in which they were made") });
export type RulesAnswer = z.infer<typeof rulesAnswer>;

export const silencesAnswer = z.strictObject({ silences: z.array(silence) });
export type SilencesAnswer = z.infer<typeof silencesAnswer>;

export const unknownDevice = z.strictObject({
  id: z.string(),
  nearest: z.string().describe("A known id that it may be meant as; absent: none is close").exactOptional(),
});
export type UnknownDevice = z.infer<typeof unknownDevice>;

const unknownDevices = z
  .array(unknownDevice)
  .describe("Of the ids that were given, those that the hub does not know yet, which is no fault; absent: it knows all")
  .exactOptional();

export const savedRule = rule.extend({ unknownDevices }).describe("The rule as it is now");
export type SavedRule = z.infer<typeof savedRule>;

export const madeSilence = silence.extend({ unknownDevices });
export type MadeSilence = z.infer<typeof madeSilence>;

const trySpan = z.strictObject({
  deviceId: z.string(),
  metric: z.string().exactOptional(),
  from: isoInstant,
  to: isoInstant.describe("Absent: it would fire still").exactOptional(),
});

export const tryRequest = z.strictObject({ rule: ruleFields, from: isoInstant, to: isoInstant });
export type TryRequest = z.infer<typeof tryRequest>;

export const tryRuleAnswer = z.strictObject({
  spans: z.array(trySpan).describe("Oldest first; the newest of them where there are very many"),
  total: count.describe("How often it would have fired"),
  messages: count.describe("How many notifications that would have been, grouped as they would be, without repeats"),
  repeats: count.describe("How many repetitions beside them, if nobody had acknowledged; at most 10,000"),
  devices: count.describe("Devices that it looked at"),
  readings: count.describe("Readings that it looked at"),
  complete: z.boolean().describe("False: it ended before all was looked at"),
});
export type TryRuleAnswer = z.infer<typeof tryRuleAnswer>;

export const rulePreset = z.strictObject({
  id: z.string(),
  label: z.string(),
  meaning: z.string().describe("When it fires, in one sentence"),
  notice: z.string().describe("Always to be shown with it").exactOptional(),
  rules: z.array(ruleFields).describe("What it makes, to be sent to POST /api/rules"),
  fits: z
    .array(z.string())
    .describe("Ids of devices that have sent what it needs, at most 100; empty for the hub itself"),
  inUse: z
    .boolean()
    .describe(
      "There is a rule made from it; of the hub itself: rules watch all that it would, and `rules` has what none watches",
    ),
});
export type RulePreset = z.infer<typeof rulePreset>;

export const rulePresetsAnswer = z.strictObject({ presets: z.array(rulePreset) });
export type RulePresetsAnswer = z.infer<typeof rulePresetsAnswer>;

export const channelState = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("idle") }),
    z.strictObject({ kind: z.literal("sending"), waiting: count }),
    z.strictObject({ kind: z.literal("failing"), waiting: count, since: isoInstant, reason: z.string() }),
  ])
  .describe("Whether its messages get through");

export const channelAnswer = channelFields
  .omit({ settings: true })
  .extend({
    id: z.string(),
    settings: z
      .looseObject({ kind: z.string() })
      .describe(
        "As they were sent, without what is a secret; of a webhook `host` instead of `url`. Only owners see more than `kind`",
      ),
    secrets: z.array(z.string()).describe("Names of the secrets that are set"),
    state: channelState,
  })
  .describe("A channel. Its secrets are never shown");
export type ChannelAnswer = z.infer<typeof channelAnswer>;

export const channelsAnswer = z.strictObject({ channels: z.array(channelAnswer) });
export type ChannelsAnswer = z.infer<typeof channelsAnswer>;

export const channelTestAnswer = z
  .strictObject({
    outcome: z.enum(["sent", "failed", "refused"]),
    reason: z.string().exactOptional(),
  })
  .describe("What became of the test message. `failed`: it may pass; `refused`: the settings are wrong");
export type ChannelTestAnswer = z.infer<typeof channelTestAnswer>;

export const pushKeyAnswer = z.strictObject({
  publicKey: z.string().describe("base64url, for `applicationServerKey` of a browser"),
});
export type PushKeyAnswer = z.infer<typeof pushKeyAnswer>;

export const pushRemoval = z.strictObject({ endpoint: z.string().min(1).max(2_000) });

/** For so many hours a link in a notification may silence what it is about. */
export const LINK_SILENCE_HOURS = ["1", "8", "24"] as const;

export const acknowledgeQuery = z.strictObject({
  silenceHours: z
    .enum(LINK_SILENCE_HOURS)
    .describe("Silences its rules on its devices for so long, in place of acknowledging")
    .exactOptional(),
});
