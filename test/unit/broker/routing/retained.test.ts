import fc from "fast-check";
import { expect, test } from "vitest";
import { keptOf, leftMsOf, type Publication, revived } from "../../../../src/broker/routing/publication.ts";
import { createRetained, type Retained } from "../../../../src/broker/routing/retained.ts";
import { bytesHeldBy } from "../../../support/memory/heap.ts";
import { publication, textOf } from "../../../support/packets/publications.ts";

/** The standards' words, level by level. [MQTT 4.7] */
function fits(filter: string, topic: string): boolean {
  if (topic.startsWith("$") && /^[+#]/.test(filter)) return false; // [MQTT-4.7.2-1]
  const filters = filter.split("/");
  const topics = topic.split("/");
  const isOpen = filters.at(-1) === "#";
  const head = isOpen ? filters.slice(0, -1) : filters;
  if (isOpen ? topics.length < head.length : topics.length !== head.length) return false;
  return head.every((level, at) => level === "+" || level === topics[at]);
}

const aLevel = fc.constantFrom("a", "b", "", "$x", "__proto__");
const aTopic = fc
  .array(aLevel, { minLength: 1, maxLength: 4 })
  .map((levels) => levels.join("/"))
  .filter((topic) => topic !== "");
const aFilter = fc
  .tuple(fc.array(fc.oneof(aLevel, fc.constant("+")), { maxLength: 4 }), fc.boolean())
  .map(([levels, isOpen]) => (isOpen ? [...levels, "#"] : levels).join("/"))
  .filter((filter) => filter !== "");

function topicsOf(retained: Retained, filter: string): string[] {
  const matches = retained.find(filter);
  const topics = [...matches.topics()].map(({ publication: kept }) => kept?.topic ?? "nothing");
  expect(matches.count).toBe(topics.length);
  return topics.sort();
}

test("whatever is set and taken away, a filter finds what a scan of all topics finds, and count and bytes are theirs", () => {
  const step = fc.record({ isSet: fc.boolean(), topic: aTopic, filter: aFilter, text: fc.string({ maxLength: 20 }) });
  const property = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const retained = createRetained();
    const model = new Map<string, Publication>();
    for (const { isSet, topic, filter, text } of steps) {
      if (isSet) {
        const kept = publication({ topic, text });
        retained.set(kept);
        model.set(topic, kept);
      } else expect(retained.delete(topic)).toBe(model.delete(topic));
      expect(topicsOf(retained, filter)).toEqual([...model.keys()].filter((each) => fits(filter, each)).sort());
      for (const [each, kept] of model) expect(retained.get(each)).toBe(kept);
      expect(retained.count).toBe(model.size);
    }
    for (const topic of model.keys()) retained.delete(topic);
    expect([retained.count, retained.bytes, topicsOf(retained, "#")]).toEqual([0, 0, []]);
  });
  fc.assert(property, { numRuns: 500 });
});

test("a newer message takes the place of the older, in what is counted as well", () => {
  const retained = createRetained();
  retained.set(publication({ topic: "a", text: "x".repeat(1_000) }));
  const large = retained.bytes;
  retained.set(publication({ topic: "a", text: "y" }));
  expect([retained.count, textOf(retained.get("a")?.payload ?? Buffer.alloc(0))]).toEqual([1, "y"]);
  expect(large - retained.bytes).toBe(999);
});

test("messages that have expired are taken, each once, and no others", () => {
  const retained = createRetained();
  retained.set(publication({ topic: "short", expiryS: 10 }));
  retained.set(publication({ topic: "long", expiryS: 20 }));
  retained.set(publication({ topic: "for ever" }));
  retained.set(publication({ topic: "replaced", expiryS: 10 }));
  retained.set(publication({ topic: "replaced" }));
  retained.set(publication({ topic: "deleted", expiryS: 10 }));
  retained.delete("deleted");
  const takenAt = (nowMs: number): string[] => retained.takeExpired({ sinceMs: (atMs) => nowMs - atMs });
  expect(takenAt(9_999)).toEqual([]);
  expect(takenAt(10_000)).toEqual(["short"]);
  expect(takenAt(10_000)).toEqual([]);
  expect(topicsOf(retained, "#")).toEqual(["for ever", "long", "replaced"]);
});

test("topics that were taken away hold no memory", () => {
  const held = bytesHeldBy(() => {
    const retained = createRetained();
    for (let at = 0; at < 20_000; at++) retained.set(publication({ topic: `x${at}/y/${at}/z` }));
    for (let at = 0; at < 20_000; at++) retained.delete(`x${at}/y/${at}/z`);
    return retained;
  });
  expect(held).toBeLessThan(5_000_000);
});

test("what is counted as bytes is about what topics of many levels hold in memory", () => {
  const levels = Array.from({ length: 99 }, () => "a").join("/");
  const retained = createRetained();
  const held = bytesHeldBy(() => {
    for (let at = 0; at < 200; at++) retained.set(publication({ topic: `${at}/${levels}`, text: "1" }));
    return retained;
  });
  expect(held / retained.bytes).toBeLessThan(3);
});

test("a kept message that a wrong clock noted for years ahead expires after its interval, one of the past at its time", () => {
  const START_MS = Date.UTC(2026, 10, 22);
  for (const [publishedMs, leftMs] of [
    [START_MS + 10 * 365 * 86_400_000, 6_000],
    [START_MS, 6_000],
    [START_MS - 3_000, 3_000],
  ] as const) {
    const back = revived(keptOf(publication({ expiryS: 10 }, publishedMs)), START_MS);
    const sinceMs = (atMs: number): number => Math.max(0, START_MS + 4_000 - atMs);
    expect(leftMsOf(back, { sinceMs })).toBe(leftMs);
  }
});

test("what is deleted while a filter's topics are walked is left out, and what is replaced is what it is by then", () => {
  const retained = createRetained();
  for (const topic of ["a/1", "a/2", "a/3/x", "a/4"]) retained.set(publication({ topic, text: "old" }));
  const topics = retained.find("a/#").topics();
  expect(topics.next().value?.publication?.topic).toBe("a/1");
  retained.delete("a/2");
  retained.delete("a/3/x");
  retained.set(publication({ topic: "a/4", text: "new" }));
  const rest = [...topics].map(({ publication: kept }) => [kept?.topic, textOf(kept?.payload ?? Buffer.alloc(0))]);
  expect(rest).toEqual([["a/4", "new"]]);
});
