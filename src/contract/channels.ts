/** Where notifications go: schemas of channels in requests and answers, and their types. */
import { z } from "zod";
import { type Severity, severity } from "./alerts.ts";

export const MAX_CHANNELS = 50;

const url = z.url({ protocol: /^https?$/ }).max(1_000);
const secret = z.string().min(1).max(1_000);

const webhook = z.strictObject({
  kind: z.literal("webhook"),
  url,
  preset: z.enum(["json", "slack", "discord", "teams", "mattermost"]),
  template: z
    .string()
    .max(4_000)
    .describe("Body instead of the preset's; `{title}`, `{text}`, `{severity}`, …")
    .exactOptional(),
  secret: secret.describe("Of the HMAC-SHA256 in the header `X-Aerie-Signature`").exactOptional(),
});
const ntfy = z.strictObject({
  kind: z.literal("ntfy"),
  server: url,
  topic: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  token: secret.exactOptional(),
});
const telegram = z.strictObject({
  kind: z.literal("telegram"),
  token: secret,
  chatId: z.string().min(1).max(64),
  server: url.describe("Left out: api.telegram.org").exactOptional(),
});
const email = z.strictObject({
  kind: z.literal("email"),
  host: z.string().min(1).max(255),
  port: z.int().min(1).max(65_535),
  security: z.enum(["starttls", "tls", "none"]),
  user: z.string().max(255).exactOptional(),
  password: secret.exactOptional(),
  from: z.string().min(3).max(320),
  to: z.array(z.string().min(3).max(320)).min(1).max(20),
});
const mqtt = z.strictObject({
  kind: z.literal("mqtt"),
  topic: z.string().min(1).max(512).describe("Not one of a device, nor below `aerie/`"),
});
const browser = z
  .strictObject({ kind: z.literal("browser") })
  .describe("Pages that are open, and Web Push to browsers that subscribed");

/** Settings of each kind. What is a secret is in `CHANNEL_SECRETS`, and is never shown again. */
export const channelSettings = z.discriminatedUnion("kind", [webhook, ntfy, telegram, email, mqtt, browser]);
export type ChannelSettings = z.infer<typeof channelSettings>;
export type ChannelKind = ChannelSettings["kind"];

/** Of each kind, what is never shown again. */
export const CHANNEL_SECRETS: Readonly<Record<ChannelKind, readonly string[]>> = {
  webhook: ["secret", "url"],
  ntfy: ["token"],
  telegram: ["token"],
  email: ["password"],
  mqtt: [],
  browser: [],
};

export const channelFields = z.strictObject({
  name: z.string().min(1).max(100),
  enabled: z.boolean(),
  atLeast: severity.describe("Less severe alerts are not sent to it"),
  settings: channelSettings,
});
export type ChannelFields = z.infer<typeof channelFields>;

const keptSecret = secret.nullable().describe("Left out: as it was; null: none any more").exactOptional();

/** As it is replaced: a secret that is left out stays as it was. */
export const channelChange = channelFields.extend({
  settings: z.discriminatedUnion("kind", [
    webhook.extend({ url: url.exactOptional(), secret: keptSecret }),
    ntfy.extend({ token: keptSecret }),
    telegram.extend({ token: secret.exactOptional() }),
    email.extend({ password: keptSecret }),
    mqtt,
    browser,
  ]),
});
export type ChannelChange = z.infer<typeof channelChange>;

/** As the hub keeps it. */
export interface Channel extends ChannelFields {
  readonly id: string;
}

export type ChannelState =
  | { readonly kind: "idle" }
  | { readonly kind: "sending"; readonly waiting: number }
  | { readonly kind: "failing"; readonly waiting: number; readonly sinceMs: number; readonly reason: string };

/** Browsers that want Web Push, of a hub. */
export const MAX_PUSH_SUBSCRIPTIONS = 1_000;
/** Of an account: it leaves space for the others, and each message goes to all of them. */
export const MAX_PUSH_SUBSCRIPTIONS_OF_ACCOUNT = 50;

const base64url = (bytes: number) =>
  z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((bytes * 4) / 3)}}={0,2}$`));

export const pushSubscription = z
  .object({
    endpoint: z.url({ protocol: /^https$/ }).max(2_000),
    keys: z.object({ p256dh: base64url(65), auth: base64url(16) }),
  })
  .describe("What `PushSubscription.toJSON()` of a browser answers");
export type PushSubscription = z.infer<typeof pushSubscription>;

/** What a service worker receives, as JSON. */
export interface PushPayload {
  /** Of the message: the same again replaces the notification (`tag`). */
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  readonly text: string;
  /** Page that asks whether to acknowledge. */
  readonly acknowledgeUrl?: string;
}

/** Undefined: it is no channel. */
export function readChannel(json: string): ChannelFields | undefined {
  try {
    return channelFields.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
