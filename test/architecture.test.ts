/** Who may import whom, who owns which library, and where time and environment come in: the picture of design.md, held. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

/** path → text */
type Sources = ReadonlyMap<string, string>;

interface Import {
  readonly file: string;
  /** As written. */
  readonly specifier: string;
  /** The own file that it names; undefined for a library. */
  readonly target: string | undefined;
  readonly isTypeOnly: boolean;
  /** By `import()`. */
  readonly isLazy: boolean;
}

const TREES = ["src", "public", "firmware-sim", "demo", "bench"] as const;

const ADAPTERS = ["broker", "store", "http", "live", "notify", "platform"] as const;
const DECIDE = ["core", "contract"];

/** Layer → the other layers that it may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  core: ["contract"],
  dialects: DECIDE,
  /** How a file comes onto the disk: below the adapters that keep files. */
  files: DECIDE,
  ...Object.fromEntries(ADAPTERS.map((adapter) => [adapter, [...DECIDE, "files"]])),
  config: [],
  hub: [...ADAPTERS, ...DECIDE, "files", "dialects", "config"],
  /** Talks to a running hub as any program does, or opens a store itself where none runs. */
  cli: [...DECIDE, "config", "files", "store", "http", "platform"],
  server: [...ADAPTERS, ...DECIDE, "dialects", "config", "hub", "cli"],
  "firmware-sim": ["contract"],
  /** Its boards play their past to the dialects, and their present to a hub. */
  demo: ["firmware-sim", "scripts", "dialects", ...DECIDE],
  public: ["contract"],
  /** Of core only types and some constants: it calls the built store through its port. Of the tests their MongoDB server. */
  bench: [...DECIDE, "test"],
};

/** Library → the folders of src/ that use it. One that has no owner does not belong into the hub. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  aedes: ["src/broker/"],
  ws: ["src/broker/"],
  "socket.io": ["src/live/"],
  express: ["src/http/"],
  helmet: ["src/http/"],
  compression: ["src/http/"],
  cookie: ["src/http/"],
  "proxy-addr": ["src/http/"],
  "@photostructure/sqlite": ["src/store/sqlite/"],
  mongodb: ["src/store/mongo/"],
  "aedes-persistence-mongodb": ["src/store/mongo/"],
  "@bufbuild/protobuf": ["src/dialects/sparkplug/"],
  "@node-rs/argon2": ["src/platform/"],
  "@peculiar/asn1-schema": ["src/platform/"],
  "@peculiar/asn1-x509": ["src/platform/"],
  commander: ["src/cli/"],
  nodemailer: ["src/notify/email/"],
  "web-push": ["src/notify/push/"],
  pino: ["src/platform/"],
  "prom-client": ["src/platform/"],
  zod: ["src/contract/", "src/http/", "src/live/", "src/notify/", "src/platform/"],
};

const SQLITE = "@photostructure/sqlite";

/** Layers that know no machine, and one that needs little of it. */
const NODE_MODULES: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  core: [],
  dialects: [],
  config: ["node:net", "node:path", "node:util"],
};

/** What the dashboard may take at run time; all else of the contract is types to it. */
const VALUES_FOR_PUBLIC = [
  "src/contract/answers/retained-limits.ts",
  "src/contract/application-presets.ts",
  "src/contract/families.ts",
  "src/contract/fleet/device-id-pattern.ts",
  "src/contract/levels.ts",
  "src/contract/metrics.ts",
  "src/contract/reason-codes.ts",
  "src/contract/refusals.ts",
  "src/contract/silence.ts",
  "src/contract/topic-filters.ts",
  "src/contract/views/view-limits.ts",
];

/** The simulated hub of the benchmarks works at the pace of the hub: these constants are imported, so that no copy becomes outdated. */
const CONSTANTS_FOR_BENCH = [
  "src/core/devices/state-saver.ts",
  "src/core/model/utc-day.ts",
  "src/core/history/upkeep.ts",
  "src/core/ingest/writer.ts",
];

const TIME = /\b(?:Date\.now|performance\.now|setTimeout|setInterval|setImmediate|process\.hrtime)\b|\bnew Date\(\)/;
const CLOCK = "src/platform/clock.ts";

