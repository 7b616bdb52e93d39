import { expect, test } from "vitest";
import { MAX_RULES, type RuleFields, ruleFields } from "../../../../src/contract/alerts.ts";
import { createRuleBook } from "../../../../src/core/alerts/rule-book.ts";
import { faultsIn } from "../../../../src/core/alerts/rule-faults.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryAlertFile } from "../../../support/memory/memory-alert-file.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";
import { ruleOf } from "./alert-world.ts";

const t = { metric: "t" } as const;

test.each<[Partial<RuleFields>, string[]]>([
  [{}, []],
  [{ scope: {} }, ["scope"]],
  [{ scope: { all: true, devices: ["a"] } }, ["scope"]],
  [{ scope: { families: ["zigbee"] } }, []],
  [{ condition: { kind: "above", ...t, threshold: 5, clear: 6 } }, ["condition.clear"]],
  [{ condition: { kind: "above", ...t, threshold: 5, clear: 5 } }, []],
  [{ condition: { kind: "below", ...t, threshold: 5, clear: 4 } }, ["condition.clear"]],
  [{ condition: { kind: "outside", ...t, low: 5, high: 5 } }, ["condition.low"]],
  [{ condition: { kind: "outside", ...t, low: 0, high: 4, margin: 3 } }, ["condition.margin"]],
  [{ condition: { kind: "outside", ...t, low: 0, high: 4, margin: 2 } }, []],
  [{ condition: { kind: "rate", ...t, perS: 60, overS: 60 } }, ["condition.above"]],
  [{ condition: { kind: "rate", ...t, above: 1, below: 2, perS: 60, overS: 60 } }, ["condition.below"]],
  [{ condition: { kind: "noData" } }, ["condition.afterS"]],
  [{ condition: { kind: "noData", afterS: 60, intervals: 3, regular: true } }, []],
  [{ condition: { kind: "class", deviceClass: "battery" } }, ["condition.below"]],
  [{ condition: { kind: "class", deviceClass: "battery", below: 90, above: 80 } }, ["condition.below"]],
  [{ condition: { kind: "hub", what: ["disk"] } }, []],
  [{ condition: { kind: "hub", what: ["disk"] }, scope: { devices: ["a"] } }, ["scope"]],
  [
    {
      condition: {
        kind: "any",
        of: [
          { kind: "presence", state: "late" },
          { kind: "above", ...t, threshold: 1, clear: 2 },
        ],
      },
    },
    ["condition.of.1.clear"],
  ],
  [
    {
      condition: {
        kind: "all",
        of: [
          { kind: "class", deviceClass: "x", below: 1 },
          { kind: "presence", state: "late" },
        ],
      },
    },
    ["condition.of.0"],
  ],
  [{ activeTimes: { from: "08:00", to: "08:00" } }, ["activeTimes"]],
  [{ escalate: { afterS: 60, channels: ["unknown"] }, channels: ["unknown"] }, []],
])("%j has its faults found: %j", (fields, faulty) => {
  const rule = ruleOf(fields);
  expect(ruleFields.parse(rule)).toEqual(rule);
  expect(faultsIn(rule).map(({ field }) => field)).toEqual(faulty);
});

function start(file = createMemoryAlertFile()) {
  const [clock, log] = [createManualClock(), createMemoryLog()];
  return { file, log, book: createRuleBook({ hubFile: file, stored: file.records(), clock, log }) };
}

test("rules are stored before they are answered, and are there after a restart; what cannot be read is left as it is", async () => {
  const { book, file } = start();
  const changes: string[] = [];
  book.onChange((before, after) => changes.push(`${before?.name ?? "-"} ${after?.name ?? "-"}`));
  const first = await book.add(ruleOf());
  await book.add(ruleOf({ name: "Second" }));
  if (first.kind !== "done") throw new Error(first.kind);
  expect(await book.replace(first.item.id, ruleOf({ name: "First" }))).toMatchObject({
    kind: "done",
    item: { name: "First" },
  });
  expect(await book.replace("none", ruleOf())).toEqual({ kind: "unknown" });
  expect(await book.replace(first.item.id, ruleOf({ scope: {} }))).toMatchObject({ kind: "refused" });
  await file.write([
    { of: "record", kind: "rule", id: "newer", data: JSON.stringify({ ...ruleOf(), condition: { kind: "smell" } }) },
  ]);
  const again = start(file);
  expect(again.book.list().map(({ name }) => name)).toEqual(["First", "Second"]);
  expect(again.log.lines).toMatchObject([{ fields: { id: "newer" } }]);
  expect(await book.remove(first.item.id)).toBe(true);
  expect(await book.remove(first.item.id)).toBe(false);
  expect(changes).toEqual(["- Too hot", "- Second", "Too hot First", "First -"]);
});

test("a rule that would make too many alerts is refused with their count, and there is a most of rules", async () => {
  const { book } = start();
  book.countBy(() => ({ own: 60_000, others: 50_000 }));
  expect(await book.add(ruleOf())).toMatchObject({
    kind: "refused",
    faults: [{ field: "scope", message: /60000.*110000/ }],
  });
  book.countBy(() => ({ own: 1, others: 0 }));
  for (let made = 0; made < MAX_RULES; made++) await book.add(ruleOf());
  expect(await book.add(ruleOf())).toEqual({ kind: "full" });
});
