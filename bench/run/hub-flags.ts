/** Says which requested settings a hub's build has, by its own help. */
import { ended, type Owned } from "../helpers/owned.ts";

/** By flag without its dashes: `{ "max-devices": 20_000 }`. */
export type HubSettings = Readonly<Record<string, number | string>>;

/** A hub stops at a setting that it does not know; builds of several ages are measured. */
export async function knownFlags(owned: Owned, entry: string, settings: HubSettings): Promise<string[]> {
  const requested = Object.entries(settings);
  if (requested.length === 0) return [];
  const child = owned.spawnNode([entry, "start", "--help"], ["ignore", "pipe", "inherit"]);
  let help = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    help += text;
  });
  await ended(child);
  return requested.flatMap(([name, value]) => (help.includes(`--${name} `) ? [`--${name}`, String(value)] : []));
}
