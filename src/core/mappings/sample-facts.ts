/** What a payload says about how it could be read: one value or JSON, where its numbers are, its instant and its device. */
import { readInstant } from "../model/instant.ts";
import { readWritten, trimmed } from "../model/written-value.ts";

export interface SampleFacts {
  readonly payload: "value" | "json";
  /** Path of the instant; undefined: it has none, or one that cannot be true. */
  readonly time: string | undefined;
  /** Path of an id. */
  readonly device: string | undefined;
  readonly deviceId: string | undefined;
  /** Path of what holds the numbers; undefined: they are not in one place. */
  readonly values: string | undefined;
  /** `values` is one number, which only the topic gives a name. */
  readonly isOne: boolean;
  /** The numbers by their names below `values`, some of them; one without a name where `isOne`, and for a value. */
  readonly numbers: readonly FoundNumber[];
}

export interface FoundNumber {
  readonly name: string;
  /** Undefined: it is true or false. */
  readonly value: number | undefined;
}

/** Larger payloads are not looked at. */
export const MAX_LOOKED_AT = 64 * 1024;
/** No number is longer. */
const MAX_VALUE_BYTES = 64;
const MAX_DEPTH = 6;
const MAX_NODES = 400;
const MAX_NUMBERS = 32;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Undefined: there is nothing in it that could be a reading. */
export function factsOf(payload: Uint8Array, nowMs: number): SampleFacts | undefined {
  if (payload.length === 0 || payload.length > MAX_LOOKED_AT) return undefined;
  const first = payload[0] ?? 0;
  const isJson = first === 0x7b || (first <= 0x20 && payload.includes(0x7b));
  if (!isJson && payload.length > MAX_VALUE_BYTES) return undefined;
  try {
    const text = trimmed(utf8.decode(payload));
    return isJson ? jsonFacts(JSON.parse(text), nowMs) : valueFacts(text);
  } catch {
    return undefined; // neither text nor JSON
  }
}

function valueFacts(text: string): SampleFacts | undefined {
  const written = readWritten(text);
  if (written.kind !== "number" && written.kind !== "boolean") return undefined;
  const value = written.kind === "number" ? written.value : undefined;
  const none = { time: undefined, device: undefined, deviceId: undefined, values: undefined };
  return { payload: "value", ...none, isOne: true, numbers: [{ name: "", value }] };
}

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** One scalar of a JSON object. */
interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Those near the top come first. */
function leavesOf(json: JsonObject): Leaf[] {
  const leaves: Leaf[] = [];
  let level: { path: readonly string[]; object: JsonObject }[] = [{ path: [], object: json }];
  for (let depth = 1; depth <= MAX_DEPTH && level.length > 0; depth++) {
    const below: typeof level = [];
    for (const { path, object } of level) {
      for (const [key, value] of Object.entries(object)) {
        if (leaves.length + below.length > MAX_NODES) break;
        if (isObject(value)) below.push({ path: [...path, key], object: value });
        else leaves.push({ path: [...path, key], value });
      }
    }
    level = below;
  }
  return leaves;
}

const TIMES: ReadonlySet<string> = new Set(
  "time timestamp ts at datetime date unixtime epoch utc measuredat createdat receivedat updatedat lastseen lastupdate".split(
    " ",
  ),
);
const IDS: ReadonlySet<string> = new Set(
  "id deviceid device deveui mac sensorid sensor nodeid node serial serialnumber stationid".split(" "),
);
const MAX_ID_CHARS = 64;

const nameOf = ({ path }: Leaf): string => (path.at(-1) ?? "").toLowerCase().replace(/[\s_-]/g, "");
const pathOf = (leaf: Leaf | undefined): string | undefined => leaf?.path.join(".");

/** What services put a board's own values into, beside much that is not the board's. */
const DECODED = ["uplink_message.decoded_payload", "decoded_payload", "object"];
/** The name of a value that has no name. */
const ANY_VALUE: ReadonlySet<string> = new Set(["value", "val", "v", "state", "reading"]);

function jsonFacts(json: unknown, nowMs: number): SampleFacts | undefined {
  if (!isObject(json)) return undefined;
  const leaves = leavesOf(json);
  const isInstant = (leaf: Leaf): boolean => readInstant(leaf.value, nowMs, true).kind === "given";
  // Any number of ten digits could be an instant, and only a name says that it is one.
  const time =
    leaves.find((leaf) => TIMES.has(nameOf(leaf)) && isInstant(leaf)) ??
    leaves.find((leaf) => typeof leaf.value === "string" && leaf.value.includes("T") && isInstant(leaf));
  const device = leaves.find((leaf) => IDS.has(nameOf(leaf)) && isId(leaf.value));
  const values = leaves.filter((leaf) => leaf !== time && leaf !== device && !TIMES.has(nameOf(leaf)));
  const real = values.filter(({ value }) => typeof value === "number");
  // A version is a number as text, too, so that texts count only where there is nothing else.
  const numbers = real.length > 0 ? real : values.filter(({ value }) => numberOf(value) !== undefined);
  if (numbers.length === 0) return undefined;
  const decoded = DECODED.find((path) => numbers.some((leaf) => `${pathOf(leaf)}`.startsWith(`${path}.`)));
  const [only] = numbers;
  const isOne = numbers.length === 1 && only !== undefined && ANY_VALUE.has(nameOf(only));
  const path = isOne ? pathOf(only) : (decoded ?? commonPath(numbers));
  const before = path === undefined ? 0 : path.length + 1;
  return {
    payload: "json",
    time: pathOf(time),
    device: pathOf(device),
    deviceId: device === undefined ? undefined : String(device.value),
    values: path,
    isOne,
    numbers: numbers
      .filter((leaf) => isOne || path === undefined || `${pathOf(leaf)}`.startsWith(`${path}.`))
      .slice(0, MAX_NUMBERS)
      .map((leaf) => ({ name: isOne ? "" : `${pathOf(leaf)}`.slice(before), value: numberOf(leaf.value) })),
  };
}

const isId = (value: unknown): boolean =>
  (typeof value === "string" && value !== "" && value.length <= MAX_ID_CHARS) || Number.isSafeInteger(value);

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.length > MAX_VALUE_BYTES) return undefined;
  const written = readWritten(trimmed(value));
  return written.kind === "number" ? written.value : undefined;
}

/** Of the objects that the numbers are in. */
function commonPath(leaves: readonly Leaf[]): string | undefined {
  let common = leaves[0]?.path.slice(0, -1) ?? [];
  for (const { path } of leaves) {
    let same = 0;
    while (same < common.length && path.length - 1 > same && path[same] === common[same]) same++;
    common = common.slice(0, same);
  }
  return common.length === 0 ? undefined : common.join(".");
}
