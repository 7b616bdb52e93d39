/** Accounts, tokens and MQTT credentials over HTTP: schemas of the requests, and the answers. */
import { z } from "zod";
import { PRESET_NAMES } from "./application-presets.ts";
import { CREDENTIAL_FAMILIES } from "./families.ts";
import { LEVELS, MAX_DAYS, MAX_PAIRING_MINUTES, MIN_PASSWORD, ROLES, SCOPES } from "./levels.ts";
import { isoInstant } from "./readings.ts";

const MAX_PASSWORD = 200;

const name = z.string().trim().min(1).max(64);
const password = z
  .string()
  .min(MIN_PASSWORD, `expected at least ${MIN_PASSWORD} characters`)
  .max(MAX_PASSWORD, `expected at most ${MAX_PASSWORD} characters`);
const role = z.enum(ROLES);

export const loginRequest = z.strictObject({ name, password: z.string().max(MAX_PASSWORD) });

/** `token` is the one in the link for a wall tablet. */
export const tabletRequest = z.strictObject({ token: z.string().max(200) });

/** `code` is the one-time code in the link that the hub printed. */
export const setupRequest = z.strictObject({ code: z.string().max(100), name, password });

export const userRequest = z.strictObject({ name, password, role });

export const userPatch = z.strictObject({ role: role.optional(), password: password.optional() });

export const tokenRequest = z.strictObject({
  name,
  scope: z.enum(SCOPES),
  /** Whole days from now; left out: it does not expire. */
  days: z.number().int().min(1).max(MAX_DAYS).optional(),
});

/** One level of a topic, of the characters that no family gives a meaning. */
const level = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "expected 1 to 64 of A-Z a-z 0-9 _ -");
const plainTopic = z
  .string()
  .max(100)
  .regex(
    /^[^\s/+#$%][^\s/+#%]*(\/[^\s/+#%]+)*$/,
    "expected a topic without + # % and spaces, which begins with no $ or /",
  );

function isFullTopic(text: string): boolean {
  const levels = text.replace(/\/$/, "").split("/");
  const others = levels.map((each) => each.replaceAll("%prefix%", "p").replaceAll("%topic%", "t"));
  return text.includes("%prefix%") && others.every((each) => /^[A-Za-z0-9_.:-]+$/.test(each));
}

export const topicOptions = z
  .strictObject({
    fullTopic: z
      .string()
      .max(100)
      .refine(isFullTopic, "expected a FullTopic with %prefix%, such as %prefix%/%topic%/, and without + # and spaces")
      .describe("Tasmota's FullTopic, with %prefix% and %topic%")
      .exactOptional(),
    prefixes: z.tuple([level, level, level]).readonly().describe("Tasmota's Prefix1 to Prefix3").exactOptional(),
    groups: z.array(level).max(4).readonly().describe("Tasmota's GroupTopics").exactOptional(),
    clientId: level
      .describe("Tasmota's MqttClient, which its fallback topic has; the hub takes it from the first login")
      .exactOptional(),
    prefix: plainTopic.describe("The topic prefix of a Shelly or of ESPHome, where it is not its name").exactOptional(),
  })
  .describe("Where the topics of a board are not its family's usual ones");
export type TopicOptions = z.infer<typeof topicOptions>;

const boardName = z
  .string()
  .max(64)
  .describe("As the board calls itself in its topics: Tasmota's Topic, Shelly's id, ESPHome's node name");
const board = {
  deviceId: z.string().max(64).describe("Of a native board, or of a credential that there is already").optional(),
  family: z.enum(CREDENTIAL_FAMILIES).describe("Left out: native").optional(),
  name: boardName.optional(),
  options: topicOptions.optional(),
};
const isNamed = ({ deviceId, name }: { deviceId?: string | undefined; name?: string | undefined }): boolean =>
  (deviceId ?? name) !== undefined;
const unnamed = { path: ["deviceId"], message: "expected a deviceId, or a family and a name" };

export const boardRequest = z.strictObject(board).refine(isNamed, unnamed);
export type BoardRequest = z.output<typeof boardRequest>;

/** What is left out stays as it is. */
export const boardPatch = z.strictObject({
  family: board.family,
  name: board.name,
  options: topicOptions.describe("Replaces all of the former ones").optional(),
});
export type BoardPatch = z.output<typeof boardPatch>;

const filters = z.array(z.string().min(1).max(1_024)).max(100);
export const applicationRequest = z
  .strictObject({
    name,
    publish: filters.describe("Topic filters of MQTT").optional(),
    subscribe: filters.describe("Topic filters of MQTT").optional(),
    preset: z.enum(PRESET_NAMES).describe("Adds the filters that this program needs").optional(),
    parameters: z.record(z.string().max(64), z.string().max(100)).describe("Of the preset").optional(),
    days: tokenRequest.shape.days,
  })
  .refine(({ preset, publish, subscribe }) => preset !== undefined || (publish && subscribe) !== undefined, {
    path: ["publish, subscribe"],
    message: "expected both, or a preset",
  });
export type ApplicationRequest = z.output<typeof applicationRequest>;

export const pairingRequest = z.strictObject({ minutes: z.number().int().min(1).max(MAX_PAIRING_MINUTES) });

export const admitRequest = z
  .strictObject({
    ...board,
    adopt: z.boolean().describe("The password with which the board connected becomes its secret").default(false),
  })
  .refine(isNamed, unnamed);

export const sessionAnswer = z
  .strictObject({
    auth: z
      .enum(["on", "off", "off-and-public"])
      .describe(
        "`off`: everybody on this machine may do everything; `off-and-public`: everybody who can reach the hub",
      ),
    level: z.enum(LEVELS),
    needsSetup: z.boolean().describe("There is no account yet: the hub printed a link in its terminal"),
    isUnclaimed: z
      .literal(true)
      .describe(
        "The caller is on the hub's own computer, and may read until there is an account; left out: the level is his by right",
      )
      .exactOptional(),
    name: z.string().describe("Of a person").exactOptional(),
    isTablet: z.literal(true).describe("The browser of a wall tablet, which its link let in").exactOptional(),
    csrf: z.string().exactOptional(),
    mqttPort: z
      .int()
      .describe("Port at which boards reach the hub; only for callers that may see devices")
      .exactOptional(),
    timeZone: z.string().describe("Of the hub: Europe/Berlin; only for callers that may see devices").exactOptional(),
  })
  .describe("Who sends the request, and what a page needs to know before it can do more");
export type SessionAnswer = z.infer<typeof sessionAnswer>;

export const userAnswer = z.strictObject({ id: z.string(), name: z.string(), role, createdAt: isoInstant });
export type UserAnswer = z.infer<typeof userAnswer>;

const used = { createdAt: isoInstant, lastUsedAt: isoInstant.nullable() };

export const tokenAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  scope: z.enum(SCOPES),
  ...used,
  expiresAt: isoInstant.nullable(),
});
export type TokenAnswer = z.infer<typeof tokenAnswer>;

