/** The broker's journal: each kind put, replaced and removed; exactly there after a restart; one commit with readings. */
import { expect, test } from "vitest";
import type {
  Journal,
  JournalEntry,
  JournalWrite,
  KeptDelivery,
  KeptMessage,
} from "../../../src/core/ports/broker-state.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import type { Start } from "./opened-store.ts";
import { readAll, stored, T0, timed } from "./writes.ts";

export const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, value) => value);

export const journal = (entry: JournalEntry): JournalWrite => ({ kind: "journal", entry });

export const message = (more: Partial<KeptMessage> = {}): KeptMessage => ({
  topic: "home/hall",
  payload: Uint8Array.of(1, 2, 3),
  qos: 1,
  retain: false,
  properties: new Uint8Array(0),
  expiresAtMs: undefined,
  publisher: undefined,
  ...more,
});

export const delivery = (more: Partial<KeptDelivery> = {}): KeptDelivery => ({
  message: message(),
  qos: 1,
  retain: false,
  subscriptionIds: [],
  share: undefined,
  ...more,
});

export const ofDelivery = (clientId: string, order: number, value: KeptDelivery | undefined): JournalEntry => ({
  of: "delivery",
  clientId,
  order,
  value,
});

const session = (clientId: string, expiryS = 60): JournalEntry => ({
  of: "session",
  clientId,
  value: { version: 5, expiryS, disconnectedAtMs: undefined },
});

const subscription = (clientId: string, filter: string): JournalEntry => ({
  of: "subscription",
  clientId,
  filter,
  value: { qos: 1, noLocal: false, retainAsPublished: true, subscriptionId: undefined },
});

const inbound = (clientId: string, packetId: number): JournalEntry => ({
  of: "inbound",
  clientId,
  packetId,
  value: true,
});

const will = (clientId: string, more: Partial<KeptMessage> = {}): JournalEntry => ({
  of: "will",
  clientId,
  value: { message: message(more), delayS: 5, keepAliveS: 60, expiryS: undefined, dueAtMs: undefined },
});

const EMPTY: Journal = { sessions: [], subscriptions: [], retained: [], deliveries: [], inbound: [], wills: [] };

/** One message, one write for each. */
async function keep(store: Store, ...entries: JournalEntry[]): Promise<void> {
  const outcomes = await store.append([entries.map(journal)]);
  expect(outcomes).toEqual([entries.map(() => stored(0))]);
}

/** What a list says of order is of deliveries alone. */
function sorted(loaded: Journal): Journal {
  const byText = <Item>(items: readonly Item[]): Item[] =>
    [...items].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return {
    ...loaded,
    sessions: byText(loaded.sessions),
    subscriptions: byText(loaded.subscriptions),
    retained: byText(loaded.retained),
    inbound: byText(loaded.inbound),
    wills: byText(loaded.wills),
  };
}

