import { expect, test } from "vitest";
import { EXAMPLES } from "../../../scripts/devices-table.ts";
import { parseDeviceId } from "../../../src/core/model/device-id.ts";
import type { ExampleGroup } from "../../support/dialects/dialect-example.ts";
import { playExamples } from "../../support/dialects/play-examples.ts";

test.each(EXAMPLES)(
  "what docs/devices.md says of $title is what the hub makes of it, with all families at once",
  (group) => {
    expect(playExamples(group)).toEqual(group.examples.map(([, , ...becomes]) => becomes));
  },
);

test("ids and names of metrics that families make are valid ones", () => {
  const lines = EXAMPLES.flatMap(({ examples }) => examples.flatMap(([, , ...becomes]) => becomes));
  const readings = lines.flatMap((line) => {
    const [, id = "", metrics] = /^(\S+) (\{.*\})( at \S+)?$/.exec(line) ?? [];
    return metrics === undefined ? [] : [{ id, names: Object.keys(JSON.parse(metrics) as object) }];
  });
  expect(readings.length).toBeGreaterThan(40);
  for (const { id, names } of readings) {
    expect(parseDeviceId(id), id).toMatchObject({ ok: true });
    for (const name of names) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/);
  }
});

test("no name from the wire begins with _, which derived metrics do: Aerie's own boards are refused, of the others it is changed", () => {
  const lines = EXAMPLES.flatMap((group) => playExamples(underscored(group)).flat());
  const readings = lines.flatMap((line) => {
    const [, metrics] = /^\S+ (\{.*\})( at \S+)?$/.exec(line) ?? [];
    return metrics === undefined ? [] : [Object.keys(JSON.parse(metrics) as object)];
  });
  expect(readings.length).toBeGreaterThan(20);
  expect(readings.flat().filter((name) => name.startsWith("_"))).toEqual([]);
  expect(lines).toContain("kitchen refused: METRIC_NAME_INVALID");
  expect(lines.some((line) => line.includes('"m_'))).toBe(true);
});

/** Each name in it begins with `_`. */
const underscored = (group: ExampleGroup): ExampleGroup => ({
  ...group,
  examples: group.examples.map(([topic, payload, ...becomes]) => [
    topic.replace(/\/(temperature|humidity|power|energy|state)$/, "/_$1"),
    typeof payload === "string"
      ? payload.replace(/"([A-Za-z]\w*)":(?=[\d.-]|true|false)/g, '"_$1":')
      : withNames(payload),
    ...becomes,
  ]),
});

const withNames = (payload: Exclude<ExampleGroup["examples"][number][1], string>): typeof payload => ({
  ...payload,
  metrics: (payload.metrics ?? []).map((metric) => ({
    ...metric,
    ...(typeof metric.name === "string" && !/bdSeq|Node Control/.test(metric.name) && { name: `_${metric.name}` }),
  })),
});
