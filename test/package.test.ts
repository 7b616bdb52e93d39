/** What npm knows of the project: its name, its command, and a lock that works with any registry. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const read = (file: string) => JSON.parse(readFileSync(path.join(import.meta.dirname, "..", file), "utf8"));

test("the package is aerie-hub, its command aerie, and the lock agrees", () => {
  const { name, bin, license } = read("package.json");
  const lock = read("package-lock.json");
  expect({ name, commands: Object.keys(bin), license }).toEqual({
    name: "aerie-hub",
    commands: ["aerie"],
    license: "MIT",
  });
  expect([lock.name, lock.packages[""].name, lock.packages[""].license]).toEqual([name, name, license]);
});

test("the lock has a checksum of each package and no address to download it from", () => {
  const packages = Object.entries<Record<string, unknown>>(read("package-lock.json").packages);
  expect(packages.length).toBeGreaterThan(100);
  for (const [folder, entry] of packages) {
    expect(entry, folder).not.toHaveProperty("resolved");
    if (folder !== "") expect(entry, folder).toHaveProperty("integrity");
  }
});