export function describeJournal(start: Start): void {
  test("a store that is new has an empty journal", async () => {
    const { store } = await start();
    expect(await store.loadJournal()).toEqual(EMPTY);
  });

  test("each kind of entry comes back after a restart as it was put", async () => {
    const { store, reopen } = await start();
    const full = message({
      topic: "haus/küche/☀",
      payload: ALL_BYTES,
      qos: 2,
      retain: true,
      properties: ALL_BYTES.slice(7, 99),
      expiresAtMs: 0,
      publisher: "püblisher",
    });
    const bare = message({ payload: new Uint8Array(0), qos: 0 });
    const expected: Journal = {
      sessions: [
        { clientId: "a", value: { version: 3, expiryS: 0, disconnectedAtMs: 0 } },
        { clientId: "b", value: { version: 5, expiryS: 0xffff_ffff, disconnectedAtMs: undefined } },
        { clientId: "c", value: { version: 4, expiryS: 7, disconnectedAtMs: T0 } },
      ],
      subscriptions: [
        {
          clientId: "a",
          filter: "#",
          value: { qos: 0, noLocal: true, retainAsPublished: false, subscriptionId: 268_435_455 },
        },
        {
          clientId: "a",
          filter: "$share/g/+/x",
          value: { qos: 2, noLocal: false, retainAsPublished: true, subscriptionId: undefined },
        },
      ],
      retained: [
        { topic: "haus/küche/☀", value: full },
        // (One without a payload forgets what is retained.)
        { topic: "home/hall", value: { ...bare, payload: Uint8Array.of(0) } },
      ],
      deliveries: [
        {
          clientId: "a",
          order: 0,
          value: { ...delivery({ message: full, qos: 2, retain: true, share: "$share/g/+/x" }) },
        },
        { clientId: "a", order: 1, value: delivery({ message: bare, subscriptionIds: [268_435_455, 1] }) },
        { clientId: "a", order: 2, value: delivery({ message: undefined, qos: 2 }) },
      ],
      inbound: [
        { clientId: "a", packetId: 1 },
        { clientId: "a", packetId: 65_535 },
      ],
      wills: [
        { clientId: "a", value: { message: full, delayS: 0, keepAliveS: 0, expiryS: 0, dueAtMs: 0 } },
        {
          clientId: "z",
          value: { message: bare, delayS: 0xffff_ffff, keepAliveS: 65_535, expiryS: undefined, dueAtMs: undefined },
        },
      ],
    };
    await keep(store, ...entriesOf(expected));
    expect(sorted(await store.loadJournal())).toEqual(expected);
    expect(sorted(await (await reopen()).loadJournal())).toEqual(expected);
  });

  test("the same key replaces, whole", async () => {
    const { store, reopen } = await start();
    await keep(store, session("a"), subscription("a", "f"), will("a"), inbound("a", 1));
    await keep(store, { of: "retained", topic: "home/hall", value: message({ publisher: "p", expiresAtMs: 5 }) });
    await keep(store, ofDelivery("a", 1, delivery({ share: "$share/g/f", subscriptionIds: [1] })));
    const later: Journal = {
      sessions: [{ clientId: "a", value: { version: 4, expiryS: 9, disconnectedAtMs: 8 } }],
      subscriptions: [
        { clientId: "a", filter: "f", value: { qos: 0, noLocal: true, retainAsPublished: false, subscriptionId: 3 } },
      ],
      retained: [{ topic: "home/hall", value: message({ payload: ALL_BYTES }) }],
      deliveries: [{ clientId: "a", order: 1, value: delivery({ message: undefined, qos: 2 }) }],
      inbound: [{ clientId: "a", packetId: 1 }],
      wills: [
        {
          clientId: "a",
          value: { message: message({ topic: "w" }), delayS: 1, keepAliveS: 2, expiryS: 3, dueAtMs: 4 },
        },
      ],
    };
    await keep(store, ...entriesOf(later));
    expect(await (await reopen()).loadJournal()).toEqual(later);
  });

  test("each kind of entry is removed by its key, and its neighbours are not", async () => {
    const { store, reopen } = await start();
    await keep(store, subscription("a", "f"), subscription("a", "f/g"), inbound("a", 1), inbound("a", 2), will("a"));
    await keep(store, ofDelivery("a", 1, delivery()), ofDelivery("a", 2, delivery()), will("b"));
    await keep(store, { of: "retained", topic: "t", value: message({ topic: "t" }) });
    await keep(store, { of: "retained", topic: "t/u", value: message({ topic: "t/u" }) });
    await keep(
      store,
      { of: "subscription", clientId: "a", filter: "f", value: undefined },
      { of: "retained", topic: "t", value: undefined },
      { of: "inbound", clientId: "a", packetId: 1, value: undefined },
      { of: "will", clientId: "a", value: undefined },
      ofDelivery("a", 1, undefined),
    );
    const left = await (await reopen()).loadJournal();
    expect(left.subscriptions.map(({ filter }) => filter)).toEqual(["f/g"]);
    expect(left.retained.map(({ topic }) => topic)).toEqual(["t/u"]);
    expect(left.inbound).toEqual([{ clientId: "a", packetId: 2 }]);
    expect(left.wills.map(({ clientId }) => clientId)).toEqual(["b"]);
    expect(left.deliveries.map(({ order }) => order)).toEqual([2]);
  });

  test("to forget a session is to forget what belongs to it, but neither its will nor anything of another", async () => {
    const { store, reopen } = await start();
    const clients = ["a", "a/b", "a%", "A", "a ", "ab", "_", "á"];
    for (const client of clients) {
      await keep(store, session(client), subscription(client, "f"), inbound(client, 7), will(client));
      await keep(store, ofDelivery(client, 1, delivery()), ofDelivery(client, 2, delivery()));
    }
    for (const clientId of ["a", "_"]) await keep(store, { of: "session", clientId, value: undefined });
    const left = await (await reopen()).loadJournal();
    const kept = clients.filter((client) => client !== "a" && client !== "_").sort();
    const clientsOf = (items: readonly { clientId: string }[]) => items.map(({ clientId }) => clientId).sort();
    expect(clientsOf(left.sessions)).toEqual(kept);
    expect(clientsOf(left.subscriptions)).toEqual(kept);
    expect(clientsOf(left.inbound)).toEqual(kept);
    expect(clientsOf(left.deliveries)).toEqual([...kept, ...kept].sort());
    expect(clientsOf(left.wills)).toEqual([...clients].sort());
  });

  test("to forget what is not there is well", async () => {
    const { store } = await start();
    await keep(
      store,
      { of: "session", clientId: "x", value: undefined },
      { of: "subscription", clientId: "x", filter: "f", value: undefined },
      { of: "retained", topic: "t", value: undefined },
      { of: "inbound", clientId: "x", packetId: 1, value: undefined },
      { of: "will", clientId: "x", value: undefined },
      ofDelivery("x", 1, undefined),
    );
    expect(await store.loadJournal()).toEqual(EMPTY);
  });

  test("entries of one append are carried out in order", async () => {
    const { store } = await start();
    const gone: JournalEntry = { of: "session", clientId: "a", value: undefined };
    await keep(store, session("a"), ofDelivery("a", 1, delivery()), gone, ofDelivery("a", 2, delivery()), session("a"));
    const { sessions, deliveries } = await store.loadJournal();
    expect(sessions).toHaveLength(1);
    expect(deliveries.map(({ order }) => order)).toEqual([2]);
  });

  test("deliveries come back by client, and by order within a client, up to 2^40", async () => {
    const { store, reopen } = await start();
    const orders = [2 ** 40, 10, 9, 0, 2 ** 31, 2 ** 32 + 1, 100];
    for (const order of orders)
      await keep(store, ofDelivery("b", order, delivery()), ofDelivery("a", order, delivery()));
    const { deliveries } = await (await reopen()).loadJournal();
    const inOrder = [...orders].sort((a, b) => a - b);
    expect(deliveries.map(({ clientId, order }) => [clientId, order])).toEqual([
      ...inOrder.map((order) => ["a", order]),
      ...inOrder.map((order) => ["b", order]),
    ]);
  });

  test("every text comes back as it was, in each field that holds one", async () => {
    const { store, reopen } = await start();
    const texts = ["\ufeffbom", "\u0001\u001f\u007f", '"', '"quoted"', "'; --", "\\", "\uffff", "\u{10ffff}😀"];
    texts.push("half \ud800", "\udc00 half", '"\\ud800"', "zero \0 inside", "e\u0301", "é", " ", "a".repeat(65_535));
    for (const text of texts) {
      const own = message({ topic: text, publisher: text });
      await keep(store, session(text), subscription(text, text), inbound(text, 1), will(text, own));
      await keep(store, { of: "retained", topic: text, value: own });
      await keep(store, ofDelivery(text, 1, delivery({ message: own, share: text })));
    }
    const left = await (await reopen()).loadJournal();
    const expected = [...texts].sort();
    const sortedTexts = (found: readonly (string | undefined)[]) => [...found].sort();
    expect(sortedTexts(left.sessions.map(({ clientId }) => clientId))).toEqual(expected);
    expect(sortedTexts(left.subscriptions.map(({ filter }) => filter))).toEqual(expected);
    expect(sortedTexts(left.inbound.map(({ clientId }) => clientId))).toEqual(expected);
    expect(left.retained.filter(({ topic, value }) => topic === value.topic && topic === value.publisher)).toHaveLength(
      texts.length,
    );
    for (const { clientId, value } of left.wills)
      expect([value.message.topic, value.message.publisher]).toEqual([clientId, clientId]);
    for (const { clientId, value } of left.deliveries)
      expect([value.message?.topic, value.share]).toEqual([clientId, clientId]);
    expect(left.deliveries).toHaveLength(texts.length);
    // And they are found by them.
    const again = await reopen();
    for (const clientId of texts) await keep(again, { of: "session", clientId, value: undefined });
    for (const topic of texts) await keep(again, { of: "retained", topic, value: undefined });
    expect({ ...(await again.loadJournal()), wills: [] }).toEqual(EMPTY);
  });

  test("a payload of 256 KiB that is a part of a larger block comes back alone", async () => {
    const { store, reopen } = await start();
    const block = new Uint8Array(1_000_000).map((_, index) => index % 251);
    const payload = block.subarray(1_001, 1_001 + 262_144);
    const properties = block.subarray(5, 70_000);
    await keep(store, { of: "retained", topic: "big", value: message({ topic: "big", payload, properties }) });
    const value = (await (await reopen()).loadJournal()).retained[0]?.value;
    expect(Buffer.compare(value?.payload ?? new Uint8Array(), payload)).toBe(0);
    expect(Buffer.compare(value?.properties ?? new Uint8Array(), properties)).toBe(0);
    expect(value?.payload.constructor).toBe(Uint8Array);
    expect(value?.payload.buffer.byteLength).toBe(payload.length);
  });

  test("an append that was called has taken what it was given: what becomes of those bytes later does not matter", async () => {
    const { store } = await start();
    const payload = Uint8Array.from(ALL_BYTES);
    const appended = store.append([[journal(ofDelivery("a", 1, delivery({ message: message({ payload }) })))]]);
    payload.fill(0);
    await appended;
    expect((await store.loadJournal()).deliveries[0]?.value.message?.payload).toEqual(ALL_BYTES);
  });

  test("a message for a thousand sessions, in one append, is a thousand deliveries of their own", async () => {
    const { store, reopen } = await start();
    const shared = message({ payload: ALL_BYTES, properties: ALL_BYTES.slice(0, 9), publisher: "p" });
    const client = (i: number): string => `client${String(i).padStart(4, "0")}`;
    const deliveries = Array.from({ length: 1_000 }, (_, i) => ({
      clientId: client(i),
      order: i,
      value: delivery({ message: shared, qos: i % 2 === 0 ? 1 : 2, subscriptionIds: [i + 1] }),
    }));
    await keep(store, ...entriesOf({ ...EMPTY, deliveries }));
    const again = await reopen();
    expect((await again.loadJournal()).deliveries).toEqual(deliveries);
    await keep(again, ofDelivery(client(0), 0, undefined));
    expect((await again.loadJournal()).deliveries).toEqual(deliveries.slice(1));
  });

  test("entries and readings of one append, mixed, each get their outcome and are all there after a restart", async () => {
    const { store, reopen } = await start();
    const own = (order: number) =>
      journal(ofDelivery("a", order, delivery({ message: message({ payload: ALL_BYTES }) })));
    const outcomes = await store.append([
      [own(1), timed(T0, { name: "☀" }), own(2)],
      [own(3)],
      [timed(T0, { name: "☀" }), journal(session("a")), timed(T0, { name: "b" }, { element: 1 })],
    ]);
    expect(outcomes).toEqual([
      [stored(0), stored(0), stored(0)],
      [stored(0)],
      [{ kind: "duplicate" }, stored(0), stored(1)],
    ]);
    const again = await reopen();
    expect((await readAll(again)).map(({ body }) => body)).toEqual(['{"name":"☀"}', '{"name":"b"}']);
    const { deliveries, sessions } = await again.loadJournal();
    expect(deliveries.map(({ value }) => value.message?.payload)).toEqual([ALL_BYTES, ALL_BYTES, ALL_BYTES]);
    expect(sessions).toHaveLength(1);
  });

  test("an entry that cannot be kept is refused with a reason, and does not take the others along", async () => {
    const { store } = await start();
    const shared = message({ payload: ALL_BYTES });
    const put = (order: number) => journal(ofDelivery("a", order, delivery({ message: shared })));
    const outcomes = await store.append([[put(Number.NaN), put(2), timed(T0, { t: 1 })]]);
    expect(outcomes).toEqual([[{ kind: "refused", reason: expect.stringMatching(/./) }, stored(0), stored(0)]]);
    const { deliveries } = await store.loadJournal();
    expect(deliveries).toEqual([{ clientId: "a", order: 2, value: delivery({ message: shared }) }]);
  });
}

/** What puts all of it. */
function entriesOf(all: Journal): JournalEntry[] {
  return [
    ...all.sessions.map((each): JournalEntry => ({ of: "session", ...each })),
    ...all.subscriptions.map((each): JournalEntry => ({ of: "subscription", ...each })),
    ...all.retained.map((each): JournalEntry => ({ of: "retained", ...each })),
    ...all.deliveries.map((each): JournalEntry => ({ of: "delivery", ...each })),
    ...all.inbound.map((each): JournalEntry => ({ of: "inbound", value: true, ...each })),
    ...all.wills.map((each): JournalEntry => ({ of: "will", ...each })),
  ];
}