/** What a board is let in as. */
export const credentialSpec = z.strictObject({
  family: z.enum(CREDENTIAL_FAMILIES),
  name: boardName,
  options: topicOptions,
});

export const boardAnswer = credentialSpec.extend({
  deviceId: z.string(),
  publish: z.array(z.string()).describe("Topic filters of what it may publish"),
  subscribe: z.array(z.string()).describe("Topic filters of what it may read"),
  ...used,
});
export type BoardAnswer = z.infer<typeof boardAnswer>;

export const applicationAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  publish: z.array(z.string()),
  subscribe: z.array(z.string()),
  ...used,
  expiresAt: isoInstant.nullable(),
});
export type ApplicationAnswer = z.infer<typeof applicationAnswer>;

const waitingBoard = z
  .strictObject({
    id: z.string(),
    clientId: z.string(),
    userName: z
      .string()
      .describe("Left out where it has no password: its user name is then its secret")
      .exactOptional(),
    address: z.string().exactOptional(),
    since: isoInstant,
    topics: z.array(z.string()),
    sample: z.string().describe("The beginning of its first message").exactOptional(),
    recognized: credentialSpec
      .describe("By the topics that it tries: what to let it in as, so that it may use them")
      .exactOptional(),
    mayAdopt: z
      .boolean()
      .describe("Its password is long enough to be its secret, and its name is not that of an existing device"),
  })
  .describe("An unknown board in the join window: nothing that it sends is stored or forwarded");
export type WaitingBoard = z.infer<typeof waitingBoard>;

export const pairingAnswer = z.strictObject({
  openUntil: isoInstant.nullable().describe("null: the window is closed"),
  waiting: z.array(waitingBoard),
});
export type PairingAnswer = z.infer<typeof pairingAnswer>;

const secret = {
  secret: z.string().describe("Shown once: what an Authorization header or MQTT password takes"),
};
export const tokenWithSecret = tokenAnswer.extend(secret);
export const boardWithSecret = boardAnswer.extend(secret);
export const applicationWithSecret = applicationAnswer.extend(secret);

export const usersAnswer = z.strictObject({ users: z.array(userAnswer) });
export const tokensAnswer = z.strictObject({ tokens: z.array(tokenAnswer) });
export const boardsAnswer = z.strictObject({
  boards: z.array(boardAnswer),
  withoutSecret: z
    .array(z.string())
    .describe("Devices that could have one, were heard before there was an account, and are silent since; at most 100"),
});
export type BoardsAnswer = z.infer<typeof boardsAnswer>;
export const applicationsAnswer = z.strictObject({ applications: z.array(applicationAnswer) });
/** The secret is there if the hub made it. */
export const admitAnswer = z.union([boardAnswer, boardWithSecret]);

/** Shown once. `secret` is what an Authorization header or MQTT password takes. */
export type WithSecret<Answer> = Answer & { secret: string };
