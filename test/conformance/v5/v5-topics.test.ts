/** MQTT 5.0, 4.7: topic names, filters, wildcards, and topics that begin with $. */
import { expect, test } from "vitest";
import { publishPacket, subscribePacket } from "../../support/packets/bytes.ts";
import { isOurHub } from "../broker.ts";
import { expectDisconnect, expectNothingFrom, overTransports5 } from "../v5-support.ts";
import { fence } from "../wire.ts";

overTransports5((wire) => {
  const { connect, unique } = wire;

  /** The filter is refused in SUBACK, or by the end of the connection. Our hub does the former. */
  const expectFilterRefused = async (filter: string): Promise<void> => {
    const client = await connect();
    client.send(subscribePacket({ packetId: 1, filters: [[filter, 0]] }, 5));
    const answer = await client.expectPacket("suback").catch(() => undefined);
    if (answer === undefined && !isOurHub) await expectDisconnect(client, 0x81, 0x82, 0x8f);
    else expect([filter, answer?.codes]).toEqual([filter, [0x8f]]);
  };

  /** Which of the topics, below a level of their own, the filter matches. */
  const matched = async (filter: string, topics: readonly string[]): Promise<string[]> => {
    const root = unique();
    const client = await connect();
    await client.subscribe([[`${root}/${filter}`, 0]]);
    for (const topic of topics) await client.publish({ topic: topic === "" ? root : `${root}/${topic}` });
    await fence(client, client);
    return client.inbox.flatMap((each) => (each.type === "publish" ? [each.topic.slice(root.length + 1)] : []));
  };

  test("[MQTT-4.7.0-1] wildcards match as filters and are refused as names", async () => {
    expect(await matched("+/b", ["a/b", "b"])).toEqual(["a/b"]);
    const client = await connect();
    client.send(publishPacket({ topic: `${unique()}/+` }, 5));
    await expectDisconnect(client, 0x81, 0x82, 0x90);
  });

  test("[MQTT-4.7.1-1] # matches the level above and all below, and stands alone at the end", async () => {
    expect(await matched("a/#", ["a", "a/b", "a/b/c", "ab", "", "b/a"])).toEqual(["a", "a/b", "a/b/c"]);
    for (const filter of ["a/#/b", "a#", "#/a", "a/b#"]) await expectFilterRefused(filter);
  });

  test("[MQTT-4.7.1-2] + matches one level, an empty one too, and stands alone in it", async () => {
    expect(await matched("+", ["a", "", "a/b", "/b"])).toEqual(["a"]);
    expect(await matched("+/c", ["a/c", "/c", "a/b/c", "c"])).toEqual(["a/c", "/c"]);
    expect(await matched("+/+/#", ["a", "a/b", "a/b/c", "/", "//"])).toEqual(["a/b", "a/b/c", "/", "//"]);
    for (const filter of ["a+", "+a", "a/b+/c", "a/+b"]) await expectFilterRefused(filter);
  });

  test("[MQTT-4.7.2-1] filters that begin with a wildcard do not match topics that begin with $", async () => {
    const client = await connect();
    await client.subscribe([
      ["#", 0],
      ["+/broker/#", 0],
      ["+/#", 0],
    ]);
    const other = await connect();
    for (const topic of ["$conf/broker/x", "$SYS/broker/conf"]) {
      other.send(publishPacket({ topic, qos: 1, packetId: 1 }, 5));
      await other.expectPacket("puback");
    }
    await fence(other, client);
    const topics = client.received.flatMap((each) => (each.type === "publish" ? [each.topic] : []));
    expect(topics.filter((topic) => topic.startsWith("$"))).toEqual([]);
  });

  test("[MQTT-4.7.3-1] a name or filter has at least one character", async () => {
    const client = await connect();
    client.send(publishPacket({ topic: "" }, 5));
    await expectDisconnect(client, 0x81, 0x82, 0x90);
    await expectFilterRefused("");
  });

  test("[MQTT-4.7.3-2] a filter with U+0000 is malformed", async () => {
    const client = await connect();
    client.send(subscribePacket({ packetId: 1, filters: [["conf/\0", 0]] }, 5));
    await expectDisconnect(client, 0x81);
  });

  test("[MQTT-4.7.3-4] names are matched as they are: case, spaces, slashes and Unicode forms count", async () => {
    const topics = [
      "Accounts",
      "accounts",
      "accounts/",
      "/accounts",
      " accounts",
      "é",
      "e\u0301",
      "a/../b",
      "a//b",
      "%61",
    ];
    for (const topic of topics) expect(await matched(topic, topics)).toEqual([topic]);
  });

  test("a wildcard in the middle and a long path match", async () => {
    const deep = Array.from({ length: 60 }, (_, at) => String(at)).join("/");
    expect(await matched("0/#", [deep])).toEqual([deep]);
    expect(await matched(deep, [deep])).toEqual([deep]);
  });

  test("two filters that differ in one level do not disturb each other", async () => {
    const root = unique();
    const [one, other] = [await connect(), await connect()];
    await one.subscribe([[`${root}/+/state`, 0]]);
    await other.subscribe([[`${root}/lamp/+`, 0]]);
    await other.unsubscribe([`${root}/lamp/+`]);
    await other.publish({ topic: `${root}/lamp/state` });
    expect((await one.expectMessage()).topic).toBe(`${root}/lamp/state`);
    await expectNothingFrom(one, other);
  });
});
