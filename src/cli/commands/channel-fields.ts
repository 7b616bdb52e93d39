/** A channel as it is given on the command line: a new one, or a change of one. The hub checks it. */
import { randomBytes } from "node:crypto";
import type { Severity } from "../../contract/alerts.ts";
import type { ChannelAnswer } from "../../contract/answers/alert-answers.ts";
import type { ChannelKind } from "../../contract/channels.ts";
import { CommandFault } from "../shared/command-fault.ts";
import { jsonOf, textOf } from "../shared/json-file.ts";
import { needed } from "../shared/running-hub.ts";

/** As they were given. */
export interface ChannelOptions {
  readonly file?: string;
  readonly name?: string;
  readonly atLeast?: Severity;
  readonly secretFile?: string;
  readonly removeSecret?: true;
  readonly preset?: string;
  readonly server?: string;
  readonly topic?: string;
  readonly chatId?: string;
  readonly host?: string;
  readonly port?: number;
  readonly security?: string;
  readonly user?: string;
  readonly from?: string;
  readonly to?: string;
}

type Settings = Readonly<Record<string, unknown>>;

/** What each kind can be given, and which of it `--secret-file` has. */
interface KindOptions {
  readonly given: (options: ChannelOptions) => Settings;
  readonly secret?: { readonly field: string; readonly what: string };
  /** What `--remove-secret` removes; left out: its secret is needed. */
  readonly removable?: string;
  /** Of a new one. */
  readonly usual?: (options: ChannelOptions) => Settings;
  /** Of a new one, as field and flag. */
  readonly needed?: readonly (readonly [field: string, flag: string])[];
}

const KINDS: Readonly<Record<ChannelKind, KindOptions>> = {
  webhook: {
    given: ({ preset }) => ({ preset }),
    secret: { field: "url", what: "the address of the webhook" },
    removable: "secret",
    usual: () => ({ preset: "json" }),
    needed: [["url", "--secret-file"]],
  },
  ntfy: {
    given: ({ server, topic }) => ({ server, topic }),
    secret: { field: "token", what: "the token" },
    removable: "token",
    usual: () => ({ server: "https://ntfy.sh", topic: randomBytes(16).toString("hex") }),
  },
  telegram: {
    given: ({ chatId, server }) => ({ chatId, server }),
    secret: { field: "token", what: "the token of the bot" },
    needed: [
      ["chatId", "--chat-id"],
      ["token", "--secret-file"],
    ],
  },
  email: {
    given: ({ host, port, security, user, from, to }) => ({ host, port, security, user, from, to: to?.split(",") }),
    secret: { field: "password", what: "the password" },
    removable: "password",
    usual: ({ security }) => ({ port: security === "tls" ? 465 : 587, security: "starttls" }),
    needed: [
      ["host", "--host"],
      ["from", "--from"],
      ["to", "--to"],
    ],
  },
  mqtt: { given: ({ topic }) => ({ topic }), needed: [["topic", "--topic"]] },
  browser: { given: () => ({}) },
};

/** For `POST /api/channels`. */
export function newChannel(word: string | undefined, options: ChannelOptions): object {
  if (options.file !== undefined) return jsonOf(options.file);
  const kind = needed("channel add", word, "kind");
  if (!isKind(kind)) {
    throw new CommandFault(`aerie channel add ${kind}: expected one of ${Object.keys(KINDS).join(", ")}`, 2);
  }
  const { usual = () => ({}), needed: fields = [], secret } = KINDS[kind];
  const settings: Settings = { kind, ...usual(options), ...settingsIn(kind, options) };
  for (const [field, flag] of fields) {
    if (settings[field] !== undefined) continue;
    const file = ` that names a file with ${secret?.what} (- is standard input): others can see the flags of a process`;
    throw new CommandFault(
      `aerie channel add ${kind}: missing argument: ${flag}${field === secret?.field ? file : ""}`,
      2,
    );
  }
  const { name = kind, atLeast = "info" } = options;
  return { name, enabled: true, atLeast, settings };
}

/** For `PUT /api/channels/:id`: what is not given stays. With a file, all of it is replaced but for secrets. */
export function changedChannel(former: ChannelAnswer, options: ChannelOptions): object {
  const { name, atLeast, removeSecret } = options;
  const { kind } = former.settings;
  if (!isKind(kind)) throw new CommandFault(`aerie channel set: this command does not know the kind ${kind}`);
  const whole = options.file === undefined ? formerFields(former) : jsonOf(options.file);
  const { removable } = KINDS[kind];
  if (removeSecret && removable === undefined) {
    throw new CommandFault(`aerie channel set: --remove-secret: a channel of the kind ${kind} has none to remove`, 2);
  }
  return {
    ...whole,
    ...(name !== undefined && { name }),
    ...(atLeast !== undefined && { atLeast }),
    settings: {
      ...(whole["settings"] as Settings | undefined),
      ...settingsIn(kind, options),
      ...(removeSecret && removable !== undefined && { [removable]: null }),
    },
  };
}

export const switchedChannel = (former: ChannelAnswer, enabled: boolean): object => ({
  ...formerFields(former),
  enabled,
});

/** As the hub takes it: of a webhook `host` is where its address leads to, and no setting. */
function formerFields({ name, enabled, atLeast, settings }: ChannelAnswer): Record<string, unknown> {
  const { host, ...others } = settings;
  return { name, enabled, atLeast, settings: settings.kind === "webhook" ? others : { ...others, host } };
}

const isKind = (kind: string): kind is ChannelKind => Object.hasOwn(KINDS, kind);

/** Those that are given. */
function settingsIn(kind: ChannelKind, options: ChannelOptions): Settings {
  const { given, secret } = KINDS[kind];
  const { secretFile } = options;
  const hasSecret = secretFile !== undefined && secret !== undefined;
  const settings = { ...given(options), ...(hasSecret && { [secret.field]: secretIn(secretFile) }) };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** Without the line end of an editor. */
const secretIn = (file: string): string => textOf(file).replace(/[\r\n]+$/, "");
