/** The device id that becomes of a board's name. */
import { expect, test } from "vitest";
import { deviceIdOf } from "../../../public/app/add-board/device-id-of.ts";

test.each([
  ["cellar", "cellar"],
  [" esp32_01:A~b ", "esp32_01:A~b"],
  ["Cellar, north", "cellar-north"],
  ["Küche (Fenster)", "kuche-fenster"],
  ["Гараж 2", "2"],
  ["🔥", ""],
  ["", ""],
  ["..", ""],
  [`${"very long ".repeat(12)}name`, "very-long-very-long-very-long-very-long-very-long-very-long-very"],
  ["x".repeat(70), "x".repeat(64)],
])("%j becomes %j", (name, id) => {
  expect(deviceIdOf(name)).toBe(id);
});
