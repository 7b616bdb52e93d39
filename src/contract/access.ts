/** Accounts, tokens and MQTT credentials over HTTP: schemas of the requests, and the answers. */
import { z } from "zod";
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

export const boardRequest = z.strictObject({ deviceId: z.string().max(64) });

const filters = z.array(z.string().min(1).max(1_024)).max(100);
export const applicationRequest = z.strictObject({
  name,
  /** Topic filters of MQTT. */
  publish: filters,
  subscribe: filters,
  days: tokenRequest.shape.days,
});

export const pairingRequest = z.strictObject({ minutes: z.number().int().min(1).max(MAX_PAIRING_MINUTES) });

export const admitRequest = z.strictObject({
  deviceId: z.string().max(64),
  /** The password with which the board connected becomes its secret. */
  adopt: z.boolean().default(false),
});

export const sessionAnswer = z
  .strictObject({
    auth: z
      .enum(["on", "off", "off-and-public"])
      .describe(
        "`off`: everybody on this machine may do everything; `off-and-public`: everybody who can reach the hub",
      ),
    level: z.enum(LEVELS),
    needsSetup: z.boolean().describe("There is no account yet: the hub printed a link in its terminal"),
    name: z.string().describe("Of a person").exactOptional(),
    csrf: z.string().exactOptional(),
    mqttPort: z
      .int()
      .describe("Port at which boards reach the hub; only for callers that may see devices")
      .exactOptional(),
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

export const boardAnswer = z.strictObject({ deviceId: z.string(), ...used });
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
    userName: z.string().exactOptional(),
    address: z.string().exactOptional(),
    since: isoInstant,
    topics: z.array(z.string()),
    sample: z.string().describe("The beginning of its first message").exactOptional(),
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
export const boardsAnswer = z.strictObject({ boards: z.array(boardAnswer) });
export const applicationsAnswer = z.strictObject({ applications: z.array(applicationAnswer) });
/** The secret is there if the hub made it. */
export const admitAnswer = z.union([boardAnswer, boardWithSecret]);

/** Shown once. `secret` is what an Authorization header or MQTT password takes. */
export type WithSecret<Answer> = Answer & { secret: string };
