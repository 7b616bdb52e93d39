/** Accounts, tokens and MQTT credentials over HTTP: schemas of the requests, and the answers. */
import { z } from "zod";
import { type Level, MIN_PASSWORD, ROLES, type Role, SCOPES, type Scope } from "./levels.ts";

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
  days: z.number().int().min(1).max(3_650).optional(),
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

/** Who sends the request, and what a page needs to know before it can do more. */
export interface SessionAnswer {
  /** `off`: everybody on this machine may do everything; `off-and-public`: everybody who can reach the hub. */
  auth: "on" | "off" | "off-and-public";
  level: Level;
  /** There is no account yet: the hub's log has a link. */
  needsSetup: boolean;
  /** Of a person. */
  name?: string;
  csrf?: string;
  /** Port at which boards reach the hub; only for callers that may see devices. */
  mqttPort?: number;
}

export interface UserAnswer {
  id: string;
  name: string;
  role: Role;
  createdAt: string;
}

export interface TokenAnswer {
  id: string;
  name: string;
  scope: Scope;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
}

export interface BoardAnswer {
  deviceId: string;
  createdAt: string;
  lastUsedAt: string | null;
}

export const pairingRequest = z.strictObject({ minutes: z.number().int().min(1).max(60) });

export const admitRequest = z.strictObject({
  deviceId: z.string().max(64),
  /** The password with which the board connected becomes its secret. */
  adopt: z.boolean().default(false),
});

/** An unknown board in the join window: nothing that it sends is stored or forwarded. */
export interface WaitingBoard {
  id: string;
  clientId: string;
  userName?: string;
  address?: string;
  since: string;
  topics: string[];
  /** The beginning of its first message. */
  sample?: string;
  /** Its password is long enough to be its secret, and its name is not that of an existing device. */
  mayAdopt: boolean;
}

export interface PairingAnswer {
  /** ISO 8601; null: the window is closed. */
  openUntil: string | null;
  waiting: WaitingBoard[];
}

export interface ApplicationAnswer {
  id: string;
  name: string;
  publish: string[];
  subscribe: string[];
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
}

/** Shown once. `secret` is what an Authorization header or MQTT password takes. */
export type WithSecret<Answer> = Answer & { secret: string };
