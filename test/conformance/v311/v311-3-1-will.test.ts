/** MQTT 3.1.1, section 3.1.2.5: last wills, and keep-alive, whose silence is one of their causes. */
import { expect, test } from "vitest";
import { connectPacket, packet, publishPacket, text, u8, u16 } from "../../support/packets/bytes.ts";
import { overTransports } from "../broker.ts";
import { expectCut, messagesAt, payloadsOf, retainedFor } from "../steps.ts";

/** CONNECT with those flags and that payload. */
const rawConnect = (flags: number, ...payload: Uint8Array[]): Buffer =>
  packet(0x10, text("MQTT"), u8(4), u8(flags), u16(0), ...payload);

overTransports(({ open, connect, pass, unique }) => {
  /** A client that hears what comes to `topic`. */
  const watch = async (topic: string) => {
    const watcher = await connect();
    await watcher.subscribe([[topic, 2]]);
    return watcher;
  };

  test("[MQTT-3.1.2-8] the will is published when the connection ends without DISCONNECT", async () => {
    const topic = unique();
    const watcher = await watch(topic);
    const will = { topic, payload: "gone", qos: 2 };
    await (await connect({ will })).vanish();
    expect(await watcher.expectMessage()).toMatchObject({ topic, payload: "gone", qos: 2 });
    const clientId = unique();
    await connect({ clientId, will: { topic, payload: "taken over" } });
    await connect({ clientId });
    expect((await watcher.expectMessage()).payload).toBe("taken over");
    await expectCut(await connect({ will: { topic, payload: "violation" } }), Buffer.from([0xf0, 0x00]));
    expect((await watcher.expectMessage()).payload).toBe("violation");
  });

  test("[MQTT-3.1.2-9] the will's QoS and retain count, and its fields are to be there", async () => {
    const topic = unique();
    const watcher = await watch(topic);
    for (const qos of [0, 1, 2]) {
      await (await connect({ will: { topic, payload: `QoS ${qos}`, qos } })).vanish();
      expect(await watcher.expectMessage()).toMatchObject({ payload: `QoS ${qos}`, qos, retain: false });
    }
    await expectCut(open(), rawConnect(0x06, text(unique())));
    await expectCut(open(), rawConnect(0x06, text(unique()), text(topic)));
  });

  test("[MQTT-3.1.2-10] a will is forgotten once it was published, and at DISCONNECT", async () => {
    const [clientId, topic] = [unique(), unique()];
    const watcher = await watch(topic);
    await (await connect({ clientId, clean: false, will: { topic, payload: "once" } })).vanish();
    expect((await watcher.expectMessage()).payload).toBe("once");
    await (await connect({ clientId, clean: false })).vanish();
    await (await connect({ clientId, clean: false, will: { topic, payload: "never" } })).disconnect();
    await (await connect({ clientId, clean: false })).vanish();
    expect(await messagesAt(watcher, await connect({ clientId }))).toEqual([]);
  });

  test("[MQTT-3.1.2-11] will fields without the Will Flag close the connection", async () => {
    await expectCut(open(), rawConnect(0x02, text(unique()), text(unique()), text("will")));
    await expectCut(open(), rawConnect(0x02 | 0x28, text(unique()), text(unique()), text("will")));
  });

  test("[MQTT-3.1.2-12] without a will nothing is published at the connection's end", async () => {
    const clientId = unique();
    const watcher = await watch(`${clientId}/#`);
    const client = await connect({ clientId });
    await client.publish({ topic: `${clientId}/said` });
    await client.vanish();
    const after = await connect({ clientId });
    expect((await messagesAt(watcher, after)).map(({ topic }) => topic)).toEqual([`${clientId}/said`]);
  });

  test("[MQTT-3.1.2-13] Will QoS without the Will Flag closes the connection", async () => {
    await expectCut(open(), connectPacket({ clientId: unique(), flags: 0x02 | 0x08 }));
    await expectCut(open(), connectPacket({ clientId: unique(), flags: 0x02 | 0x10 }));
  });

  test("[MQTT-3.1.2-14] a last will of QoS 3 closes the connection", async () => {
    await expectCut(open(), connectPacket({ clientId: unique(), will: { topic: unique(), qos: 3 } }));
  });

  test("[MQTT-3.1.2-15] Will Retain without the Will Flag closes the connection", async () => {
    await expectCut(open(), connectPacket({ clientId: unique(), flags: 0x02 | 0x20 }));
  });

  test("[MQTT-3.1.2-16] a will without Will Retain is not retained", async () => {
    const topic = unique();
    const watcher = await watch(topic);
    await (await connect({ will: { topic, payload: "gone", qos: 1 } })).vanish();
    await watcher.expectMessage();
    expect(await retainedFor(await connect(), topic)).toEqual([]);
  });

  test("[MQTT-3.1.2-17] a will with Will Retain is retained", async () => {
    const topic = unique();
    const watcher = await watch(topic);
    await (await connect({ will: { topic, payload: "gone", qos: 1, retain: true } })).vanish();
    expect(await watcher.expectMessage()).toMatchObject({ payload: "gone", retain: false });
    expect(await retainedFor(await connect(), topic)).toMatchObject([{ payload: "gone", qos: 1, retain: true }]);
  });

  test("[MQTT-3.1.3-10] an ill-formed will topic closes the connection", async () => {
    const topic = Buffer.from([0x61, 0xed, 0xa0, 0x80]);
    await expectCut(open(), connectPacket({ clientId: unique(), will: { topic } }));
  });

  test("[MQTT-3.14.4-3] DISCONNECT discards the will", async () => {
    const topic = unique();
    const watcher = await watch(topic);
    await (await connect({ will: { topic, payload: "not to come", qos: 1 } })).disconnect();
    await (await connect({ will: { topic, payload: "to come", qos: 1 } })).vanish();
    expect((await watcher.expectMessage()).payload).toBe("to come");
    expect(payloadsOf(await messagesAt(watcher, await connect()))).toEqual([]);
  });

  test("[MQTT-3.1.2-24] silence of 1.5 × keep-alive closes the connection as a failed one, and any packet breaks it", async () => {
    const topic = unique();
    const watcher = await watch(topic);
    const [pings, publishes, free] = [
      await connect({ keepAliveS: 1 }),
      await connect({ keepAliveS: 1 }),
      await connect({ keepAliveS: 0 }),
    ];
    const silent = await connect({ keepAliveS: 1, will: { topic, payload: "silent" } });
    for (let passedMs = 0; passedMs < 2_100; passedMs += 700) {
      await pings.ping();
      expect([passedMs, silent.isOpen()]).toEqual([passedMs, passedMs < 1_500]);
      publishes.send(publishPacket({ topic: unique() }));
      await pass(700);
    }
    await silent.expectClosed(10_000);
    expect((await watcher.expectMessage()).payload).toBe("silent");
    expect([pings, publishes, free].map((client) => client.isOpen())).toEqual([true, true, true]);
  });
});
