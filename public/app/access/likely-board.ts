/** Guesses from the client id of a refused board what to fill in where a board is connected. */
import type { RecipeKind } from "./recipes/recipes.ts";

export interface LikelyBoard {
  /** Undefined: nothing is known of it. */
  readonly kind: RecipeKind | undefined;
  readonly id: string;
}

/** Client ids as firmwares make them, and device ids of families. In the pattern's group is the name. */
const SIGNS: readonly [kind: RecipeKind, pattern: RegExp, nameBefore?: string][] = [
  // Its default Topic ends with the same six digits.
  ["Tasmota", /^DVES_([0-9A-F]{6})$/, "tasmota_"],
  ["Tasmota", /^tasmota:(.+)$/],
  ["Shelly Gen2+", /^(?:shelly:)?(shelly[\w-]+-[0-9a-f]{12})$/],
  ["Shelly Gen1", /^(?:shelly:)?(shelly[\w-]+-[0-9A-F]{6,12})$/],
  ["Shelly Gen2+", /^shelly:(.+)$/],
  ["ESPHome", /^ha:(.+)$/],
  ["Homie", /^homie:(.+)$/],
  ["ThingsBoard client", /^thingsboard:(.+)$/],
];

/** `clientId` may have its credential before it, and a slash between them. */
export function likelyBoard(clientId = ""): LikelyBoard {
  const [said = ""] = clientId.split("/");
  for (const [kind, pattern, nameBefore = ""] of SIGNS) {
    const name = pattern.exec(said)?.[1];
    if (name !== undefined) return { kind, id: nameBefore + name };
  }
  return { kind: undefined, id: said.replace(/[^A-Za-z0-9._:~-]/g, "-").slice(0, 64) };
}
