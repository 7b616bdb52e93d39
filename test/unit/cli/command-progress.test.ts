/** What a long command says of itself. */
import { expect, test } from "vitest";
import { progressLine, showProgress } from "../../../src/cli/shared/progress.ts";
import { bytesText, countText, durationText } from "../../../src/cli/shared/quantity.ts";
import { createManualClock } from "../../support/clock/manual-clock.ts";

test("a line says how much, how fast and how long yet", () => {
  expect(progressLine("Importing", { readings: 120_000, bytes: 36_000_000, fraction: 0.25 }, 2_000)).toBe(
    "Importing: 25 %, 120,000 readings, 60,000/s, 18.0 MB/s, 6.0 s left",
  );
  expect(progressLine("Copying", { bytes: 5_000, fraction: undefined }, 1_000)).toBe("Copying: 5.00 KB, 5.00 KB/s");
  expect(progressLine("Copying", { readings: 500, fraction: 1 }, 1_000)).toBe("Copying: 100 %, 500 readings, 500/s");
});

test("a terminal has one line that is drawn over and goes; a log has one each ten seconds", () => {
  const clock = createManualClock();
  const written = { terminal: "", log: "" };
  const done = () => ({ bytes: 1, fraction: 0.5 });
  const screen = (which: keyof typeof written, isTTY: boolean) => ({
    isTTY,
    columns: 20,
    write: (text: string) => {
      written[which] += text;
    },
  });
  const both = [
    showProgress({ clock, screen: screen("terminal", true), verb: "Copying", done }),
    showProgress({ clock, screen: screen("log", false), verb: "Copying", done }),
  ];

  clock.advance(20_000);
  for (const each of both) each.end();

  expect(written.log.split("\n")).toHaveLength(3);
  expect(written.terminal).not.toContain("\n");
  expect(written.terminal.endsWith("\r\x1b[K")).toBe(true);
  for (const line of written.terminal.split("\r\x1b[K")) expect(line.length).toBeLessThan(20);
});

test("quantities are those of a person", () => {
  expect([0, 999, 1_000, 1_234_567].map(countText)).toEqual(["0", "999", "1,000", "1,234,567"]);
  expect([0, 999, 1_000, 34_500_000, 2e12].map(bytesText)).toEqual([
    "0 bytes",
    "999 bytes",
    "1.00 KB",
    "34.5 MB",
    "2.00 TB",
  ]);
  expect([400, 12_300, 65_000, 3_900_000].map(durationText)).toEqual(["0.4 s", "12 s", "1 min 5 s", "1 h 5 min"]);
});
