/** The secrets of channels: which are set, what is shown of the rest, and which a change keeps. */
import {
  CHANNEL_SECRETS,
  type Channel,
  type ChannelChange,
  type ChannelFields,
  type ChannelSettings,
} from "../../contract/channels.ts";
import type { BookOutcome, RuleFault } from "../alerts/alert-types.ts";

/** Null: it is to be removed. */
const fieldOf = (settings: object, name: string): string | null | undefined =>
  (settings as Readonly<Record<string, string | null | undefined>>)[name];

/** Names of those that are set. */
export const secretsIn = (settings: ChannelSettings): string[] =>
  CHANNEL_SECRETS[settings.kind].filter((name) => fieldOf(settings, name) !== undefined);

/** A text in which a secret may be, such as what a receiver answered. */
export const withoutSecrets = (text: string, settings: ChannelSettings): string =>
  CHANNEL_SECRETS[settings.kind].reduce((rest, name) => {
    const secret = fieldOf(settings, name);
    return secret == null ? rest : rest.replaceAll(secret, "…");
  }, text);

/** Of a webhook its host: the rest of its address is its secret. */
export function shownOf(settings: ChannelSettings): { kind: string; [field: string]: unknown } {
  switch (settings.kind) {
    case "webhook": {
      const { kind, preset, template } = settings;
      return { kind, host: new URL(settings.url).host, preset, ...(template !== undefined && { template }) };
    }
    case "ntfy": {
      const { kind, server, topic } = settings;
      return { kind, server: withoutUser(server), topic };
    }
    case "telegram": {
      const { kind, chatId, server } = settings;
      return { kind, chatId, ...(server !== undefined && { server: withoutUser(server) }) };
    }
    case "email": {
      const { password: _, ...shown } = settings;
      return shown;
    }
    case "mqtt":
    case "browser":
      return settings;
  }
}

/** An address may have a user name and a password in it. */
function withoutUser(address: string): string {
  const { username, password, href } = new URL(address);
  if (username === "" && password === "") return address;
  const shown = new URL(href);
  shown.username = "";
  shown.password = "";
  return shown.href;
}

/** Where a kept secret would be sent to: whoever may change that shall not learn it. */
const DESTINATION: Readonly<Record<ChannelSettings["kind"], readonly string[]>> = {
  webhook: [],
  ntfy: ["server"],
  telegram: ["server"],
  email: ["host", "port", "security"],
  mqtt: [],
  browser: [],
};

/** The change with the secrets that it leaves out, and without those that it removes. */
export function withFormerSecrets(
  { settings, ...others }: ChannelChange,
  former: Channel,
): Extract<BookOutcome<ChannelFields>, { kind: "done" | "refused" }> {
  const { kind } = settings;
  const isSameKind = former.settings.kind === kind;
  const hasMoved = DESTINATION[kind].some((name) => fieldOf(settings, name) !== fieldOf(former.settings, name));
  const kept: Record<string, string> = {};
  const removed = CHANNEL_SECRETS[kind].filter((name) => fieldOf(settings, name) === null);
  const faults: RuleFault[] = [];
  for (const name of CHANNEL_SECRETS[kind]) {
    const secret = isSameKind ? fieldOf(former.settings, name) : undefined;
    if (fieldOf(settings, name) !== undefined) continue;
    const field = `settings.${name}`;
    if (secret == null) {
      if (REQUIRED.includes(`${kind}.${name}`)) faults.push({ field, message: "it is missing" });
    } else if (hasMoved) {
      faults.push({ field, message: "this channel would send it elsewhere: give it again, or null for none" });
    } else kept[name] = secret;
  }
  if (faults.length > 0) return { kind: "refused", faults };
  const stays = Object.entries(settings).filter(([name]) => !removed.includes(name));
  return { kind: "done", item: { ...others, settings: { ...Object.fromEntries(stays), ...kept } as ChannelSettings } };
}

const REQUIRED: readonly string[] = ["webhook.url", "telegram.token"];
