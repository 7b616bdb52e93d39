/** The version and build time, as `npm run build` stamped them. */
import { readFileSync } from "node:fs";

export interface Build {
  readonly version: string;
  /** Differs from build to build, so that an open page knows that it is an old one. */
  readonly id: string;
  readonly builtAtMs: number;
}

export function readBuild(): Build {
  const stamp = JSON.parse(readFileSync(new URL("../../build.json", import.meta.url), "utf8")) as Build;
  return { version: stamp.version, id: stamp.id, builtAtMs: stamp.builtAtMs };
}
