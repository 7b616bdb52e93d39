/** What is kept of a message does not keep the message. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createRefusals } from "../../../../src/core/limits/refusals.ts";
import { copyOf, shortText } from "../../../../src/core/model/short-text.ts";
import { createAttributeChanges } from "../../../../src/dialects/payload/attribute-changes.ts";
import { jsonObjectOf } from "../../../../src/dialects/payload/payload-text.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

const MIB = 1_048_576;
const MESSAGES = 40;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function grownMib(run: () => void): number {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  run();
  collectGarbage();
  return (process.memoryUsage().heapUsed - before) / MIB;
}

test("a text is cut, and stays as it is otherwise", () => {
  expect(shortText("Kühlschrank im Keller", 11)).toBe("Kühlschrank");
  expect(shortText("kurz", 11)).toBe("kurz");
  for (const text of ["", "a", "\ud800", '"\\', "\u2028"]) expect(copyOf(text)).toBe(text);
});

test("40 refusals of payloads of 2 MiB take no 80 MiB", () => {
  const refusals = createRefusals({ clock: createManualClock({ nowMs: 0 }) });
  const grown = grownMib(() => {
    for (let index = 0; index < MESSAGES; index++) {
      const parsed = jsonObjectOf(new TextEncoder().encode(`{"a":"${"x".repeat(2 * MIB)}",broken: of the message`));
      if (parsed.ok) throw new Error("it is no JSON");
      refusals.add({ ...parsed.fault, kind: "message", clientId: `c${index}`, topic: "t" });
    }
  });
  expect(refusals.list()[0]?.place?.from).toBe("broken: of the messa");
  expect(grown).toBeLessThan(MESSAGES / 2);
});

test("nor do as many attributes", () => {
  const changes = createAttributeChanges();
  const again = (index: number) => changes.partOf(`tasmota:d${index}` as DeviceId, [["version", "x".repeat(256)]], 0);
  const grown = grownMib(() => {
    for (let index = 0; index < MESSAGES; index++) {
      const long = new TextDecoder().decode(new TextEncoder().encode("x".repeat(2 * MIB)));
      changes.partOf(`tasmota:d${index}` as DeviceId, [["version", long]], 0);
    }
  });
  expect(again(0)).toBeUndefined();
  expect(grown).toBeLessThan(MESSAGES / 2);
});
