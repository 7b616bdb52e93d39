import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  MAX_PUSH_SUBSCRIPTIONS,
  MAX_PUSH_SUBSCRIPTIONS_OF_ACCOUNT,
  pushSubscription,
} from "../../../../src/contract/channels.ts";
import { createPushSubscriptions } from "../../../../src/notify/push/push-subscriptions.ts";
import { createVapidKeyBook } from "../../../../src/notify/push/vapid-keys.ts";
import { createWebPush } from "../../../../src/notify/push/web-push.ts";
import { type ChannelWorld, createChannelWorld } from "../../../support/notify/channel-world.ts";
import { createMemoryRecords, type MemoryRecords } from "../../../support/notify/memory-records.ts";
import { entryOf, hostileMessage, hugeMessage, messageOf } from "../../../support/notify/messages.ts";
import { openPushService, type PushBrowser, type PushService } from "../../../support/notify/push-service.ts";
import { until } from "../../../support/until.ts";

let service: PushService;
let world: ChannelWorld;
let records: MemoryRecords;
let hosts: string[];
let accounts: Set<string>;

beforeEach(async () => {
  service = await openPushService();
  records = createMemoryRecords();
  hosts = ["127.0.0.1", "push.example"];
  accounts = new Set(["ann", "bob"]);
  world = createChannelWorld({ ca: service.ca, addresses: { "push.example": ["169.254.169.254"] } });
});
afterEach(() => service.close());

/** On what hub.db has; again: as after a restart. */
function openPush() {
  const stored = records.stored();
  const keys = createVapidKeyBook(stored, records);
  const isAccount = (name: string): boolean => accounts.has(name);
  const subscriptions = createPushSubscriptions({ ...world, stored, hubFile: records, hosts, isAccount });
  const send = createWebPush({ ...world, keys, subscriptions, publicUrl: "https://hub.example" });
  return { keys, subscriptions, send };
}
type Push = ReturnType<typeof openPush>;

async function subscribe({ keys, subscriptions }: Push, account = "ann", hostname?: string): Promise<PushBrowser> {
  const browser = service.subscribe((await keys.get()).publicKey, hostname);
  expect(await subscriptions.add(browser.subscription, account)).toEqual({ kind: "added" });
  return browser;
}

const status = (code: number) => (response: { writeHead(code: number): { end(): void } }) =>
  void response.writeHead(code).end();

describe("a message", () => {
  test("is read by every browser that subscribed, and by nobody in between", async () => {
    const push = openPush();
    const browsers = [await subscribe(push), await subscribe(push, "bob")];
    expect(await push.send(messageOf())).toEqual({ kind: "sent" });
    for (const { messages, headers } of browsers) {
      expect(messages).toEqual([
        {
          id: expect.stringMatching(/^[\w-]{32}$/),
          severity: "critical",
          title: "CRITICAL: Gas, Kitchen",
          text: expect.stringContaining("Kitchen: gas is 1,204 ppm, above 400 ppm"),
          acknowledgeUrl: "https://hub.example/acknowledge/k3J_9x",
        },
      ]);
      expect(headers[0]).toMatchObject({ ttl: "86400", urgency: "high" });
    }
    expect(service.received.map(({ body }) => String(body)).join()).not.toContain("Kitchen");
  });

  test.each(["*", "😀", '"', "\\", "a.b:c/"])("is never too large for a push service, full of %s", async (sign) => {
    const push = openPush();
    const browser = await subscribe(push);
    expect(await push.send(hugeMessage(sign))).toEqual({ kind: "sent" });
    expect(await push.send(hostileMessage())).toEqual({ kind: "sent" });
    expect(browser.messages).toHaveLength(2);
  });

  test("of twenty alerts, with a long address, is small enough for Firefox on Android", async () => {
    const push = openPush();
    const browser = await subscribe(push);
    const entries = Array.from({ length: 20 }, (_, at) => entryOf({ alertId: `r~${at}`, text: "gas ".repeat(20) }));
    const acknowledgeUrl = `https://hub.example/${"a".repeat(400)}`;
    expect(await push.send(messageOf({ entries, acknowledgeUrl, title: "Gas ".repeat(75) }))).toEqual({ kind: "sent" });
    expect(browser.messages).toMatchObject([{ text: expect.stringMatching(/… and \d+ more$/), acknowledgeUrl }]);
  });

  test("without any browser is none of Web Push", async () => {
    expect(await openPush().send(messageOf())).toBeUndefined();
  });
});

