/** Reads the settings from flags and environment; flags win. The only place that sees `process.env`. */
import { parseArgs } from "node:util";
import { AUTO_HOST } from "./listen-settings.ts";
import type { Setting } from "./setting.ts";
import { type Config, flagOf, SETTINGS } from "./settings.ts";
import type { GivenSettings } from "./shown-settings.ts";

export type ConfigResult =
  | { readonly kind: "config"; readonly config: Config; readonly given: GivenSettings }
  | { readonly kind: "help"; readonly text: string }
  /** Every fault at once. */
  | { readonly kind: "faults"; readonly faults: readonly string[] };

/** Used by other tools of the project, and by its tests. */
const NOT_OURS = /^AERIE_(TEST|SIM|BENCH)_/;

export function readConfig(args: readonly string[] = process.argv.slice(2), env = process.env): ConfigResult {
  const faults: string[] = [];
  const flags = readFlags(args, faults);
  if (flags["help"] === true) return { kind: "help", text: helpText() };
  for (const name of Object.keys(env)) {
    if (name.startsWith("AERIE_") && !NOT_OURS.test(name) && !KNOWN.has(name)) {
      faults.push(`${name}: there is no such setting`);
    }
  }
  const values: Record<string, unknown> = {};
  const given: Record<string, GivenSettings[string]> = {};
  for (const [name, setting] of Object.entries(SETTINGS) as [string, Setting<unknown>][]) {
    const flag = flags[flagOf(setting.env)];
    const source = typeof flag === "string" ? `--${flagOf(setting.env)}` : setting.env;
    const text = typeof flag === "string" ? flag : (env[setting.env] ?? setting.fallback);
    const value = setting.parse(text);
    const got = setting.isSecret ? "" : `, got ${JSON.stringify(text)}`;
    if (typeof flag === "string" && setting.isSecret && HAS_PASSWORD.test(flag)) {
      faults.push(
        `${source}: it contains a password, and other users of this machine can see flags in the list of processes; set ${setting.env} in the environment`,
      );
    }
    if (value === undefined) faults.push(`${source}: expected ${setting.expected}${got}`);
    values[name] = value;
    if (typeof flag === "string") given[setting.env] = { text, source: "flag" };
    else if (env[setting.env] !== undefined) given[setting.env] = { text, source: "environment" };
  }
  for (const name of ["httpHost", "mqttHost"] as const) {
    if (values[name] === AUTO_HOST) values[name] = values["auth"] === "on" ? ALL_IPV4 : "127.0.0.1";
  }
  const read = values as Partial<Config>;
  faults.push(...exposureFaults(read), ...unclaimedFaults(read), ...tlsFaults(read));
  return faults.length > 0 ? { kind: "faults", faults } : { kind: "config", config: values as Config, given };
}

const HAS_PASSWORD = /:\/\/[^/@]*:[^/]*@/;

const KNOWN: ReadonlySet<string> = new Set(Object.values(SETTINGS).map((setting) => setting.env));

function readFlags(args: readonly string[], faults: string[]): Record<string, string | boolean | undefined> {
  const options = Object.fromEntries(
    Object.values(SETTINGS).map((setting) => [flagOf(setting.env), { type: "string" as const }]),
  );
  const parsed = parseArgs({
    args: [...args],
    options: { ...options, help: { type: "boolean" as const, short: "h" } },
    strict: false,
    allowPositionals: true,
  });
  for (const name of Object.keys(parsed.values)) {
    if (name !== "help" && name !== "h" && !(name in options)) faults.push(`--${name}: there is no such flag`);
    else if (name !== "help" && parsed.values[name] === true) faults.push(`--${name}: needs a value`);
  }
  for (const word of parsed.positionals) faults.push(`${word}: unexpected argument`);
  return parsed.values as Record<string, string | boolean | undefined>;
}

/** IPv4 only: hosts with IPv6 are often reachable from the internet, since no NAT is in front of them. */
const ALL_IPV4 = "0.0.0.0";
export const isLoopback = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);

/** Without accounts, the hub listens on a network only where the owner has said so. */
function exposureFaults({ auth, httpHost, mqttHost }: Partial<Config>): string[] {
  if (auth !== "off") return [];
  return [
    { env: SETTINGS.httpHost.env, host: httpHost },
    { env: SETTINGS.mqttHost.env, host: mqttHost },
  ]
    .filter(({ host }) => host !== undefined && !isLoopback(host))
    .map(
      ({ env, host }) =>
        `${env}: ${host} opens the hub to others, and without accounts everyone may do everything; set AERIE_AUTH=on, or AERIE_AUTH=off-and-public to allow it`,
    );
}

/** What comes through a proxy on this computer comes from loopback. */
function unclaimedFaults({ unclaimed, trustedProxies = [] }: Partial<Config>): string[] {
  if (unclaimed !== "loopback" || trustedProxies.length === 0) return [];
  return [
    `${SETTINGS.unclaimed.env}: loopback would let in whoever comes through a proxy of ${SETTINGS.trustedProxies.env}; set only one of them`,
  ];
}

/** `auto` decided: a service or container has no terminal, and what is behind a proxy is none of a person who tries the hub. */
export function withUnclaimed(config: Config, hasTerminal: boolean): Config {
  const isForTrial = hasTerminal && config.trustedProxies.length === 0;
  return config.unclaimed === "auto" ? { ...config, unclaimed: isForTrial ? "loopback" : "closed" } : config;
}

function tlsFaults({ tlsCert, tlsKey }: Partial<Config>): string[] {
  if ((tlsCert ?? "") !== "" && tlsKey === "") return [`${SETTINGS.tlsKey.env}: the certificate needs its key`];
  return tlsCert === "" && (tlsKey ?? "") !== "" ? [`${SETTINGS.tlsCert.env}: the key needs its certificate`] : [];
}

function helpText(): string {
  const rows = Object.values(SETTINGS).map(
    ({ env, fallback, meaning }) =>
      `  --${flagOf(env)} …   ${env} (${fallback === "" ? "none" : fallback})\n      ${meaning.replaceAll("`", "")}`,
  );
  return `aerie: an IoT hub in one process\n\nUsage: aerie [start] [flags]\naerie --help lists the other commands.\n\nEach setting is a flag or an environment variable; the flag wins. The default is in brackets.\n\n${rows.join("\n")}\n`;
}
