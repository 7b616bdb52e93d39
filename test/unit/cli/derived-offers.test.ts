/** The commands that `aerie derived presets` prints can all be run, in their order. */
import { expect, test } from "vitest";
import { offersText } from "../../../src/cli/commands/derived-command.ts";

const offer = (metric: string, expression: string, devices: string[]) => ({
  preset: "dewPoint" as const,
  metric,
  label: "Dew point",
  unit: "°C",
  digits: 1,
  expression,
  devices,
});

test("of one metric, only one definition is for all devices: a second one would be refused", () => {
  const text = offersText([
    offer("_dewPoint", "dewPoint(temperature, humidity)", ["a", "b", "c", "d"]),
    offer("_dewPoint", "dewPoint(air.temperature, air.humidity)", ["e", "f", "g", "h"]),
    offer("_vpd", "vpd(temperature, humidity)", ["a", "b", "c", "d"]),
  ]);
  const commands = text.split("\n").filter((line) => line.startsWith("aerie "));
  expect(commands.map((command) => /--devices (\S+)/.exec(command)?.[1])).toEqual([undefined, "e,f,g,h", undefined]);
});