describe("subscriptions", () => {
  test("and the key of the hub are there after a restart", async () => {
    const former = openPush();
    const browser = await subscribe(former);
    const push = openPush();
    expect(await push.keys.get()).toEqual(await former.keys.get());
    expect(await push.send(messageOf())).toEqual({ kind: "sent" });
    expect(browser.messages).toHaveLength(1);
  });

  test.each([404, 410])("end where the push service says %i", async (code) => {
    const push = openPush();
    const [gone, other] = [await subscribe(push), await subscribe(push)];
    service.answerWith(gone, status(code));
    expect(await push.send(messageOf())).toEqual({ kind: "sent" });
    expect([push.subscriptions.count(), records.of("push-subscription").length, other.messages.length]).toEqual([
      1, 1, 1,
    ]);
  });

  test("of an account that was removed get nothing, and are removed", async () => {
    const push = openPush();
    const [ann, bob] = [await subscribe(push, "ann"), await subscribe(push, "bob")];
    accounts.delete("bob");
    expect(await push.send(messageOf())).toEqual({ kind: "sent" });
    expect([ann.messages.length, bob.messages.length, records.of("push-subscription").length]).toEqual([1, 0, 1]);
  });

  test("are removed by who made them, and by nobody else", async () => {
    const push = openPush();
    const { subscription } = await subscribe(push);
    expect(await push.subscriptions.remove(subscription.endpoint, "bob")).toBe(false);
    expect(await push.subscriptions.remove(subscription.endpoint, "ann")).toBe(true);
    expect([push.subscriptions.count(), records.of("push-subscription")]).toEqual([0, []]);
  });

  test("are a thousand at most, each endpoint once", async () => {
    const push = openPush();
    const { subscription } = await subscribe(push);
    const at = (index: number) => ({ ...subscription, endpoint: `https://127.0.0.1/${index}` });
    for (let index = 1; index < MAX_PUSH_SUBSCRIPTIONS; index++) await push.subscriptions.add(at(index), undefined);
    expect(await push.subscriptions.add(at(0), "ann")).toEqual({
      kind: "refused",
      reason: "1000 browsers are subscribed already",
    });
    expect(await push.subscriptions.add(at(1), "bob")).toEqual({ kind: "added" });
    expect(push.subscriptions.count()).toBe(MAX_PUSH_SUBSCRIPTIONS);
  });

  test("are fifty of an account at most, so that others have space", async () => {
    const push = openPush();
    const { subscription } = await subscribe(push, "bob");
    const at = (index: number) => ({ ...subscription, endpoint: `https://127.0.0.1/${index}` });
    for (let index = 0; index < MAX_PUSH_SUBSCRIPTIONS_OF_ACCOUNT; index++) {
      expect(await push.subscriptions.add(at(index), "ann")).toEqual({ kind: "added" });
    }
    const full = { kind: "refused", reason: "50 browsers of ann are subscribed already" };
    expect(await push.subscriptions.add(at(50), "ann")).toEqual(full);
    expect(await push.subscriptions.add(subscription, "ann")).toEqual(full);
    expect(await push.subscriptions.add(at(0), "ann")).toEqual({ kind: "added" });
    expect(await push.subscriptions.add(at(50), "bob")).toEqual({ kind: "added" });
  });

  test("with keys of any length are refused", async () => {
    const { subscription } = await subscribe(openPush());
    const padded = { ...subscription.keys, auth: `${subscription.keys.auth}${"=".repeat(3)}` };
    expect(pushSubscription.safeParse(subscription).success).toBe(true);
    expect(pushSubscription.safeParse({ ...subscription, keys: padded }).success).toBe(false);
  });

  test("are not there where they could not be stored", async () => {
    const push = openPush();
    const browser = await subscribe(push);
    records.failWith(new Error("disk full"));
    const other = { ...browser.subscription, endpoint: "https://127.0.0.1/other" };
    await expect(push.subscriptions.add(other, "ann")).rejects.toThrow("disk full");
    expect(push.subscriptions.count()).toBe(1);
    await expect(createVapidKeyBook([], records).get()).rejects.toThrow("disk full");
  });
});

