/** A `hub.db` of each version that there was: after an upgrade everything in it is there. Runs what was built. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { HUB_FORMAT } from "../../../src/store/sqlite/hub-file/hub-schema.ts";
import { openBuiltHubFile } from "../../support/hub/built-hub-file.ts";
import { tempDir } from "../../support/hub/hub.ts";
import { pictureOf } from "../../support/hub/hub-file-picture.ts";
import { SAMPLES } from "../../support/samples/sample.ts";
import { schemaOf } from "../../support/samples/schema-of.ts";

const VERSIONS = [1, 2];

const sampleOf = (version: number): Buffer =>
  gunzipSync(readFileSync(path.join(SAMPLES, "hub-file", `version-${version}.db.gz`)));

test("there is a sample of each version", () => {
  expect(VERSIONS).toEqual(HUB_FORMAT.migrations.map((_, index) => index + 1));
});

test.each(VERSIONS)("a hub.db of version %i has everything that it had", async (version) => {
  const [dataDir, newDir] = [tempDir(), tempDir()];
  writeFileSync(path.join(dataDir, "hub.db"), sampleOf(version));
  const holds = JSON.parse(readFileSync(path.join(SAMPLES, "hub-file", `version-${version}.holds.json`), "utf8"));

  const { hubFile, log } = await openBuiltHubFile(dataDir);

  expect(await pictureOf(hubFile)).toEqual(holds);
  expect(log.lines).toEqual([]);
  await hubFile.close();
  await (await openBuiltHubFile(newDir)).hubFile.close();
  expect(schemaOf(path.join(dataDir, "hub.db"))).toEqual(schemaOf(path.join(newDir, "hub.db")));
});
