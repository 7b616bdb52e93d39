/** Writes dist/build.json: version, build id, and when it was built. */
import { createHash } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const dist = path.join(import.meta.dirname, "..", "dist");
const { version } = JSON.parse(readFileSync(path.join(dist, "..", "package.json"), "utf8")) as { version: string };
const hash = createHash("sha256");
for (const file of readdirSync(dist, { recursive: true, withFileTypes: true }).sort((a, b) =>
  a.name < b.name ? -1 : 1,
)) {
  if (file.isFile() && file.name !== "build.json") hash.update(readFileSync(path.join(file.parentPath, file.name)));
}
const id = `${version}-${hash.digest("hex").slice(0, 10)}`;
writeFileSync(path.join(dist, "build.json"), `${JSON.stringify({ version, id, builtAtMs: Date.now() })}\n`);
chmodSync(path.join(dist, "src", "server.js"), 0o755);