describe("an endpoint", () => {
  test.each([
    "https://fcm.googleapis.com/fcm/send/x",
    "https://updates.push.services.mozilla.com/wpush/v2/x",
    "https://web.push.apple.com/x",
    "https://wns2-par02p.notify.windows.com/w/?token=x",
    "https://127.0.0.1:8443/up",
  ])("of a push service is taken: %s", async (endpoint) => {
    const push = openPush();
    const { keys } = service.subscribe((await push.keys.get()).publicKey).subscription;
    expect(await push.subscriptions.add({ endpoint, keys }, "ann")).toEqual({ kind: "added" });
  });

  test.each([
    "http://fcm.googleapis.com/fcm/send/x",
    "https://fcm.googleapis.com:8443/x",
    "https://fcm.googleapis.com.evil.example/x",
    "https://evil.example/fcm.googleapis.com",
    "https://fcm.googleapis.com@evil.example/x",
    "https://user:x@fcm.googleapis.com/x",
    "https://notify.windows.com/x",
    "https://192.168.1.1/x",
    "https://169.254.169.254/x",
    "https://[::1]/x",
    "no address",
  ])("of anything else is refused: %s", async (endpoint) => {
    const push = openPush();
    const { keys } = service.subscribe((await push.keys.get()).publicKey).subscription;
    expect(await push.subscriptions.add({ endpoint, keys }, "ann")).toMatchObject({ kind: "refused" });
    expect(records.of("push-subscription")).toEqual([]);
  });

  test("of the owner's list that resolves to a metadata address gets nothing", async () => {
    const push = openPush();
    await subscribe(push, "ann", "push.example");
    expect(await push.send(messageOf())).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("metadata"),
    });
  });

  test("that the owner takes from the list gets nothing any more", async () => {
    await subscribe(openPush());
    hosts = [];
    const push = openPush();
    expect(await push.send(messageOf())).toBeUndefined();
    expect(records.of("push-subscription")).toEqual([]);
  });

  test("with keys that are none holds up nobody", async () => {
    const push = openPush();
    const browser = await subscribe(push);
    const broken = { p256dh: "A".repeat(87), auth: "A".repeat(22) };
    await push.subscriptions.add({ endpoint: "https://127.0.0.1/broken", keys: broken }, "ann");
    expect(await push.send(messageOf())).toEqual({ kind: "sent" });
    expect(browser.messages).toHaveLength(1);
    expect(world.log.lines.map(({ event }) => event)).toContain("not every browser got a message");
  });
});

describe("a push service that fails", () => {
  test("makes the message fail, with the time it asks for, if nobody got it", async () => {
    const push = openPush();
    const browser = await subscribe(push);
    service.answerWith(browser, (response) => void response.writeHead(429, { "Retry-After": "30" }).end());
    expect(await push.send(messageOf())).toMatchObject({ kind: "failed", afterMs: 30_000 });
    service.answerWith(browser, status(403));
    expect(await push.send(messageOf())).toEqual({ kind: "refused", reason: "127.0.0.1 answered 403" });
    service.answerWith(browser, undefined);
    expect(await push.send(messageOf())).toEqual({ kind: "sent" });
    expect(browser.messages).toHaveLength(1);
  });

  test("does not hold up other browsers", async () => {
    const push = openPush();
    const [failing, other] = [await subscribe(push), await subscribe(push)];
    service.answerWith(failing, status(500));
    expect(await push.send(messageOf())).toEqual({ kind: "sent" });
    expect(other.messages).toHaveLength(1);
    expect(world.log.lines).toContainEqual({
      level: "warn",
      event: "not every browser got a message",
      fields: { missed: 1, reached: 1, reason: "127.0.0.1 answered 500" },
    });
    expect(JSON.stringify(world.log.lines)).not.toContain("/push/");
  });

  test("by hanging ends with the request, and with 25 s for all", async () => {
    const push = openPush();
    const browsers = await Promise.all(Array.from({ length: 25 }, () => subscribe(push)));
    for (const browser of browsers) service.answerWith(browser, () => undefined);
    const outcome = push.send(messageOf());
    await until("twenty are asked at once", () => service.received.length === 20);
    world.clock.advance(20_000);
    await until("then the others", () => service.received.length === 25);
    world.clock.advance(20_000);
    expect(await outcome).toMatchObject({ kind: "failed" });
    expect(world.clock.timers()).toBe(0);
  });
});
