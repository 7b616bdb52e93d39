/** MQTT 3.1.1, section 4.6: order. */
import { expect, test } from "vitest";
import { publishPacket, pubrecPacket, pubrelPacket } from "../../support/packets/bytes.ts";
import { overTransports } from "../broker.ts";
import { messagesAt, payloadsOf } from "../steps.ts";

const COUNT = 60;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

overTransports(({ connect, unique }) => {
  test("[MQTT-4.6.0-1] what is sent again comes in its first order", async () => {
    const [clientId, topic] = [unique(), unique()];
    const publisher = await connect();
    const first = await connect({ clientId, clean: false });
    await first.subscribe([[topic, 2]]);
    for (const index of numbers(12)) {
      await publisher.publish({ topic, qos: index % 3 === 0 ? 2 : 1, payload: String(index) });
    }
    const sent = [];
    for (const _ of numbers(12)) sent.push((await first.expectPacket("publish")).payload);
    expect(sent).toEqual(numbers(12).map(String));
    await first.vanish();
    const second = await connect({ clientId, clean: false });
    const again = await messagesAt(second, publisher);
    expect(again.map(({ payload }) => payload)).toEqual(sent);
    expect(again.every(({ dup }) => dup)).toBe(true);
  });

  test("[MQTT-4.6.0-2] PUBACKs come in the order of their PUBLISHes", async () => {
    const topic = unique();
    const publisher = await connect();
    const ids = numbers(COUNT).map((index) => 1_000 - index);
    publisher.send(...ids.map((packetId) => publishPacket({ topic, qos: 1, packetId })));
    const acknowledged: number[] = [];
    for (const _ of ids) acknowledged.push((await publisher.expectPacket("puback")).packetId);
    expect(acknowledged).toEqual(ids);
  });

  test("[MQTT-4.6.0-3] PUBRECs come in the order of their PUBLISHes, and PUBCOMPs in that of PUBRELs", async () => {
    const topic = unique();
    const publisher = await connect();
    const ids = numbers(15).map((index) => 500 - index);
    publisher.send(...ids.map((packetId) => publishPacket({ topic, qos: 2, packetId })));
    const received: number[] = [];
    for (const _ of ids) received.push((await publisher.expectPacket("pubrec")).packetId);
    expect(received).toEqual(ids);
    publisher.send(...ids.map((packetId) => pubrelPacket(packetId)));
    const completed: number[] = [];
    for (const _ of ids) completed.push((await publisher.expectPacket("pubcomp")).packetId);
    expect(completed).toEqual(ids);
  });

  test("[MQTT-4.6.0-4] PUBRELs come in the order of their PUBRECs", async () => {
    const topic = unique();
    const [subscriber, publisher] = [await connect(), await connect()];
    await subscriber.subscribe([[topic, 2]]);
    for (const index of numbers(10)) await publisher.publish({ topic, qos: 2, payload: String(index) });
    const ids: number[] = [];
    for (const _ of numbers(10)) ids.push((await subscriber.expectPacket("publish")).packetId);
    subscriber.send(...ids.map((packetId) => pubrecPacket(packetId)));
    const released: number[] = [];
    for (const _ of ids) released.push((await subscriber.expectPacket("pubrel")).packetId);
    expect(released).toEqual(ids);
  });

  test("[MQTT-4.6.0-5] [MQTT-4.6.0-6] a subscriber gets each publisher's messages of a topic and QoS in order", async () => {
    const topic = unique();
    const [subscriber, one, other] = [await connect(), await connect(), await connect()];
    await subscriber.subscribe([[`${topic}/#`, 2]]);
    for (const [name, publisher] of Object.entries({ one, other })) {
      const packets = numbers(COUNT).map((index) => {
        const qos = ([0, 1, 2] as const)[index % 3] ?? 0;
        // Few are open at once: what a server may hold of QoS 2 is bounded.
        return publishPacket({ topic: `${topic}/${index % 2}`, qos, packetId: index + 1, payload: `${name} ${index}` });
      });
      publisher.send(...packets);
    }
    for (const publisher of [one, other]) {
      for (const index of numbers(COUNT)) {
        if (index % 3 === 2) publisher.send(pubrelPacket((await publisher.expectPacket("pubrec")).packetId));
      }
      for (const index of numbers(COUNT)) {
        if (index % 3 === 2) await publisher.expectPacket("pubcomp");
        if (index % 3 === 1) await publisher.expectPacket("puback");
      }
    }
    const messages = [...(await messagesAt(subscriber, one)), ...(await messagesAt(subscriber, other))];
    expect(messages).toHaveLength(2 * COUNT);
    for (const name of ["one", "other"]) {
      for (const qos of [0, 1, 2]) {
        for (const level of ["0", "1"]) {
          const stream = messages.filter(
            (each) => each.qos === qos && each.topic.endsWith(level) && each.payload.startsWith(name),
          );
          const order = payloadsOf(stream).map((payload) => Number(payload.split(" ")[1]));
          expect(order).toEqual(numbers(COUNT).filter((index) => index % 3 === qos && String(index % 2) === level));
        }
      }
    }
  });
});
