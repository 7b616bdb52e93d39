/** Each recipe of *Add a board* is put on a board of its kind, which then appears with its readings, and is refused nothing. */
import { expect, onTestFinished, test } from "vitest";
import { startFamily } from "../../../firmware-sim/families/family-client.ts";
import type { SimulatedFamilyName } from "../../../firmware-sim/families/family-list.ts";
import { systemClock } from "../../../firmware-sim/helpers/clock.ts";
import { createTally } from "../../../firmware-sim/helpers/tally.ts";
import type { Recipe } from "../../../public/app/access/recipes/recipe.ts";
import { RECIPES, type RecipeKind } from "../../../public/app/access/recipes/recipes.ts";
import type { Device } from "../../../src/contract/readings.ts";
import type { DevicesPage, RefusalsAnswer } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type AccessWorld, openAccessWorld } from "../../support/hub/access-world.ts";
import { type RecipeSettings, recipeSettings } from "../../support/recipes/recipe-settings.ts";
import { until } from "../../support/until.ts";

/** The firmware that a recipe of another family is for. */
const FIRMWARES: Readonly<Partial<Record<RecipeKind, SimulatedFamilyName>>> = {
  Tasmota: "tasmota",
  ESPHome: "esphome",
  "Shelly Gen1": "shelly1",
  "Shelly Gen2+": "shelly2",
  Zigbee2MQTT: "zigbee2mqtt",
  Homie: "homie4",
  "ThingsBoard client": "thingsboard",
};

interface Credential {
  readonly secret: string;
  /** Undefined: it speaks for many devices. */
  readonly deviceId: string | undefined;
}

/** As the page asks for it. */
async function credentialOf(world: AccessWorld, recipe: Recipe, name: string): Promise<Credential> {
  const { family, preset } = recipe;
  const [path, body] =
    family === "application"
      ? ["/api/applications", { name, preset }]
      : ["/api/boards", family === "native" ? { deviceId: name } : { family, name }];
  const answer = await world.owner.ask<{ secret: string; deviceId?: string }>(path, { method: "POST", body });
  expect(answer.status).toBe(201);
  return { secret: answer.body.secret, deviceId: answer.body.deviceId };
}

/** What a sketch does with the settings that it found. */
async function playSketch({ host, port, username, password, name }: RecipeSettings): Promise<void> {
  const client = await connectJs(`mqtt://${host}:${port}`, { clientId: name, username, password: password ?? "" });
  await client.publish(`devices/${name}/status`, "online", { retain: true, qos: 1 });
  await client.publish(`devices/${name}/telemetry`, '{"temperature":21.5}', { qos: 1 });
}

function playFirmware(family: SimulatedFamilyName, settings: RecipeSettings): void {
  const { host, port, username, password, name } = settings;
  const clients = startFamily({
    family,
    devices: family === "zigbee2mqtt" ? 3 : 1,
    name,
    seed: 1,
    intervalMs: 300,
    bootSpreadMs: 1,
    utcOffsetMinutes: 0,
    address: { protocol: "mqtt", host, port, path: "", insecure: false, username, password: password ?? "" },
    mqttVersion: "3.1.1",
    clock: systemClock,
    tally: createTally({ devices: 1, now: Date.now }),
  });
  onTestFinished(async () => void (await Promise.all(clients.map((client) => client.stop()))));
}

const hasReading = ({ latest }: Device): boolean => Object.keys(latest).length > 0;

test.each(RECIPES.map((recipe, index) => [recipe.kind, index] as const))("%s", async (kind, index) => {
  const recipe = RECIPES[index] as Recipe;
  const world = await openAccessWorld();
  const name = `attic-${index}`;
  const { secret, deviceId } = await credentialOf(world, recipe, name);
  const login = recipe.family === "native" ? name : `${recipe.family}:${name}`;
  const { mqttHost: host, mqttPort: port } = world.hub;
  const text = recipe.text({ host, port, name, login, secret, wifiName: "home", wifiPassword: "pw" });
  const settings = recipeSettings(kind, text);
  const firmware = FIRMWARES[kind];
  if (firmware === undefined) await playSketch(settings);
  else playFirmware(firmware, settings);

  const device = await until(`a device of ${kind} has a reading`, async () => {
    const { devices } = (await world.owner.ask<DevicesPage>("/api/devices")).body;
    return devices.find((each) => hasReading(each) && (deviceId === undefined || each.deviceId === deviceId));
  });
  const { rejections } = (await world.owner.ask<RefusalsAnswer>("/api/refusals")).body;
  expect(device.presence).toBe("online");
  expect(rejections).toEqual([]);
});
