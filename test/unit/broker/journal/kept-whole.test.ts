/** What damage made of kept messages and subscriptions is left out, forgotten and said; what is whole stays as it is. */
import { expect, test } from "vitest";
import { withoutDamaged } from "../../../../src/broker/journal/kept-whole.ts";
import type { Journal, JournalEntry, KeptMessage } from "../../../../src/core/ports/broker-state.ts";

/** A user property `a: b`, and a content type. */
const PROPERTIES = Uint8Array.of(0x26, 0, 1, 97, 0, 1, 98, 0x03, 0, 4, 106, 115, 111, 110);

const message = (more: Partial<KeptMessage> = {}): KeptMessage => ({
  topic: "home/hall",
  payload: Uint8Array.of(1),
  qos: 1,
  retain: false,
  properties: PROPERTIES,
  expiresAtMs: undefined,
  publisher: undefined,
  ...more,
});

function keptOf(value: KeptMessage, filter = "home/#"): Journal {
  const subscription = { qos: 1, noLocal: false, retainAsPublished: false, subscriptionId: undefined } as const;
  return {
    sessions: [],
    inbound: [],
    subscriptions: [{ clientId: "panel", filter, value: subscription }],
    retained: [{ topic: value.topic, value }],
    deliveries: [
      {
        clientId: "panel",
        order: 0,
        value: { message: value, qos: 1, retain: false, subscriptionIds: [], share: undefined },
      },
      {
        clientId: "panel",
        order: 1,
        value: { message: undefined, qos: 2, retain: false, subscriptionIds: [], share: undefined },
      },
    ],
    wills: [
      {
        clientId: "board",
        value: { message: value, delayS: 0, keepAliveS: 60, expiryS: undefined, dueAtMs: undefined },
      },
    ],
  };
}

function check(kept: Journal) {
  const forgotten: JournalEntry["of"][] = [];
  const words: string[] = [];
  const left = withoutDamaged(
    kept,
    { note: (entry) => void forgotten.push(entry.of) },
    (each) => void words.push(each),
  );
  return { left, forgotten, words };
}

test("what is whole stays as it is, with properties longer than one byte of length says too", () => {
  const long = Buffer.concat([...Array(40)].map(() => PROPERTIES.subarray(0, 7)));
  for (const properties of [new Uint8Array(0), PROPERTIES, long]) {
    const kept = keptOf(message({ properties }), "$share/group/home/+");
    expect(check(kept)).toEqual({ left: kept, forgotten: [], words: [] });
  }
});

test.each([
  ["a wildcard in the topic", { topic: "home/#" }],
  ["no topic", { topic: "" }],
  ["a zero in the topic", { topic: "home\0hall" }],
  ["an unknown property", { properties: Uint8Array.of(0x7f, 1) }],
  ["a property that ends too early", { properties: PROPERTIES.subarray(0, 12) }],
  ["a length that leads beyond the end", { properties: Uint8Array.from(PROPERTIES).fill(255, 8, 9) }],
  ["a text that is no UTF-8", { properties: Uint8Array.from(PROPERTIES).fill(0xff, 10, 11) }],
])("of a message with %s nothing is sent, and it is said once for each", (_, broken) => {
  const { left, forgotten, words } = check(keptOf(message(broken)));
  expect(left).toMatchObject({
    retained: [],
    wills: [],
    deliveries: [{ order: 1 }],
    subscriptions: [{ clientId: "panel" }],
  });
  expect(forgotten).toEqual(["retained", "delivery", "will"]);
  expect(words).toHaveLength(3);
  for (const each of words) expect(each).toMatch(/damaged.*backup/);
});

test.each(["", "home/#/x", "ho+me", "$share/", "a\0b"])("a filter %j is no subscription any more", (filter) => {
  const { left, forgotten, words } = check(keptOf(message(), filter));
  expect(left.subscriptions).toEqual([]);
  expect(left.deliveries).toHaveLength(2);
  expect(forgotten).toEqual(["subscription"]);
  expect(words[0]).toContain("panel");
});
