/** docs/devices.md says what its examples, the dialects and the recipes of the dashboard say. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { RECIPES } from "../public/app/access/recipes/recipes.ts";
import { devicesTable, EXAMPLES, withTable } from "../scripts/devices-table.ts";
import { FAMILIES } from "../src/contract/families.ts";
import { EXAMPLE_MAPPINGS } from "./support/dialects/discovery-examples.ts";

const document = readFileSync(path.join(import.meta.dirname, "../docs/devices.md"), "utf8");

test("docs/devices.md has exactly the tables that the examples make", () => {
  expect(withTable(document, devicesTable()), "run npx tsx scripts/devices-table.ts").toBe(document);
});

/** Kind of the recipe, the board's name, its user name; what docs/devices.md writes for a secret is SECRET. */
const RECIPES_THERE = [
  ["Tasmota", "kitchen", "tasmota:kitchen"],
  ["Shelly Gen1", "shellyplug-s-C18B12", "shelly:shellyplug-s-C18B12"],
  ["Shelly Gen2+", "shellyplus1pm-4417939341dc", "shelly:shellyplus1pm-4417939341dc"],
  ["ESPHome", "livingroom", "esphome:livingroom"],
  ["Zigbee2MQTT", "zigbee2mqtt", "zigbee2mqtt"],
  ["Homie", "kitchen", "homie:kitchen"],
] as const;

test.each(RECIPES_THERE)(
  "docs/devices.md says what to type as the dashboard's recipe does: %s",
  (kind, name, login) => {
    const hub = { host: "192.168.1.10", port: 1883, secret: "SECRET", wifiName: "NETWORK", wifiPassword: "PASSWORD" };
    const recipe = RECIPES.find((each) => each.kind === kind);
    expect(document).toContain(`\n${recipe?.text({ ...hub, name, login })}\`\`\``);
  },
);

test("docs/devices.md has the mappings of which it shows examples", () => {
  const lines = document.split("\n").filter((line) => line.startsWith('{"topic"'));
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(EXAMPLE_MAPPINGS);
});

test("each family of devices has examples", () => {
  const lines = EXAMPLES.flatMap(({ examples }) => examples.flatMap(([, , ...becomes]) => becomes));
  const families = new Set(lines.flatMap((line) => /^([a-z]+):/.exec(line)?.[1] ?? []));
  expect([...families].sort()).toEqual(FAMILIES.filter((family) => family !== "mapping").sort());
});
