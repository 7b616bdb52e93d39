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

const received = (packetId: number, clientId = "board"): JournalEntry => ({
  of: "inbound",
  clientId,
  packetId,
  value: true,
});
const waiting = (order: number, { publisher = "board", share }: { publisher?: string; share?: string } = {}) =>
  delivery({ qos: 2, message: message({ qos: 2, payload: Uint8Array.of(order), publisher }), share });

/** One QoS 2 message for two sessions, and PUBREC for an earlier one. */
const GROUP: readonly JournalEntry[] = [
  ofDelivery("panel", 1, waiting(1)),
  ofDelivery("phone", 1, waiting(1)),
  received(7),
  ofDelivery("panel", 0, delivery({ qos: 2, message: undefined })),
];

const EARLIER: readonly JournalEntry[] = [ofDelivery("panel", 0, waiting(0)), received(6)];

const PLACES = (["aerie_deliveries", "aerie_inbound", "aerie_groups"] as const).flatMap((collection) =>
  (["before", "after"] as const).map((where) => ({ collection, where })),
);

describe.skipIf(isMongodSkipped)("a group with a QoS 2 message", () => {
  /** Its connection was cut at a write, after an earlier group was complete. */
  async function cutAt(collection: string, where: "before" | "after", group = GROUP, earlier = EARLIER) {
    const mongod = await sharedMongod();
    const proxy = await startTcpProxy(mongod.port);
    onTestFinished(proxy.close);
    const url = databaseUrl(mongod);
    const hubId = randomUUID();
    const name = new URL(url).pathname.slice(1);
    const store = await open(databaseUrl({ url: `mongodb://127.0.0.1:${proxy.port}/` }, name), hubId);
    onTestFinished(() => store.close());
    await store.append([earlier.map(journal)]);
    proxy.cut(where, 1, collection);
    await expect(store.append([group.map(journal)])).rejects.toMatchObject({ passing: true });
    expect(proxy.cuts()).toBe(1);
    return { store, url, hubId };
  }

  /** What the next run finds. */
  async function restarted({ store, url, hubId }: Awaited<ReturnType<typeof cutAt>>): Promise<RemoteStore> {
    await store.close();
    const next = await open(url, hubId);
    onTestFinished(() => next.close());
    return next;
  }

  /** Client, order and first byte of each delivery, then the packet ids. */
  async function left(store: RemoteStore) {
    const { deliveries, inbound } = await store.loadJournal();
    return {
      deliveries: deliveries.map(({ clientId, order, value }) => [clientId, order, value.message?.payload[0]]),
      packetIds: inbound.map(({ packetId }) => packetId).sort(),
    };
  }

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
      const found = await left(await restarted(await cutAt(collection, where)));
      if (collection === "aerie_groups" && where === "after") return expect(found).toEqual(BOTH);
      expect(found.packetIds).toEqual([6]);
      // The earlier message is there, with its payload or, after PUBREC, without it.
      expect(found.deliveries).toEqual([["panel", 0, found.deliveries[0]?.[2]]]);
    },
  );

  test.each(PLACES)(
    "cut $where the server has its write to $collection, is complete when it is written again",
    async ({ collection, where }) => {
      const cut = await cutAt(collection, where);
      const { store } = cut;
      await until("it answers again", () => store.probe().then(() => true));
      await store.append([GROUP.map(journal)]);
      expect(await left(store)).toEqual(BOTH);
      expect(await left(await restarted(cut))).toEqual(BOTH);
    },
  );

  test("takes nothing with it that was complete before: a packet id that is noted again", async () => {
    const again = [received(6), ofDelivery("panel", 1, waiting(1, { publisher: "other" })), received(1, "other")];
    const found = await left(await restarted(await cutAt("aerie_groups", "before", again)));
    expect(found).toEqual({ deliveries: [["panel", 0, 0]], packetIds: [6] });
  });

  test.each(["board", "other"])(
    "takes nothing with it that was complete before: a message passed on in a share, beside a new one of %s",
    async (publisher) => {
      const earlier = [ofDelivery("member-1", 0, waiting(0, { share: "$share/g/t" })), received(6)];
      const passing: JournalEntry[] = [
        { of: "session", clientId: "member-1", value: undefined },
        ofDelivery("member-2", 0, waiting(0, { share: "$share/g/t" })),
        ofDelivery("panel", 1, waiting(1, { publisher })),
        received(1, publisher),
      ];
      const found = await left(await restarted(await cutAt("aerie_groups", "before", passing, earlier)));
      expect(found).toEqual({ deliveries: [["member-2", 0, 0]], packetIds: [6] });
    },
  );

  test("leaves a last will where it is until its deliveries count", async () => {
    const value = { message: message({ qos: 2, publisher: "board" }), delayS: 0, keepAliveS: 60 };
    const will: JournalEntry = {
      of: "will",
      clientId: "board",
      value: { ...value, expiryS: undefined, dueAtMs: undefined },
    };
    const published: JournalEntry[] = [{ of: "will", clientId: "board", value: undefined }, ...GROUP];
    const next = await restarted(await cutAt("aerie_groups", "before", published, [...EARLIER, will]));
    expect((await next.loadJournal()).wills.map(({ clientId }) => clientId)).toEqual(["board"]);
  });
});
