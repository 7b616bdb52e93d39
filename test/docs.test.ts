import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { configurationTable } from "../scripts/configuration-table.ts";
import { SETTINGS } from "../src/config/settings.ts";
import { APPLICATION_PRESETS, PRESET_NAMES } from "../src/contract/application-presets.ts";
import { ERRORS } from "../src/contract/errors.ts";
import { CREDENTIAL_FAMILIES } from "../src/contract/families.ts";
import { METRICS } from "../src/contract/metrics.ts";
import { REFUSALS } from "../src/contract/refusals.ts";
import { topicsOf } from "../src/core/access/topics-of.ts";
import { nameOf } from "../src/http/declaration/route.ts";
import { ROUTES } from "../src/http/routes/all-routes.ts";

const root = path.join(import.meta.dirname, "..");
const DOCUMENTS = [
  "README.md",
  ...readdirSync(path.join(root, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");

test("docs/configuration.md lists exactly the settings that the hub reads, with their defaults and meanings", () => {
  expect(read("docs/configuration.md")).toContain(configurationTable(Object.values(SETTINGS)));
  const named = new Set(read("docs/configuration.md").match(/AERIE_[A-Z_]+/g));
  expect([...named].sort()).toEqual(
    Object.values(SETTINGS)
      .map(({ env }) => env as string)
      .sort(),
  );
});

test("every setting that a refusal names is one", () => {
  const known = new Set<string>(Object.values(SETTINGS).map(({ env }) => env));
  const named = Object.values(REFUSALS).flatMap((text) => text.match(/AERIE_[A-Z_]+/g) ?? []);
  expect(named.length).toBeGreaterThan(10);
  for (const env of named) expect(known, env).toContain(env);
});

test("every metric of the catalogue stands in docs/protocol.md with its unit", () => {
  const rows = read("docs/protocol.md").split("\n");
  for (const [name, { unit, kind }] of METRICS) {
    const row = rows.find((line) => line.startsWith("|") && new RegExp(`[| ,]${name}[ ,|]`).test(line));
    expect(
      row?.split("|").map((cell) => cell.trim()),
      name,
    ).toEqual(expect.arrayContaining([unit, kind]));
  }
});

test("docs/security.md has what each family publishes and reads, and each preset", () => {
  const rows = read("docs/security.md").split("\n");
  const rowOf = (name: string): string => rows.find((line) => line.startsWith(`| \`${name}\` |`)) ?? "";
  const written = (filter: string): string =>
    filter.replace(/v1\/devices\/thingsboard:[^/]+/, "v1/devices/me").replace(/v2\/thingsboard:[^/]+/, "v2");
  for (const family of CREDENTIAL_FAMILIES) {
    const options = family === "tasmota" ? { clientId: "<client id>" } : { prefix: "<prefix>" };
    const topics = topicsOf({ family, name: "<name>", options });
    const filters = family === "native" ? [] : [...topics.publish, ...topics.subscribe, ...topics.cleared];
    const missing = filters.map(written).filter((filter) => !rowOf(family).includes(`\`${filter}\``));
    expect([family, missing.filter((filter) => !filter.startsWith("tasmota/discovery/"))]).toEqual([family, []]);
    expect(rowOf(family)).not.toBe("");
  }
  for (const name of PRESET_NAMES) {
    const { publish } = APPLICATION_PRESETS[name];
    for (const filter of publish) expect(rowOf(name)).toContain(`\`${filter.replaceAll(/\{(\w+)\}/g, "<$1>")}\``);
  }
});

test("every route of the HTTP server stands in docs/protocol.md, and no other", () => {
  const documented = [...read("docs/protocol.md").matchAll(/^\| `([A-Z]+ \/[^`?]*)/gm)].map(([, route]) => route);
  expect(documented.sort()).toEqual(ROUTES.map(nameOf).sort());
});

test("each walk of docs/architecture.md names files that are there, and none twice", () => {
  const section = read("docs/architecture.md").split("## Four walks")[1]?.split("\n## ")[0] ?? "";
  const walks = section.split(/^\*\*/m).slice(1);
  expect(walks).toHaveLength(4);
  for (const walk of walks) {
    const files = [...walk.matchAll(/`([\w/-]+\.ts)`/g)].map(([, file = ""]) => file);
    expect(files.length).toBeGreaterThan(8);
    expect(files.filter((file, index) => files.indexOf(file) !== index)).toEqual([]);
    expect(files.filter((file) => !existsSync(path.join(root, "src", file)))).toEqual([]);
  }
});

test("every test that docs/architecture.md names is there", () => {
  const named = [...read("docs/architecture.md").matchAll(/`(test\/[^`]+\.ts)`/g)].map(([, file = ""]) => file);
  expect(named.length).toBeGreaterThan(10);
  for (const file of named) expect(() => read(file), file).not.toThrow();
});

/** From the root on: in code, in a command, as the target of a link. */
const PATH = /[`\s(]((?:src|test|public|bench|scripts|firmware-sim|examples|docs)\/[\w./-]*\w)/g;

test.each(DOCUMENTS)("every file and folder that %s names by its path is there", (document) => {
  for (const [, named = ""] of read(document).matchAll(PATH))
    expect(existsSync(path.join(root, named)), named).toBe(true);
});

/** As GitHub makes them: small letters, no punctuation, a hyphen for each space. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

test.each(DOCUMENTS)("every link of %s leads to a file and a heading that are there", (document) => {
  for (const [link, target = "", anchor] of read(document).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)) {
    const file = target === "" ? document : path.posix.join(path.posix.dirname(document), target);
    expect(existsSync(path.join(root, file)), link).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(read(file)), link).toContain(anchor);
  }
});

test("every name that docs/contributing.md says is in a file is in it", () => {
  expect([...read("docs/contributing.md").matchAll(PATH)].length).toBeGreaterThan(30);
  const named = [...read("docs/contributing.md").matchAll(/`(\w+)` in\s+`([\w./-]+)`/g)];
  expect(named.length).toBeGreaterThan(10);
  for (const [, name = "", file = ""] of named) expect(read(file), file).toMatch(new RegExp(`\\b${name}\\b`));
});

test("every script that README and docs/contributing.md name is there", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  for (const file of ["README.md", "docs/contributing.md"]) {
    for (const [, script = ""] of read(file).matchAll(/npm (?:run )?(start|test|sim|dev|soak|bench|check)\b/g)) {
      expect(Object.keys(scripts), `${file} names ${script}`).toContain(script);
    }
  }
});

test("the README names each example", () => {
  for (const file of readdirSync(path.join(root, "examples")))
    expect(read("README.md")).toContain(`(examples/${file})`);
});

test("no committed document names an error code that is not in the contract", () => {
  const codes = [...read("docs/protocol.md").matchAll(/\b[A-Z]+_[A-Z_]+\b/g)].map(([code]) => code);
  const known = [...Object.keys(ERRORS), ...Object.keys(REFUSALS)];
  for (const code of codes.filter((each) => !each.startsWith("AERIE_"))) expect(known).toContain(code);
});

test("docs/operations.md has each limit once, with its default, what happens and how it is counted", () => {
  const rows = read("docs/operations.md")
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const documented = rows
    .filter(([, , setting = ""]) => setting.startsWith("`AERIE_"))
    .map(([, what, setting, fallback, effect, counted]) => {
      expect([what, effect, counted], setting).not.toContain("");
      return `${setting} ${fallback}`;
    });
  const limits = Object.values(SETTINGS).filter(({ env }) => /^AERIE_(MAX_|CONNECT_TIMEOUT)/.test(env));
  expect(documented.sort()).toEqual(limits.map(({ env, fallback }) => `\`${env}\` \`${fallback}\``).sort());
});

test("every setting, refusal and metric that docs/operations.md names is there", () => {
  const text = read("docs/operations.md");
  const metrics = read("src/platform/metrics.ts");
  const settings = Object.values(SETTINGS).map(({ env }) => env as string);
  for (const name of text.match(/\bAERIE_[A-Z_]+\b/g) ?? []) expect(settings).toContain(name);
  const codes = (text.match(/`[A-Z]+(?:_[A-Z]+)+`/g) ?? []).map((code) => code.slice(1, -1));
  for (const code of codes.filter((each) => !each.startsWith("AERIE_"))) expect(Object.keys(REFUSALS)).toContain(code);
  for (const name of text.match(/\baerie_[a-z_]+\b/g) ?? []) expect(metrics).toContain(`"${name}"`);
});
