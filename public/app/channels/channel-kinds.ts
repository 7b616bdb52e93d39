/** The kinds of channels: what each is for, in one sentence. */
import type { ChannelKind } from "../../../src/contract/channels.ts";

export interface KindWords {
  readonly name: string;
  readonly meaning: string;
}

/** In the order in which they are offered: the quickest way to a phone first. */
export const CHANNEL_KINDS: Readonly<Record<ChannelKind, KindWords>> = {
  ntfy: { name: "ntfy", meaning: "To a phone, in a minute: a free app, and a code to scan. No account." },
  telegram: { name: "Telegram", meaning: "Messages of a bot, with a button to acknowledge." },
  email: { name: "E-mail", meaning: "By a mail server that you have an account with." },
  webhook: { name: "Webhook", meaning: "To Slack, Discord, Teams, Mattermost, or a program of your own." },
  mqtt: { name: "MQTT", meaning: "To a topic of this hub, for Node-RED and others." },
  browser: { name: "Browser", meaning: "To browsers that have asked for it, also while no page is open." },
};

export const KINDS = Object.keys(CHANNEL_KINDS) as ChannelKind[];

export const WEBHOOK_PRESETS = [
  ["json", "a program of your own (JSON)"],
  ["slack", "Slack"],
  ["discord", "Discord"],
  ["teams", "Microsoft Teams"],
  ["mattermost", "Mattermost"],
] as const;
