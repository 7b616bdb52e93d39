/** A QoS 2 message on a MongoDB server without transactions: its deliveries and its packet id are there both or neither. Runs what was built. */
import { randomUUID } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import type { JournalEntry } from "../../src/core/ports/broker-state.ts";
import type { Log } from "../../src/core/ports/log.ts";
import type { RemoteStore } from "../../src/core/ports/outbox.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { databaseUrl, isMongodSkipped } from "../support/mongodb/mongod.ts";
import { sharedMongod } from "../support/mongodb/shared-mongod.ts";
import { startTcpProxy } from "../support/mongodb/tcp-proxy.ts";
import { until } from "../support/until.ts";
import { delivery, journal, message, ofDelivery } from "./cases/journal-contract.ts";

const built = new URL("../../dist/src/store/mongo/mongo-store.js", import.meta.url).href;
const { openMongoStore } = (await import(built)) as typeof import("../../src/store/mongo/mongo-store.ts");

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const open = (url: string, hubId: string): Promise<RemoteStore> =>
  openMongoStore({ url, hubId, clock: systemClock, log: quiet, onDead: () => {} });

const received = (packetId: number): JournalEntry => ({ of: "inbound", clientId: "board", packetId, value: true });
const waiting = (order: number) => delivery({ qos: 2, message: message({ qos: 2, payload: Uint8Array.of(order) }) });

/** One QoS 2 message for two sessions, and PUBREC for an earlier one. */
const GROUP: readonly JournalEntry[] = [
  ofDelivery("panel", 1, waiting(1)),
  ofDelivery("phone", 1, waiting(1)),
  received(7),
  ofDelivery("panel", 0, delivery({ qos: 2, message: undefined })),
];

const PLACES = (["aerie_deliveries", "aerie_inbound", "aerie_groups"] as const).flatMap((collection) =>
  (["before", "after"] as const).map((where) => ({ collection, where })),
);

describe.skipIf(isMongodSkipped)("a group with a QoS 2 message", () => {
  /** Its connection was cut at a write, after an earlier group was complete. */
  async function cutAt(collection: string, where: "before" | "after") {
    const mongod = await sharedMongod();
    const proxy = await startTcpProxy(mongod.port);
    onTestFinished(proxy.close);
    const url = databaseUrl(mongod);
    const hubId = randomUUID();
    const name = new URL(url).pathname.slice(1);
    const store = await open(databaseUrl({ url: `mongodb://127.0.0.1:${proxy.port}/` }, name), hubId);
    onTestFinished(() => store.close());
    await store.append([[ofDelivery("panel", 0, waiting(0)), received(6)].map(journal)]);
    proxy.cut(where, 1, collection);
    await expect(store.append([GROUP.map(journal)])).rejects.toMatchObject({ passing: true });
    expect(proxy.cuts()).toBe(1);
    return { store, url, hubId };
  }

  /** Client, order and first byte of each delivery, then the packet ids. */
  async function left(store: RemoteStore) {
    const { deliveries, inbound } = await store.loadJournal();
    return {
      deliveries: deliveries.map(({ clientId, order, value }) => [clientId, order, value.message?.payload[0]]),
      packetIds: inbound.map(({ packetId }) => packetId).sort(),
    };
  }

  const EARLIER = [6];
  const BOTH = {
    deliveries: [
      ["panel", 0, undefined],
      ["panel", 1, 1],
      ["phone", 1, 1],
    ],
    packetIds: [6, 7],
  };

  test.each(PLACES)(
    "cut $where the server has its write to $collection, leaves all of it or nothing to the next run",
    async ({ collection, where }) => {
      const { store, url, hubId } = await cutAt(collection, where);
      await store.close();
      const next = await open(url, hubId);
      onTestFinished(() => next.close());
      const found = await left(next);
      if (collection === "aerie_groups" && where === "after") return expect(found).toEqual(BOTH);
      expect(found.packetIds).toEqual(EARLIER);
      // The earlier message is there, with its payload or, after PUBREC, without it.
      expect(found.deliveries).toEqual([["panel", 0, found.deliveries[0]?.[2]]]);
    },
  );

  test.each(PLACES)(
    "cut $where the server has its write to $collection, is complete when it is written again",
    async ({ collection, where }) => {
      const { store, url, hubId } = await cutAt(collection, where);
      await until("it answers again", () => store.probe().then(() => true));
      await store.append([GROUP.map(journal)]);
      expect(await left(store)).toEqual(BOTH);
      await store.close();
      const next = await open(url, hubId);
      onTestFinished(() => next.close());
      expect(await left(next)).toEqual(BOTH);
    },
  );
});
