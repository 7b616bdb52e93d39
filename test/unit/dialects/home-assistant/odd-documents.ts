/** Discovery documents, templates and payloads by chance, of parts that real ones have. */
import { DEVICE_KEYS, KEYS } from "../../../../src/dialects/home-assistant/abbreviations.ts";
import { COMPONENTS } from "../../../../src/dialects/home-assistant/components.ts";
import type { Random } from "../../../support/random.ts";
import { ROWS } from "./announced-entities.ts";

const TOKENS = [
  "value",
  "value_json",
  ".a",
  ".b.c",
  "['a']",
  '["b"]',
  "[0]",
  "[-1]",
  ".get('a')",
  ".get('b', 0)",
  "| float",
  "|float(0)",
  "| int",
  "| round(1)",
  "| round(2, 'floor')",
  "| default(0)",
  "| default(value, true)",
  "| upper",
  "| lower",
  "| abs",
  "| is_defined",
  "| tojson",
  "| string",
  "| nonsense",
  "is defined",
  "is not none",
  "if",
  "else",
  "and",
  "or",
  "not",
  "in",
  "==",
  "!=",
  "<",
  ">=",
  "+",
  "-",
  "*",
  "/",
  "//",
  "%",
  "**",
  "~",
  "(",
  ")",
  "[",
  "]",
  ",",
  "1",
  "0.5",
  "2e3",
  "'text'",
  '"x"',
  "true",
  "none",
  "{{",
  "}}",
  "{% if",
  "%}",
  "{% elif",
  "{% else %}",
  "{% endif %}",
  "{#",
  "#}",
  "{%-",
  "-}}",
  "now()",
  "\\",
  "'",
  "ü",
  "\u0000",
];

const VALUES = ["value", "value|float", "value_json.a", "value_json.b.c", "value_json['a']|int(0)", "1", "'ON'"];
const CONDITIONS = ["value_json.a is defined", "value_json.a", "value|float > 3", "'a' in value_json", "value == 'x'"];

/** Half of them are right. */
export function oddTemplate(random: Random): string {
  const [value, condition] = [random.pick(VALUES), random.pick(CONDITIONS)];
  if (random.chance(0.2)) return `{{ ${value} if ${condition} else ${random.pick(VALUES)} }}`;
  if (random.chance(0.2))
    return `{% if ${condition} %}{{ ${value} }}{% else %}${random.pick(["OFF", "{{ 0 }}"])}{% endif %}`;
  if (random.chance(0.2))
    return `{{ ${value} ${random.pick(["*", "/", "-", "%", "**", "~"])} ${random.pick(VALUES)} }}`;
  const soup = Array.from({ length: random.whole(30) }, () => random.pick(TOKENS)).join(random.pick(["", " "]));
  return random.chance(0.5) ? `{{ ${soup} }}` : soup;
}

const TOPICS = ["s", "a/b", "a/+", "+/b", "#", "~/s", "s/~", "a/#", "", "$SYS/x", "homeassistant/sensor/n/t/config"];
const WORDS = [
  "ON",
  "OFF",
  "online",
  "offline",
  "1",
  "0",
  "true",
  "x".repeat(300),
  "°C",
  "json",
  "basic",
  "all",
  "any",
  "",
];

function oddValue(random: Random, depth: number): unknown {
  const kind = random.whole(depth > 3 ? 7 : 10);
  if (kind < 2) return random.pick(WORDS);
  if (kind === 2) return random.pick(TOPICS);
  if (kind === 3) return oddTemplate(random);
  if (kind === 4) return random.pick([0, 1, -1, 255, 1e308, 0.1, 2 ** 60]);
  if (kind === 5) return random.pick([true, false, null]);
  if (kind === 6) return random.pick(["__proto__", "constructor", "\u0000", "\ud800", "ä/ö", "a.b.c"]);
  if (kind === 7) return Array.from({ length: random.whole(4) }, () => oddValue(random, depth + 1));
  return oddObject(random, depth + 1);
}

const ALL_KEYS = [
  ...KEYS.keys(),
  ...KEYS.values(),
  ...DEVICE_KEYS.keys(),
  "name",
  "~",
  "__proto__",
  "constructor",
  "x",
  "",
];

function oddObject(random: Random, depth: number): object {
  const entries = Array.from({ length: random.whole(6) }, () => [random.pick(ALL_KEYS), oddValue(random, depth)]);
  return Object.fromEntries(entries);
}

/** What boards would send, with up to five of its keys changed. */
function oddEntity(random: Random): Record<string, unknown> {
  const { component, options } = random.pick(ROWS);
  const entity: Record<string, unknown> = { p: component, ...options, stat_t: random.pick(["s", "s", "a/b", "a/+"]) };
  if (random.chance(0.5)) entity["val_tpl"] = oddTemplate(random);
  if (random.chance(0.3)) entity["avty_t"] = random.pick(["s", "up"]);
  for (let change = random.whole(5); change > 0; change--) entity[random.pick(ALL_KEYS)] = oddValue(random, 0);
  return entity;
}

export interface OddDocument {
  readonly topic: string;
  readonly payload: string;
}

export function oddDocument(random: Random): OddDocument {
  const device = random.chance(0.2)
    ? oddValue(random, 1)
    : { ids: random.pick(["d", "e", ["f", "g"], 7]), name: random.pick(WORDS) };
  const isDevice = random.chance(0.3);
  const components = Object.fromEntries(
    Array.from({ length: random.whole(6) }, (_, index) => [
      random.pick([`c${index}`, "", "__proto__", "d_t", "ü"]),
      oddEntity(random),
    ]),
  );
  const document = isDevice
    ? { dev: device, cmps: components, ...oddObject(random, 1) }
    : { dev: device, ...oddEntity(random) };
  const component = isDevice ? "device" : random.pick([...COMPONENTS.keys(), "climate"]);
  return {
    topic: `homeassistant/${component}/${random.pick(["", "n/", "m/"])}${random.pick(["t", "d_t", "time", "u"])}/config`,
    payload: damaged(random, random.chance(0.05) ? "" : JSON.stringify(document)),
  };
}

/** One in ten is cut, or has a character that does not belong there. */
function damaged(random: Random, text: string): string {
  if (!random.chance(0.1)) return text;
  const at = random.whole(text.length + 1);
  return text.slice(0, at) + (random.chance(0.5) ? "" : random.pick(["{", "]", '"', ",", "\u0000"]) + text.slice(at));
}

export const oddPayload = (random: Random): string =>
  random.chance(0.4)
    ? random.pick([...WORDS, "21.5", "nan", "-1e400", "9007199254740993", "unavailable", "7".repeat(400)])
    : damaged(
        random,
        JSON.stringify(random.chance(0.5) ? { a: oddValue(random, 2), b: { c: 1 } } : oddValue(random, 0)),
      );
