/** What goes onto a board names the hub and the board's login, and no topic but the board's own. */
import { expect, test } from "vitest";
import { RECIPES, type RecipeKind } from "../../../public/app/access/recipes/recipes.ts";
import { recipeSettings } from "../../support/recipes/recipe-settings.ts";

const board = (login: string) => ({
  host: "hub.local",
  port: 1884,
  name: "attic",
  login,
  secret: "aerie_b_x",
  wifiName: 'my "home"',
  wifiPassword: "p'w",
});
const textOf = (kind: RecipeKind, login = "attic"): string =>
  RECIPES.find((each) => each.kind === kind)?.text(board(login)) ?? "";

test.each(RECIPES)("$kind: the board finds host, port, login, password and its name in the text", (recipe) => {
  const login = recipe.family === "native" ? "attic" : `${recipe.family}:attic`;
  const settings = recipeSettings(recipe.kind, recipe.text(board(login)));
  expect({ host: settings.host, port: settings.port }).toEqual({ host: "hub.local", port: 1884 });
  if (recipe.family === "thingsboard") {
    expect({ username: settings.username, password: settings.password }).toEqual({
      username: "aerie_b_x",
      password: undefined,
    });
    return;
  }
  expect({ username: settings.username, password: settings.password }).toEqual({
    username: login,
    password: "aerie_b_x",
  });
  if (recipe.family !== "application") expect(settings.name).toBe("attic");
});

test("boards of one's own name no topic but their own", () => {
  for (const recipe of RECIPES.filter(({ family }) => family === "native")) {
    const topics = [...textOf(recipe.kind).matchAll(/devices\/[\w/]*/g)].map(([topic]) => topic);
    expect(topics.length, recipe.kind).toBeGreaterThan(0);
    for (const topic of topics) expect(topic).toMatch(/^devices\/attic\//);
  }
});

test("Tasmota keeps the FullTopic that Home Assistant expects", () => {
  expect(textOf("Tasmota", "tasmota:attic")).toContain("FullTopic %prefix%/%topic%/;");
});

test("the sketch says on its serial port why it is not connected", () => {
  const sketch = textOf("Arduino");
  expect(sketch).toContain('Serial.println("No Wi-Fi: check WIFI_NAME and WIFI_PASSWORD");');
  expect(sketch).toContain('Serial.printf("Could not connect to the hub: state %d\\n", mqtt.state());');
  expect(sketch).toContain("4 or 5: wrong id or secret");
});
