/** Appending: outcomes, order, all or nothing. */
import { expect, test } from "vitest";
import type { Start } from "./opened-store.ts";
import {
  appendOne,
  attributes,
  boiler,
  deviceId,
  duplicate,
  loadOne,
  readAll,
  status,
  stored,
  T0,
  timed,
} from "./writes.ts";

export function describeAppend(start: Start): void {
  test("each write of each message gets its outcome, in order", async () => {
    const { store } = await start();
    const outcomes = await store.append([
      [timed(T0, { t: 1 }), timed(T0 + 1, { t: 2 }, { element: 1 })],
      [status(true, T0)],
      [attributes({ model: "x" }), timed(T0, { t: 1 })],
    ]);
    expect(outcomes).toEqual([[stored(0), stored(0)], [stored(0)], [stored(0), duplicate]]);
  });

  test("a reading comes back as it was stored", async () => {
    const { store } = await start();
    const metrics = {
      t: -21.5,
      big: 1.7976931348623157e308,
      tiny: 5e-324,
      on: true,
      mode: 'a "b" \\ \u0000 ☀ 😀',
      toString: 1,
    };
    await store.append([[timed(T0, metrics, { receivedAtMs: T0 + 7 })]]);
    const [reading] = await readAll(store);
    expect(reading).toMatchObject({ deviceId: boiler, atMs: T0, n: 0, receivedAtMs: T0 + 7 });
    expect(JSON.parse(reading?.body ?? "")).toEqual(metrics);
  });

  test("an append of nothing is well", async () => {
    const { store } = await start();
    await expect(store.append([])).resolves.toEqual([]);
  });

  test("a body comes back the same, as text or as bytes in parts, with others around it", async () => {
    const { store } = await start();
    const parts = ['{"t":1,', '"u":"x"}'].map((text) => new TextEncoder().encode(text));
    await store.append([
      [{ ...timed(T0, { name: "☀ä😀" }), body: '{"name":"☀ä😀"}' }, attributes({ model: "ü" })],
      [
        { ...timed(T0 + 1, { t: 1, u: "x" }), body: parts },
        status(true, T0),
        { ...timed(T0 + 2, { v: 2 }, { element: 1 }), body: '{"v":2}' },
      ],
    ]);
    const bodies = (await readAll(store)).map(({ body }) => body).sort();
    expect(bodies).toEqual(['{"name":"☀ä😀"}', '{"t":1,"u":"x"}', '{"v":2}']);
    expect((await loadOne(store))?.attributes.get("model")).toBe("ü");
  });

  test("a write that cannot be stored is refused with a reason, and does not take the others along", async () => {
    const { store, reopen } = await start();
    const bad = timed(Number.NaN, { t: 2 }, { element: 1 });
    const outcomes = await store.append([
      [timed(T0, { t: 1 }), bad, timed(T0, { t: 1 }, { element: 2 })],
      [status(false, T0)],
    ]);
    expect(outcomes).toEqual([
      [stored(0), { kind: "refused", reason: expect.stringMatching(/./) }, stored(1)],
      [stored(0)],
    ]);
    const again = await reopen();
    expect(await readAll(again)).toHaveLength(2);
    expect((await loadOne(again))?.status).toEqual({ online: false, atMs: T0 });
  });

  test("a refused write leaves no trace in what is judged after it", async () => {
    const { store } = await start();
    await store.append([[timed(Number.NaN, { t: 9 })]]);
    expect(await appendOne(store, timed(T0, { t: 1 }))).toEqual(stored(0));
    expect(await appendOne(store, timed(T0, { t: 2 }))).toEqual(stored(1));
  });

  test("calls are carried out in the order in which they were made", async () => {
    const { store } = await start();
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, t) => appendOne(store, timed(T0, { t }))));
    expect(outcomes).toEqual(Array.from({ length: 50 }, (_, n) => stored(n)));
  });

  test("a store that can be written says so", async () => {
    const { store } = await start();
    await expect(store.probe()).resolves.toBeUndefined();
  });

  test("after closing every call is refused with a StoreError", async () => {
    const { store } = await start();
    await store.close();
    for (const call of [store.append([[timed(T0, { t: 1 })]]), readAll(store), store.load(), store.probe()]) {
      await expect(call).rejects.toMatchObject({ name: "StoreError" });
    }
  });

  test("groups are answered in the order in which they were given, however long each takes", async () => {
    const { store } = await start();
    await store.append([[timed(T0, { t: 0 })]]);
    const answered: string[] = [];
    const large = Array.from({ length: 3_000 }, (_, index) =>
      timed(T0 + index, { t: index }, { deviceId: deviceId(`board-${index % 300}`) }),
    );
    const groups = { large: store.append([large]), small: store.append([[timed(T0 + 1, { t: 1 })]]) };
    await Promise.all(Object.entries(groups).map(([name, done]) => done.then(() => answered.push(name))));
    expect(answered).toEqual(["large", "small"]);
  });
}
