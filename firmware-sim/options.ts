/** Parses the command line; all faults are reported at once. */
import { parseArgs } from "node:util";
import { FAMILY_CHOICES, sharesOf } from "./families/family-list.ts";
import { parseDurationMs } from "./helpers/duration.ts";
import { type BrokerAddress, parseBrokerUrl } from "./mqtt/broker-address.ts";
import { isScenarioName, SCENARIOS, type ScenarioName } from "./scenarios/scenario-list.ts";
import { assignScenarios, type SimulationOptions } from "./simulation.ts";

export type ParsedOptions =
  | { kind: "help" }
  | { kind: "faults"; faults: string[] }
  | { kind: "run"; simulation: SimulationOptions; durationMs?: number; quiet: boolean };

const OPTIONS = {
  url: { type: "string", default: "mqtt://127.0.0.1:1883" },
  username: { type: "string" },
  password: { type: "string" },
  "password-file": { type: "string" },
  ca: { type: "string" },
  insecure: { type: "boolean" },
  "mqtt-version": { type: "string", default: "3.1.1" },
  devices: { type: "string", default: "20" },
  interval: { type: "string", default: "2s" },
  duration: { type: "string" },
  family: { type: "string", default: "native" },
  seed: { type: "string", default: "1" },
  prefix: { type: "string", default: "esp32" },
  qos: { type: "string", default: "1" },
  timestamps: { type: "string", default: "on" },
  scenario: { type: "string", multiple: true },
  "scenario-devices": { type: "string", default: "1" },
  quiet: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

type Name = keyof typeof OPTIONS;
type Refuse = (fault: string) => void;

const MIN_INTERVAL_MS = 10;
/** setTimeout's longest. */
const MAX_TIMER_MS = 2 ** 31 - 1;

type ReadFile = (path: string) => Buffer;
type Environment = Readonly<Record<string, string | undefined>>;

/** Flags stand in the list of processes, where every user of the machine sees them. */
const PASSWORD_VARIABLE = "AERIE_SIM_PASSWORD";

/** `readFile` fails as `readFileSync` does. */
export function parseOptions(
  args: readonly string[],
  readFile: ReadFile,
  environment: Environment = {},
): ParsedOptions {
  const faults: string[] = [];
  const refuse: Refuse = (fault) => void faults.push(fault);
  const given = readArguments(args, refuse);
  if (given.has("help")) return { kind: "help" };

  const text = (name: Name): string => given.get(name)?.at(-1) ?? defaultOf(name);
  const whole = (name: Name, min: number, max: number) => wholeNumber(name, text(name), min, max, refuse);
  const scenarios = scenarioNames(given.get("scenario") ?? [], refuse);
  const simulation: SimulationOptions = {
    address: addressOf(text("url"), given, { readFile, environment }, refuse),
    mqttVersion: oneOf("mqtt-version", text("mqtt-version"), ["3.1.1", "5"], refuse),
    devices: whole("devices", 1, 10_000),
    intervalMs: duration("interval", text("interval"), MIN_INTERVAL_MS, refuse),
    family: familyOf(text("family"), refuse),
    seed: whole("seed", 0, 2 ** 32 - 1),
    prefix: text("prefix"),
    qos: qosOf(text("qos"), refuse),
    timestamps: oneOf("timestamps", text("timestamps"), ["on", "off"], refuse) === "on",
    scenarios,
    scenarioDevices: whole("scenario-devices", 1, 10_000),
  };
  if (faults.length === 0) checkTogether(simulation, refuse);
  const durationMs = given.has("duration") ? duration("duration", text("duration"), 1, refuse) : undefined;
  if (faults.length > 0) return { kind: "faults", faults };
  return { kind: "run", simulation, quiet: given.has("quiet"), ...(durationMs === undefined ? {} : { durationMs }) };
}

/** Values by option; not strict, because strict parsing stops at the first fault. */
function readArguments(args: readonly string[], refuse: Refuse): Map<Name, string[]> {
  const given = new Map<Name, string[]>();
  const { tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") refuse(`unexpected argument "${token.value}"`);
    if (token.kind !== "option") continue;
    if (!isName(token.name)) {
      refuse(`unknown option ${token.rawName}; --help lists all options`);
      continue;
    }
    const wantsValue = OPTIONS[token.name].type === "string";
    const isMissing = token.value === undefined || (!token.inlineValue && token.value.startsWith("--"));
    if (wantsValue && isMissing) refuse(`--${token.name} needs a value`);
    if (!wantsValue && token.value !== undefined) refuse(`--${token.name} takes no value`);
    given.set(token.name, [...(given.get(token.name) ?? []), token.value ?? ""]);
  }
  return given;
}

const isName = (name: string): name is Name => Object.hasOwn(OPTIONS, name);

function defaultOf(name: Name): string {
  const option = OPTIONS[name];
  return "default" in option ? option.default : "";
}

const NOWHERE: BrokerAddress = { protocol: "mqtt", host: "", port: 0, path: "", insecure: false };

function addressOf(
  url: string,
  given: Map<Name, string[]>,
  { readFile, environment }: { readFile: ReadFile; environment: Environment },
  refuse: Refuse,
): BrokerAddress {
  const address = parseBrokerUrl(url);
  if (address === undefined) refuse(`--url: expected mqtt://, mqtts://, ws:// or wss:// and a host, got "${url}"`);
  const secure = address?.protocol === "mqtts" || address?.protocol === "wss";
  const [flag, passwordFile, caFile] = (["password", "password-file", "ca"] as const).map((name) =>
    given.get(name)?.at(-1),
  );
  for (const name of ["ca", "insecure"] as const) {
    if (given.has(name) && address !== undefined && !secure)
      refuse(`--${name} works only with mqtts:// and wss:// addresses`);
  }
  // [MQTT-3.1.2-22]: a password cannot stand without a name.
  if (flag !== undefined && !given.has("username") && address?.username === undefined) {
    refuse("--password needs --username");
  }
  if (flag !== undefined && passwordFile !== undefined) refuse("--password and --password-file: give only one of them");
  const inFile = passwordFile === undefined ? undefined : read("password-file", passwordFile, readFile, refuse);
  const password =
    flag ??
    inFile?.toString().replace(/\r?\n$/, "") ??
    address?.password ??
    (environment[PASSWORD_VARIABLE] || undefined);
  const username = given.get("username")?.at(-1) ?? address?.username;
  const ca = caFile === undefined ? undefined : read("ca", caFile, readFile, refuse);
  return {
    ...(address ?? NOWHERE),
    insecure: given.has("insecure"),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ca }),
  };
}