function layerOf(file: string): string {
  const [tree = "", folder = ""] = file.split("/");
  return tree === "src" ? folder.replace(/\.ts$/, "") : tree;
}

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");

/** `import … from "x"`, `export … from "x"`, `import "x"`, `import("x")` */
const STATIC = /^[ \t]*(import|export)\b([^"';=()]*?)\bfrom\s*["']([^"']+)["']/gm;
const BARE = /^[ \t]*import\s*["']([^"']+)["']/gm;
const DYNAMIC = /\bimport\(\s*["'`]([^"'`]+)["'`]/g;

function importsOf(file: string, text: string): Import[] {
  const code = withoutComments(text);
  const found = (specifier: string, isTypeOnly: boolean): Import => ({
    file,
    specifier,
    target: specifier.startsWith(".") ? path.posix.join(path.posix.dirname(file), specifier) : undefined,
    isTypeOnly,
    isLazy: false,
  });
  return [
    ...[...code.matchAll(STATIC)].map(([, , names = "", specifier = ""]) => found(specifier, bringsTypesOnly(names))),
    ...[...code.matchAll(BARE)].map(([, specifier = ""]) => found(specifier, false)),
    ...[...code.matchAll(DYNAMIC)].map(([, specifier = ""]) => ({ ...found(specifier, false), isLazy: true })),
  ];
}

function bringsTypesOnly(names: string): boolean {
  if (/^\s*type\b/.test(names)) return true;
  const listed = /^\s*\{([^}]*)\}\s*$/.exec(names)?.[1];
  return listed?.split(",").every((name) => name.trim() === "" || /^\s*type\s/.test(name)) ?? false;
}

/** `@scope/name/deep` → `@scope/name` */
const libraryOf = (specifier: string): string => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");

/** Every rule that is broken, in words. */
function violations(sources: Sources): string[] {
  const imports = [...sources].flatMap(([file, text]) => importsOf(file, text));
  return [
    ...imports.flatMap(layerFault),
    ...imports.flatMap(nodeFault),
    ...imports.flatMap(ownerFault),
    ...imports.flatMap(publicFault),
    ...imports.flatMap(benchFault),
    ...imports.flatMap(extensionFault),
    ...chartFaults(imports),
    ...cycles(imports),
    ...folderCycles(imports),
    ...[...sources].flatMap(([file, text]) => [...nameFault(file), ...codeFaults(file, withoutComments(text))]),
  ];
}

function layerFault({ file, target }: Import): string[] {
  if (target === undefined) return [];
  const [from, to] = [layerOf(file), layerOf(target)];
  if (from === to || MAY_IMPORT[from]?.includes(to)) return [];
  return [`${file}: ${from} may not import ${to} (${target})`];
}

function nodeFault({ file, specifier }: Import): string[] {
  const allowed = NODE_MODULES[layerOf(file)];
  if (!file.startsWith("src/") || allowed === undefined || !specifier.startsWith("node:")) return [];
  return allowed.includes(specifier) ? [] : [`${file}: ${layerOf(file)} may not import ${specifier}`];
}

function ownerFault({ file, specifier, target }: Import): string[] {
  if (!file.startsWith("src/") || target !== undefined || specifier.startsWith("node:")) return [];
  const owners = OWNERS[libraryOf(specifier)];
  if (owners === undefined) return [`${file}: ${specifier} has no owner`];
  return owners.some((folder) => file.startsWith(folder))
    ? []
    : [`${file}: ${specifier} belongs to ${owners.join(", ")}`];
}

function publicFault({ file, target, isTypeOnly }: Import): string[] {
  if (layerOf(file) !== "public" || !target?.startsWith("src/") || isTypeOnly) return [];
  return VALUES_FOR_PUBLIC.includes(target) ? [] : [`${file}: the dashboard takes only types from ${target}`];
}

function benchFault({ file, target, isTypeOnly }: Import): string[] {
  if (layerOf(file) !== "bench" || !target?.startsWith("src/core/") || isTypeOnly) return [];
  if (CONSTANTS_FOR_BENCH.includes(target)) return [];
  return [`${file}: the benchmarks take only types from ${target}`];
}

function extensionFault({ file, target, specifier }: Import): string[] {
  if (target === undefined || /\.(ts|tsx|css)$/.test(specifier)) return [];
  return [`${file}: ${specifier} does not end in .ts`];
}

function chartFaults(imports: readonly Import[]): string[] {
  const files = new Set(imports.filter(({ specifier }) => libraryOf(specifier) === "uplot").map(({ file }) => file));
  return files.size <= 1 ? [] : [`the chart library has several owners: ${[...files].sort().join(", ")}`];
}

function nameFault(file: string): string[] {
  return /(^|\/)(utils?|helpers?|types?|index)\.tsx?$/.test(file) ? [`${file}: is named after no one thing`] : [];
}

function codeFaults(file: string, code: string): string[] {
  if (!file.startsWith("src/")) return [];
  const faults: string[] = [];
  if (/^\s*export\s+default\b|\bas\s+default\b/m.test(code)) faults.push(`${file}: has a default export`);
  if (file !== CLOCK && TIME.test(code))
    faults.push(`${file}: asks the machine for the time (${TIME.exec(code)?.[0]})`);
  if (layerOf(file) !== "config" && /\bprocess\.env\b/.test(code)) faults.push(`${file}: reads process.env`);
  return faults;
}

/** Each cycle of files once, type imports included. */
const cycles = (imports: readonly Import[]): string[] =>
  cyclesOf(imports.flatMap(({ file, target }) => (target === undefined ? [] : [[file, target] as const])));

/** Each cycle of folders once that is none of files. A folder and the folders in it are different folders. */
const folderCycles = (imports: readonly Import[]): string[] =>
  cyclesOf(
    imports.flatMap(({ file, target }) => {
      if (target === undefined) return [];
      const [from, to] = [path.posix.dirname(file), path.posix.dirname(target)];
      return from === to ? [] : [[`${from}/`, `${to}/`] as const];
    }),
  );

function cyclesOf(edges: readonly (readonly [from: string, to: string])[]): string[] {
  const targets = new Map<string, Set<string>>();
  for (const [from, to] of edges) targets.set(from, (targets.get(from) ?? new Set()).add(to));
  const found: string[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  function walk(file: string): void {
    const since = way.indexOf(file);
    if (since >= 0) return void found.push(`cycle: ${[...way.slice(since), file].join(" → ")}`);
    if (done.has(file)) return;
    way.push(file);
    for (const target of targets.get(file) ?? []) walk(target);
    way.pop();
    done.add(file);
  }
  for (const file of targets.keys()) walk(file);
  return found;
}

function readSources(): Sources {
  const root = path.join(import.meta.dirname, "..");
  const files = TREES.flatMap((tree) =>
    readdirSync(path.join(root, tree), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => path.posix.join(tree, name.replaceAll(path.sep, "/"))),
  );
  return new Map(files.sort().map((file) => [file, readFileSync(path.join(root, file), "utf8")]));
}

/** What a process loads that begins with this file, before it comes to any `import()`. */
function librariesLoadedBy(entry: string, sources: Sources): string[] {
  const libraries = new Set<string>();
  const seen = new Set<string>();
  function walk(file: string): void {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { specifier, target, isTypeOnly, isLazy } of importsOf(file, sources.get(file) ?? "")) {
      if (isTypeOnly || isLazy) continue;
      if (target !== undefined) walk(target);
      else if (!specifier.startsWith("node:")) libraries.add(libraryOf(specifier));
    }
  }
  walk(entry);
  return [...libraries].sort();
}

describe("the source", () => {
  const sources = readSources();

  test("keeps every rule of the picture", () => {
    expect(violations(sources)).toEqual([]);
  });

  test("is all seen: every layer of the picture has files, and every one of its imports is understood", () => {
    const layers = new Set([...sources.keys()].map(layerOf));
    expect([...layers].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
    for (const [file, text] of sources) {
      const keywords = withoutComments(text).match(/\bfrom ["']|^import ["']|\bimport\(["']/gm) ?? [];
      expect(importsOf(file, text), file).toHaveLength(keywords.length);
    }
  });

  test("a command that asks a running hub loads no library of the hub: on a small board each costs a tenth of a second", () => {
    expect(librariesLoadedBy("src/cli/shared/own-hub.ts", sources)).toEqual(
      expect.arrayContaining(["@node-rs/argon2", "express", "zod"]),
    );
    expect(librariesLoadedBy("src/cli/run-command.ts", sources)).toEqual(["commander"]);
    for (const name of [
      "commands/access",
      "commands/derived",
      "commands/export",
      "commands/mapping",
      "commands/stats",
      "import/import",
    ]) {
      expect(sources.has(`src/cli/${name}-command.ts`), name).toBe(true);
      expect([name, librariesLoadedBy(`src/cli/${name}-command.ts`, sources)]).toEqual([name, []]);
    }
  });

  test("a thread of the embedded store loads no library but that of SQLite: each start waits for it", () => {
    const threads = [...sources.keys()].filter((file) => /^src\/.*-thread\.ts$/.test(file));
    expect(threads).toHaveLength(4);
    for (const file of threads) expect([file, librariesLoadedBy(file, sources)]).toEqual([file, [SQLITE]]);
  });

  test("imports own files that are there", () => {
    const missing = [...sources]
      .flatMap(([file, text]) => importsOf(file, text))
      .filter(
        ({ target }) =>
          target !== undefined && /\.tsx?$/.test(target) && !existsSync(path.join(import.meta.dirname, "..", target)),
      )
      .map(({ file, target }) => `${file} → ${target}`);
    expect(missing).toEqual([]);
  });
});

/** Each rule, broken by a made-up file. */
const broken: readonly [rule: string, files: Record<string, string>, words: string][] = [
  [
    "the contract imports no core",
    { "src/contract/a.ts": 'import type { A } from "../core/b.ts";' },
    "contract may not import core",
  ],
  [
    "core imports no adapter",
    { "src/core/a.ts": 'import { x } from "../store/sqlite/b.ts";' },
    "core may not import store",
  ],
  [
    "core imports no dialect",
    { "src/core/a.ts": 'import { x } from "../dialects/b.ts";' },
    "core may not import dialects",
  ],
  [
    "core imports no config, types included",
    { "src/core/a.ts": 'import type { C } from "../config/b.ts";' },
    "core may not import config",
  ],
  [
    "a dialect imports no adapter",
    { "src/dialects/a.ts": 'export { x } from "../broker/b.ts";' },
    "dialects may not import broker",
  ],
  [
    "adapters do not import each other",
    { "src/http/a.ts": 'import { x } from "../live/b.ts";' },
    "http may not import live",
  ],
  [
    "an adapter imports no dialect",
    { "src/broker/a.ts": 'import { x } from "../dialects/b.ts";' },
    "broker may not import dialects",
  ],
  [
    "an adapter imports no platform",
    { "src/live/a.ts": 'const x = await import("../platform/b.ts");' },
    "live may not import platform",
  ],
  [
    "config imports nothing of the hub",
    { "src/config/a.ts": 'import { x } from "../core/b.ts";' },
    "config may not import core",
  ],
  [
    "config is not imported by the platform",
    { "src/platform/a.ts": 'import { x } from "../config/b.ts";' },
    "platform may not import config",
  ],
  [
    "nothing imports the hub",
    { "src/http/a.ts": 'import type { Hub } from "../hub/hub.ts";' },
    "http may not import hub",
  ],
  ["nothing imports the server", { "src/hub/hub.ts": 'import "../server.ts";' }, "hub may not import server"],
  [
    "the simulator imports the contract only",
    { "firmware-sim/a.ts": 'import { x } from "../src/core/b.ts";' },
    "firmware-sim may not import core",
  ],
  [
    "the dashboard imports the contract only",
    { "public/app/a.tsx": 'import type { x } from "../../src/core/b.ts";' },
    "public may not import core",
  ],
  [
    "the benchmarks import no part of the hub",
    { "bench/a.ts": 'import { x } from "../src/hub/hub.ts";' },
    "bench may not import hub",
  ],
  [
    "the benchmarks take only types from core",
    { "bench/a.ts": 'import { type A, x } from "../src/core/b.ts";' },
    "only types",
  ],
  ["core knows no machine", { "src/core/a.ts": 'import path from "node:path";' }, "core may not import node:path"],
  [
    "config knows little of the machine",
    { "src/config/a.ts": 'import { x } from "node:fs";' },
    "config may not import node:fs",
  ],
  ["aedes has one owner", { "src/http/a.ts": 'import { Aedes } from "aedes";' }, "belongs to src/broker/"],
  ["nodemailer has one owner", { "src/http/a.ts": 'await import("nodemailer");' }, "belongs to src/notify/email/"],
  [
    "core does not send notifications itself",
    { "src/core/a.ts": 'import { x } from "../notify/b.ts";' },
    "core may not import notify",
  ],
  ["socket.io has one owner", { "src/http/a.ts": 'import type { Server } from "socket.io";' }, "belongs to src/live/"],
  [
    "SQLite has one owner",
    { "src/store/mongo/a.ts": 'import { x } from "@photostructure/sqlite";' },
    "belongs to src/store/sqlite/",
  ],
  ["zod does not come into core", { "src/core/a.ts": 'import { z } from "zod/v4";' }, "belongs to src/contract/"],
  ["a library needs an owner", { "src/core/a.ts": 'import _ from "lodash";' }, "has no owner"],
  [
    "the chart library has one file",
    { "public/app/a.ts": 'import U from "uplot";', "public/app/b.ts": 'import "uplot/dist/u.css";' },
    "several owners",
  ],
  [
    "the dashboard takes types only",
    { "public/app/a.ts": 'import { type A, topic } from "../../src/contract/topics.ts";' },
    "only types",
  ],
  ["own files are named with their ending", { "src/core/a.ts": 'import { x } from "./b.js";' }, "does not end in .ts"],
  ["no default exports", { "src/core/a.ts": "export default function a() {}" }, "default export"],
  ["no file without a name of its own", { "src/core/utils.ts": "" }, "named after no one thing"],
  ["no barrels", { "public/app/index.ts": "" }, "named after no one thing"],
  ["time comes from the clock", { "src/core/a.ts": "const now = Date.now();" }, "Date.now"],
  ["timers come from the clock", { "src/broker/a.ts": "setTimeout(() => {}, 5);" }, "setTimeout"],
  ["the present comes from the clock", { "src/http/a.ts": "const now = new Date();" }, "new Date()"],
  ["the environment comes from config", { "src/platform/a.ts": "const x = process.env.HOME;" }, "process.env"],
  [
    "no cycles",
    { "src/core/a.ts": 'import { b } from "./b.ts";', "src/core/b.ts": 'import { a } from "./a.ts";' },
    "cycle: ",
  ],
  [
    "no cycles of types",
    {
      "src/core/a.ts": 'import type { B } from "./b.ts";',
      "src/core/b.ts": 'import { type C, type D } from "./c.ts";',
      "src/core/c.ts": 'export type { A } from "./a.ts";',
    },
    "cycle: src/core/a.ts → src/core/b.ts → src/core/c.ts → src/core/a.ts",
  ],
  [
    "no cycles of folders",
    {
      "src/core/ingest/a.ts": 'import { b } from "../devices/b.ts";',
      "src/core/devices/c.ts": 'import type { D } from "../ingest/d.ts";',
    },
    "cycle: src/core/ingest/ → src/core/devices/ → src/core/ingest/",
  ],
];

describe("a rule that is broken is found", () => {
  for (const [rule, files, words] of broken) {
    test(rule, () => {
      const found = violations(new Map(Object.entries(files)));
      expect(found).toHaveLength(1);
      expect(found[0]).toContain(words);
    });
  }

  test("and what only looks like it is not", () => {
    const files = {
      "src/core/a.ts":
        '/** Not Date.now() nor process.env; see `import x from "aedes"`. */\nconst at = new Date(5); // setTimeout',
      "src/platform/clock.ts": "export const now = () => Date.now();",
      "src/config/a.ts": 'import { parseArgs } from "node:util";\nconst env = process.env;',
      "public/app/a.ts":
        'import { METRICS } from "../../src/contract/metrics.ts";\nimport { type Refusal, REFUSALS } from "../../src/contract/refusals.ts";\nimport type { Device } from "../../src/contract/readings.ts";\nsetTimeout(() => {}, 5);',
      "src/http/c.ts":
        'import {\n  type A,\n  type B,\n} from "../core/a.ts";\nconst text = "imported from elsewhere";',
    };
    expect(violations(new Map(Object.entries(files)))).toEqual([]);
  });
});
