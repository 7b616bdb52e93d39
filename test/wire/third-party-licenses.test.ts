/** The licences that the hub serves with its pages and those beside its bundle, against what the bundler's source maps say is in them. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { startHub } from "../support/hub/hub.ts";
import { ask } from "../support/hub/rest.ts";

const root = path.join(import.meta.dirname, "..", "..");
const assets = path.join(root, "dist", "public", "assets");
const bundle = path.join(root, "dist", "src", "bundle");

/** Folders below the project's root, such as `node_modules/@preact/signals`. */
function packagesIn(folder: string): string[] {
  const sources = readdirSync(folder)
    .filter((file) => file.endsWith(".js.map"))
    .flatMap((file) => (JSON.parse(readFileSync(path.join(folder, file), "utf8")) as { sources: string[] }).sources);
  const folders = sources.map((source) => /node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(source)?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))];
}

test("everybody may read the licences of all software in the pages", async () => {
  const hub = await startHub({ settings: { auth: "on" } });

  const { status, headers, text } = await ask(hub, "/third-party-licenses.txt");

  expect(status).toBe(200);
  expect(headers["content-type"]).toBe("text/plain; charset=utf-8");
  const packages = packagesIn(assets);
  expect(packages).toEqual(expect.arrayContaining(["node_modules/preact", "node_modules/mqtt", "node_modules/uplot"]));
  expectLicenses(text, packages);
});

test("the licences of all software in the hub's bundle are beside it", () => {
  const packages = packagesIn(bundle);

  expect(packages).toEqual(expect.arrayContaining(["node_modules/express", "node_modules/pino", "node_modules/zod"]));
  expectLicenses(readFileSync(path.join(bundle, "third-party-licenses.txt"), "utf8"), packages);
});

function expectLicenses(text: string, packages: readonly string[]): void {
  for (const folder of packages) {
    const { name, version } = JSON.parse(readFileSync(path.join(root, folder, "package.json"), "utf8"));
    expect(text, folder).toContain(`\n${name} ${version}\n\n`);
    const file = readdirSync(path.join(root, folder)).find((each) => /^licen[cs]e/i.test(each)) ?? "LICENSE";
    expect(text, folder).toContain(
      readFileSync(path.join(root, folder, file), "utf8")
        .replaceAll("\r\n", "\n")
        .trim(),
    );
  }
}

test.each([
  ["is named by MQTT.js's own build", "readable-stream", "Node.js contributors"],
  ["is not installed here", "@jspm/core", "Copyright 2018-2021 Guy Bedford"],
  ["is carried by another", "ieee754", "Copyright 2008 Fair Oaks Labs, Inc."],
])("what was built into a package before it was published is there too: one that %s", async (_what, name, words) => {
  const hub = await startHub();

  const { text } = await ask(hub, "/third-party-licenses.txt");

  expect(text.split(`\n${name} (in mqtt)\n\n`)[1]?.split("-".repeat(80))[0]).toContain(words);
});
