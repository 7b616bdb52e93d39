/** A channel as its form has it, made from what the hub shows, and read back; pure. */
import type { Severity } from "../../../src/contract/alerts.ts";
import type { ChannelAnswer } from "../../../src/contract/answers/alert-answers.ts";
import type { ChannelChange, ChannelKind } from "../../../src/contract/channels.ts";
import { CHANNEL_KINDS } from "./channel-kinds.ts";

type Settings<Kind extends ChannelKind> = ChannelChange["settings"] & { kind: Kind };

export interface ChannelDraft {
  readonly kind: ChannelKind;
  readonly name: string;
  readonly enabled: boolean;
  readonly atLeast: Severity;
  /** What is a secret is empty in the form of a channel that is there: left empty, it stays. */
  readonly values: Readonly<Record<ChannelValue, string>>;
  /** Secrets that the hub has, and shall have no more. */
  readonly removed: readonly RemovableSecret[];
  readonly preset: Settings<"webhook">["preset"];
  readonly security: Settings<"email">["security"];
}

export const CHANNEL_VALUES = [
  "url",
  "template",
  "secret",
  "server",
  "topic",
  "token",
  "chatId",
  "host",
  "port",
  "user",
  "password",
  "from",
  "to",
] as const;
export type ChannelValue = (typeof CHANNEL_VALUES)[number];

/** A channel works without these. */
export const REMOVABLE_SECRETS = {
  webhook: "secret",
  ntfy: "token",
  email: "password",
} as const satisfies Partial<Record<ChannelKind, ChannelValue>>;
type RemovableSecret = (typeof REMOVABLE_SECRETS)[keyof typeof REMOVABLE_SECRETS];

export const NTFY_SERVER = "https://ntfy.sh";

const NO_VALUES = Object.fromEntries(CHANNEL_VALUES.map((value) => [value, ""])) as Record<ChannelValue, string>;

export function emptyChannel(kind: ChannelKind, topic: string): ChannelDraft {
  const values = { ...NO_VALUES };
  if (kind === "ntfy") Object.assign(values, { server: NTFY_SERVER, topic });
  if (kind === "email") values.port = "587";
  return {
    kind,
    name: CHANNEL_KINDS[kind].name,
    enabled: true,
    atLeast: kind === "email" ? "warning" : "info",
    values,
    removed: [],
    preset: "json",
    security: "starttls",
  };
}

const isKind = (word: string): word is ChannelKind => Object.hasOwn(CHANNEL_KINDS, word);

/** Undefined: this page does not know its kind. */
export function draftOfChannel({ name, enabled, atLeast, settings }: ChannelAnswer): ChannelDraft | undefined {
  if (!isKind(settings.kind)) return undefined;
  const empty = emptyChannel(settings.kind, "");
  const text = (value: unknown): string =>
    Array.isArray(value)
      ? value.join(", ")
      : typeof value === "string" || typeof value === "number"
        ? String(value)
        : "";
  // Of a webhook `host` is where its address leads to, and no setting.
  const shown = settings.kind === "webhook" ? { ...settings, host: undefined } : settings;
  const values = Object.fromEntries(CHANNEL_VALUES.map((key) => [key, text(shown[key])])) as ChannelDraft["values"];
  return {
    ...empty,
    name,
    enabled,
    atLeast,
    values,
    preset: WEBHOOK_WORDS.find((word) => word === settings["preset"]) ?? empty.preset,
    security: SECURITY_WORDS.find((word) => word === settings["security"]) ?? empty.security,
  };
}

const WEBHOOK_WORDS = ["json", "slack", "discord", "teams", "mattermost"] as const;
const SECURITY_WORDS = ["starttls", "tls", "none"] as const;

export type ChannelFault = ChannelValue | "name";

export type ReadChannel =
  | { readonly ok: true; readonly fields: ChannelChange }
  | { readonly ok: false; readonly faults: Partial<Record<ChannelFault, string>> };

/** `kept`: secrets that the hub has; left empty, they stay. */
export function readChannel(draft: ChannelDraft, kept: readonly string[]): ReadChannel {
  const faults: Partial<Record<ChannelFault, string>> = {};
  const { name, enabled, atLeast } = draft;
  if (name.trim() === "") faults.name = "Give it a name.";
  const settings = readSettings(draft, kept, faults);
  if (Object.keys(faults).length > 0) return { ok: false, faults };
  return { ok: true, fields: { name: name.trim(), enabled, atLeast, settings } };
}

const ADDRESS = /^https?:\/\/\S+$/;

function readSettings(
  draft: ChannelDraft,
  kept: readonly string[],
  faults: Partial<Record<ChannelFault, string>>,
): ChannelChange["settings"] {
  const given = (key: ChannelValue): string => draft.values[key].trim();
  const optional = <Key extends ChannelValue>(key: Key): Partial<Record<Key, string>> =>
    given(key) === "" ? {} : ({ [key]: given(key) } as Record<Key, string>);
  const secret = <Key extends RemovableSecret>(key: Key): Partial<Record<Key, string | null>> =>
    given(key) === "" && draft.removed.includes(key) ? ({ [key]: null } as Record<Key, null>) : optional(key);
  const needed = (key: ChannelValue, words: string, pattern = /./): string => {
    const text = given(key);
    const stays = text === "" && kept.includes(key);
    if (!stays && !pattern.test(text)) faults[key] = words;
    return text;
  };
  switch (draft.kind) {
    case "webhook": {
      const url = needed("url", "Enter an address that begins with https://", ADDRESS);
      const { preset: form, kind } = draft;
      // Left empty, the address stays as it was: it is a secret, and the hub keeps it.
      return {
        kind,
        ...(url !== "" && { url }),
        preset: form,
        ...optional("template"),
        ...secret("secret"),
      };
    }
    case "ntfy": {
      const server = needed("server", "Enter an address that begins with https://", ADDRESS);
      const topic = needed("topic", "Letters, digits, _ and -, at most 64.", /^[A-Za-z0-9_-]{1,64}$/);
      return { kind: draft.kind, server, topic, ...secret("token") };
    }
    case "telegram": {
      const token = needed("token", "Enter the token that BotFather gave you.");
      const chatId = needed("chatId", "Enter the id of the chat.");
      return {
        kind: draft.kind,
        ...(token !== "" && { token }),
        chatId,
        ...optional("server"),
      };
    }
    case "email":
      return readEmail(draft, { needed, optional, secret });
    case "mqtt":
      return {
        kind: draft.kind,
        topic: needed("topic", "A topic without + and #, such as alarms/house.", /^[^+#]{1,512}$/),
      };
    case "browser":
      return { kind: draft.kind };
  }
}

interface EmailTools {
  needed(key: ChannelValue, words: string, pattern?: RegExp): string;
  optional<Key extends ChannelValue>(key: Key): Partial<Record<Key, string>>;
  secret<Key extends RemovableSecret>(key: Key): Partial<Record<Key, string | null>>;
}

function readEmail(
  { kind, security }: ChannelDraft,
  { needed, optional, secret }: EmailTools,
): ChannelChange["settings"] {
  if (kind !== "email") throw new Error("only e-mail has these settings");
  const host = needed("host", "Enter the name of the mail server.");
  const port = Number(needed("port", "Enter a number from 1 to 65535.", /^[1-9]\d{0,4}$/));
  const from = needed("from", "Enter an e-mail address.", /^\S+@\S+$/);
  const to = needed("to", "Enter e-mail addresses, with commas between them.", /@/)
    .split(/[\s,;]+/)
    .filter((address) => address !== "");
  return { kind, host, port, security, ...optional("user"), ...secret("password"), from, to };
}
