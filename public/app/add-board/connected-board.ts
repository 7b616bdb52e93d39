/** A board that the page connects: by the credential that the hub made for it, or without one. */
import type { BoardAnswer } from "../../../src/contract/access.ts";
import type { Recipe } from "../access/recipes/recipe.ts";
import { RECIPES } from "../access/recipes/recipes.ts";
import { getBoardCheck, postApplication, postBoard } from "../hub/api.ts";
import { deviceIdOf } from "./device-id-of.ts";

export interface Connected {
  readonly recipe: Recipe;
  /** As it calls itself in its topics, or of an application. */
  readonly name: string;
  readonly login: string;
  /** Empty: it needs none. Undefined: it has one, which the hub does not tell. */
  readonly secret: string | undefined;
  /** By which the hub is asked about it: a device id, or that of an application. */
  readonly checkedId: string;
  /** What its device is to be called once it is there. Undefined: as it is called. */
  readonly title?: string | undefined;
  /** What was before does not count, by the hub's time; empty: all counts. */
  readonly at: string;
}

/** Makes its secret. */
export async function connectedBy(recipe: Recipe, name: string): Promise<Connected> {
  const { family, preset } = recipe;
  if (family === "application") {
    const { id, secret, createdAt } = await postApplication({ name, preset });
    return { recipe, name, login: "zigbee2mqtt", secret, checkedId: `@${id}`, at: createdAt };
  }
  if (family !== "native") return { ...connectedAs(await postBoard({ family, name })), recipe };
  const deviceId = deviceIdOf(name);
  // A device that is there has a name, or none.
  const { isKnown } = await getBoardCheck({ device: deviceId });
  const made = connectedAs(await postBoard({ deviceId }));
  return { ...made, recipe, title: isKnown || deviceId === name ? undefined : name };
}

/** By what the hub answers of its credential. */
export function connectedAs({
  deviceId,
  family,
  name,
  secret,
  createdAt,
}: BoardAnswer & { secret?: string }): Connected {
  const login = family === "native" ? deviceId : `${family}:${name}`;
  const recipe = RECIPES.find((each) => each.family === family) ?? RECIPES[0];
  return { recipe, name, login, secret, checkedId: deviceId, at: createdAt };
}

/** Where no password is needed. Undefined: it has no valid name yet. */
export function withoutSecret(recipe: Recipe, text: string): Connected | undefined {
  const isNative = recipe.family === "native";
  const name = isNative ? deviceIdOf(text) : text.trim();
  return name === "" ? undefined : { recipe, name, login: name, secret: "", checkedId: isNative ? name : "", at: "" };
}