function read(name: Name, path: string, readFile: ReadFile, refuse: Refuse): Buffer | undefined {
  try {
    return readFile(path);
  } catch (error) {
    refuse(`--${name}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function wholeNumber(name: Name, text: string, min: number, max: number, refuse: Refuse): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  refuse(`--${name}: expected a whole number from ${min} to ${max}, got "${text}"`);
  return min;
}

function duration(name: Name, text: string, minMs: number, refuse: Refuse): number {
  const ms = parseDurationMs(text);
  if (ms !== undefined && ms >= minMs && ms <= MAX_TIMER_MS) return ms;
  refuse(`--${name}: expected a time such as 500ms, 2s or 1m (at least ${minMs}ms, at most 24 days), got "${text}"`);
  return minMs;
}

function qosOf(text: string, refuse: Refuse): 0 | 1 | 2 {
  if (text === "0") return 0;
  if (text === "1") return 1;
  if (text !== "2") refuse(`--qos: expected 0, 1 or 2, got "${text}"`);
  return 2;
}

function oneOf<Choice extends string>(
  name: Name,
  text: string,
  choices: readonly [Choice, ...Choice[]],
  refuse: Refuse,
): Choice {
  const chosen = choices.find((choice) => choice === text);
  if (chosen === undefined) refuse(`--${name}: expected ${choices.join(" or ")}, got "${text}"`);
  return chosen ?? choices[0];
}

function familyOf(text: string, refuse: Refuse): string {
  if (!(FAMILY_CHOICES as readonly string[]).includes(text)) {
    refuse(`--family: expected one of ${FAMILY_CHOICES.join(", ")}, got "${text}"`);
  }
  return text;
}

function scenarioNames(texts: readonly string[], refuse: Refuse): ScenarioName[] {
  const names = new Set<ScenarioName>();
  for (const name of texts.flatMap((text) => text.split(",")).map((text) => text.trim())) {
    if (isScenarioName(name)) names.add(name);
    else refuse(`--scenario: expected one of ${[...SCENARIOS.keys()].join(", ")}, got "${name}"`);
  }
  return [...names];
}

/** What only several options together show. */
function checkTogether(simulation: SimulationOptions, refuse: Refuse): void {
  const { scenarios, scenarioDevices } = simulation;
  const devices = sharesOf(simulation.family ?? "native", simulation.devices).native;
  const playing = scenarios.length * scenarioDevices;
  if (playing > devices) {
    refuse(
      `--devices: expected at least ${playing} for ${scenarios.length} scenarios of ${scenarioDevices}, got ${devices}`,
    );
  }
  const longest = assignScenarios({ ...simulation, devices: 1 })[0]?.deviceId ?? "";
  const idLength = simulation.prefix.length + 1 + Math.max(2, String(devices).length);
  if (!/^[A-Za-z0-9._:~-]+$/.test(longest) || idLength > 64) {
    refuse(`--prefix: "${simulation.prefix}" and a number must make a device id, 1 to 64 of A-Z a-z 0-9 . _ : ~ -`);
  }
}
