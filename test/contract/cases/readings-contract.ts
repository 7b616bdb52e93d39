/** Reading back in pages. */
import { expect, test } from "vitest";
import type { ReadingPosition, StoredReading } from "../../../src/core/ports/history.ts";
import type { Start } from "./opened-store.ts";
import { ALL, boiler, cellar, readAll, seriesOf, shown, T0, timed } from "./writes.ts";

export function describeReadings(start: Start): void {
  /** Three at each of four instants, stored out of order. */
  const spread = [2, 0, 3, 1].flatMap((second) => [0, 1, 2].map((v) => [timed(T0 + second * 1_000, { v })]));
  const positionOf = ({ atMs, n }: StoredReading): string => `${atMs - T0}.${n}`;

  test("readings are ordered by instant and then by arrival, either way", async () => {
    const { store } = await start();
    await store.append(spread);
    const ascending = (await readAll(store)).map(positionOf);
    expect(ascending).toEqual([0, 1_000, 2_000, 3_000].flatMap((ms) => [`${ms}.0`, `${ms}.1`, `${ms}.2`]));
    const descending = await store.readings({ ...ALL, deviceId: boiler, order: "desc" });
    expect(descending.map(positionOf)).toEqual([...ascending].reverse());
  });

  test.each(["asc", "desc"] as const)(
    "pages of any size in %s order hold each reading once, over equal instants too",
    async (order) => {
      const { store } = await start();
      await store.append(spread);
      const whole = (await store.readings({ ...ALL, deviceId: boiler, order })).map(positionOf);
      for (const limit of [1, 2, 3, 5, 12, 13]) {
        const seen: string[] = [];
        let behind: StoredReading | undefined;
        for (;;) {
          const page: StoredReading[] = await store.readings({ ...ALL, deviceId: boiler, order, limit, behind });
          if (page.length === 0) break;
          expect(page.length).toBeLessThanOrEqual(limit);
          seen.push(...page.map(positionOf));
          behind = page.at(-1);
        }
        expect(seen).toEqual(whole);
      }
    },
  );

  test.each(["asc", "desc"] as const)("chunks in %s order are the text of the same readings", async (order) => {
    const { store } = await start();
    await store.append(spread);
    // 16 KB each: some make a chunk.
    const texts = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`t${at}`, `"\n${at}€`.repeat(40)]));
    await store.append([Array.from({ length: 40 }, (_, v) => timed(T0 + 5_000 + (v % 20), { v, ...texts }))]);
    const whole = await store.readings({ ...ALL, deviceId: boiler, order });
    const text = (some: readonly StoredReading[]): string => some.map((each) => JSON.stringify(shown(each))).join();
    for (const limit of [1, 13, 50, 51, 52, 53, 100]) {
      const chunks: string[] = [];
      let behind: ReadingPosition | undefined;
      let left = limit;
      do {
        const chunk = await store.readingsChunk({ ...ALL, deviceId: boiler, order, limit: left, behind });
        expect(chunk.json.length).toBeLessThan(300_000);
        chunks.push(new TextDecoder().decode(chunk.json));
        left -= chunk.readings;
        behind = chunk.behind;
      } while (behind !== undefined && left > 0);
      expect(chunks.join()).toBe(text(whole.slice(0, limit)));
      expect(behind !== undefined).toBe(limit < whole.length);
    }
    expect(await store.readingsChunk({ ...ALL, deviceId: cellar })).toMatchObject({ readings: 0, behind: undefined });
  });

  test("a page continues where the former ended though readings arrived in between", async () => {
    const { store } = await start();
    await store.append(spread);
    const first = await store.readings({ ...ALL, deviceId: boiler, order: "desc", limit: 4 });
    await store.append([[timed(T0 + 9_000, { v: 9 })]]);
    const second = await store.readings({ ...ALL, deviceId: boiler, order: "desc", limit: 4, behind: first.at(-1) });
    expect(second.map(positionOf)).toEqual(["2000.1", "2000.0", "1000.2", "1000.1"]);
  });

  test("`from` is part of the range and `to` is not", async () => {
    const { store } = await start();
    await store.append(spread);
    const some = await store.readings({ ...ALL, deviceId: boiler, fromMs: T0 + 1_000, toMs: T0 + 2_000 });
    expect(some.map(positionOf)).toEqual(["1000.0", "1000.1", "1000.2"]);
  });

  test("a device that nobody knows has no readings and an empty series", async () => {
    const { store } = await start();
    expect(await readAll(store, cellar)).toEqual([]);
    const series = await seriesOf(store, {
      deviceId: cellar,
      metrics: ["a", "b"],
      fromMs: T0,
      toMs: T0 + 1,
      points: 5,
    });
    const empty = { t: [], mean: [], min: [], max: [], count: [] };
    expect(series.columns).toEqual([empty, empty]);
  });

  test("what an append answered as stored is read by the next call", async () => {
    const { store } = await start();
    for (let v = 0; v < 20; v++) {
      await store.append([[timed(T0 + v, { v })]]);
      expect(await readAll(store)).toHaveLength(v + 1);
    }
  });
}
