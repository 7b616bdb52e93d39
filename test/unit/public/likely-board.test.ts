import { expect, test } from "vitest";
import { likelyBoard } from "../../../public/app/access/likely-board.ts";

test.each([
  ["DVES_C0FFEE", "Tasmota", "tasmota_C0FFEE"],
  ["tasmota:plug/DVES_C0FFEE", "Tasmota", "plug"],
  ["shellyplug-s-C18B12", "Shelly Gen1", "shellyplug-s-C18B12"],
  ["shelly1-E8DB84D7DF61", "Shelly Gen1", "shelly1-E8DB84D7DF61"],
  ["shellyplus1pm-4417939341dc", "Shelly Gen2+", "shellyplus1pm-4417939341dc"],
  ["shelly:shellyplug-s-C18B12/shellyplug-s-C18B12", "Shelly Gen1", "shellyplug-s-C18B12"],
  ["shelly:cellar/x", "Shelly Gen2+", "cellar"],
  ["ha:livingroom/livingroom-240ac4a1b2c3", "ESPHome", "livingroom"],
  ["homie:super-car/x", "Homie", "super-car"],
  ["thingsboard:press-4", "ThingsBoard client", "press-4"],
  ["boiler", undefined, "boiler"],
  ["my board~1/2", undefined, "my-board~1"],
  ["", undefined, ""],
])("of the client id %s, a board of the kind %s called %s is to be connected", (clientId, kind, id) => {
  expect(likelyBoard(clientId)).toEqual({ kind, id });
});
