import { expect, test } from "vitest";
import { publicationOf } from "../../../../src/broker/routing/publication.ts";
import { createRetained } from "../../../../src/broker/routing/retained.ts";
import { createRetainedList } from "../../../../src/broker/routing/retained-list.ts";

test("pages are in the order of topics, however many match", () => {
  const retained = createRetained();
  for (let n = 999; n >= 0; n--) {
    const topic = `t/${String(n).padStart(3, "0")}`;
    const message = { topic, payload: new Uint8Array([1]), qos: 0 as const, retain: true, expiryS: undefined };
    retained.set(publicationOf({ ...message, properties: new Uint8Array() }, "board", n, 5));
  }
  const list = createRetainedList({
    retained,
    own: { publish: () => undefined },
    journal: { settle: () => undefined },
  });
  const isEven = (topic: string): boolean => Number(topic.slice(2)) % 2 === 0;
  const page = list.page(isEven, 3, "t/500");
  expect([page.messages.map(({ topic }) => topic), page.total, page.hasMore]).toEqual([
    ["t/502", "t/504", "t/506"],
    500,
    true,
  ]);
  expect(page.messages[0]).toMatchObject({ publisher: "board", setAtMs: 5 });
  expect(list.page(isEven, 3, "t/994")).toMatchObject({
    messages: [{ topic: "t/996" }, { topic: "t/998" }],
    hasMore: false,
  });
});
