/** The mongod that all files of a run share. For tests that neither stop it nor count what others do to it; each has a database of its own. */
import { inject } from "vitest";
import type { Mongod } from "./mongod.ts";

export type SharedMongod = Pick<Mongod, "url" | "port">;

/** Rejects with one clear message where there is no mongod. */
export async function sharedMongod(kind: "standalone" | "replica-set" = "standalone"): Promise<SharedMongod> {
  const answer = await fetch(`${inject("mongodOfRun")}/${kind}`);
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as SharedMongod;
}
