/** MQTT 3.1.1, section 3.1: which CONNECT is served, and what is answered to the others. */
import { describe, expect, test } from "vitest";
import {
  connectPacket,
  disconnectPacket,
  packet,
  pingreqPacket,
  publishPacket,
  subscribePacket,
  text,
  u8,
  u16,
} from "../../support/packets/bytes.ts";
import { isOurHub, overTransports } from "../broker.ts";
import { expectCut, expectRefusal, messagesAt } from "../steps.ts";

const ILL_FORMED = Buffer.from([0x61, 0xed, 0xa0, 0x80]);

/** CONNECT with those flags and that payload. */
const rawConnect = (flags: number, ...payload: Uint8Array[]): Buffer =>
  packet(0x10, text("MQTT"), u8(4), u8(flags), u16(0), ...payload);

overTransports(({ open, connect, unique }) => {
  test("[MQTT-3.1.0-1] any other first packet closes the connection", async () => {
    await expectCut(open(), pingreqPacket());
    await expectCut(open(), publishPacket({ topic: unique() }));
    await expectCut(open(), subscribePacket({ packetId: 1, filters: [[unique(), 0]] }));
    await expectCut(open(), disconnectPacket());
  });

  test("[MQTT-3.1.0-2] a second CONNECT disconnects the client", async () => {
    const clientId = unique();
    await expectCut(await connect({ clientId }), connectPacket({ clientId }));
    await expectCut(await connect({ clientId }), connectPacket({ clientId: unique() }));
  });

  test("[MQTT-3.1.2-1] a wrong protocol name closes the connection", async () => {
    for (const protocolName of ["", "mqtt", "MQTT ", "MQTs", "MQIsdp", "HTTP/1.1"]) {
      const client = open();
      client.send(connectPacket({ clientId: unique(), protocolName }));
      const answers = await client.expectClosed();
      expect(answers.filter((answer) => answer.type !== "connack" || answer.code === 0)).toEqual([]);
    }
  });

  test("[MQTT-3.1.2-2] an unknown protocol level is answered with return code 1, and closed", async () => {
    for (const level of [0, 2, 3, 6, 127]) {
      await expectRefusal(open(), connectPacket({ clientId: unique(), level }), 1);
    }
  });

  test("[MQTT-3.1.2-3] the reserved connect flag closes the connection", async () => {
    await expectCut(open(), connectPacket({ clientId: unique(), flags: 0x03 }));
  });

  describe("user name and password", () => {
    const id = (): Buffer => text(unique());

    test("[MQTT-3.1.2-18] a user name without its flag closes the connection", async () => {
      await expectCut(open(), rawConnect(0x02, id(), text("user")));
    });

    test("[MQTT-3.1.2-19] the user name's flag without a user name closes the connection", async () => {
      await expectCut(open(), rawConnect(0x82, id()));
    });

    test("[MQTT-3.1.2-20] a password without its flag closes the connection", async () => {
      await expectCut(open(), rawConnect(0x82, id(), text("user"), text("password")));
    });

    test("[MQTT-3.1.2-21] the password's flag without a password closes the connection", async () => {
      await expectCut(open(), rawConnect(0xc2, id(), text("user")));
    });

    test("[MQTT-3.1.2-22] the password's flag without the user name's closes the connection", async () => {
      await expectCut(open(), rawConnect(0x42, id(), text("password")));
    });

    test("[MQTT-3.1.3-11] an ill-formed user name closes the connection", async () => {
      await expectCut(open(), connectPacket({ clientId: unique(), userName: ILL_FORMED }));
    });
  });

  describe("client id", () => {
    test("[MQTT-3.1.3-2] the client id says whose session it is", async () => {
      const [one, other, topic] = [unique(), unique(), unique()];
      const first = await connect({ clientId: one, clean: false });
      await first.subscribe([[topic, 1]]);
      await first.disconnect();
      expect((await connect({ clientId: other, clean: false })).connack.sessionPresent).toBe(false);
      const publisher = await connect();
      await publisher.publish({ topic, qos: 1, payload: "for one" });
      const again = await connect({ clientId: one, clean: false });
      expect(again.connack.sessionPresent).toBe(true);
      expect(await again.expectMessage()).toMatchObject({ topic, payload: "for one" });
    });

    test("[MQTT-3.1.3-3] a CONNECT without client id closes the connection", async () => {
      await expectCut(open(), rawConnect(0x02));
    });

    test("[MQTT-3.1.3-4] an ill-formed client id closes the connection", async () => {
      await expectCut(open(), connectPacket({ clientId: ILL_FORMED }));
    });

    test("[MQTT-3.1.3-5] client ids of 1 to 23 letters and digits are served", async () => {
      const all = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
      for (const clientId of ["a", "Z", "0", all.slice(0, 23), all.slice(23, 46), all.slice(39)]) {
        await (await connect({ clientId })).ping();
      }
    });

    test("[MQTT-3.1.3-6] clients without client id are served beside each other", async () => {
      const topic = unique();
      const [first, second] = [await connect({ clientId: "" }), await connect({ clientId: "" })];
      await first.subscribe([[topic, 0]]);
      await second.publish({ topic, payload: "from the other" });
      expect((await first.expectMessage()).payload).toBe("from the other");
      await second.ping();
    });

    test("[MQTT-3.1.3-7] [MQTT-3.1.3-8] an empty client id without Clean Session has return code 2, and is closed", async () => {
      await expectRefusal(open(), connectPacket({ clientId: "", clean: false }), 2);
    });

    test("[MQTT-3.1.3-9] a rejected client id has return code 2, and its client is closed", async () => {
      const rejected = connectPacket({ clientId: "", clean: false, will: { topic: unique() }, userName: "user" });
      await expectRefusal(open(), rejected, 2);
    });

    test.runIf(isOurHub)("[MQTT-3.1.3-9] one that is longer than the setting allows, too", async () => {
      await expectRefusal(open(), connectPacket({ clientId: "x".repeat(257) }), 2);
      await (await connect({ clientId: "x".repeat(256) })).ping();
    });
  });

  test("[MQTT-3.1.3-1] the payload's fields are read in their order", async () => {
    const [clientId, topic] = [unique(), unique()];
    const will = { topic, payload: "gone", qos: 1 };
    const client = open();
    client.send(connectPacket({ clientId, will, userName: "user", password: "password" }));
    expect(await client.expectPacket("connack")).toMatchObject({ code: 0 });
    const watcher = await connect();
    await watcher.subscribe([[topic, 1]]);
    await connect({ clientId }); // takes over
    expect(await watcher.expectMessage()).toMatchObject({ topic, payload: "gone", qos: 1 });
  });

  test("[MQTT-3.1.4-1] a CONNECT that does not conform is closed without CONNACK", async () => {
    const whole = connectPacket({ clientId: unique(), userName: "user", password: "password" });
    // Cut in each field, the Remaining Length true to what is left.
    for (const length of [4, 8, 9, 10, 12, 14, 20, 30, whole.length - 1]) {
      await expectCut(open(), packet(0x10, whole.subarray(2, length)));
    }
    await expectCut(open(), connectPacket({ clientId: unique(), tail: Buffer.from("more") }));
  });

  test("[MQTT-3.1.4-2] a client id that is connected already closes the former connection", async () => {
    const clientId = unique();
    for (const clean of [true, false]) {
      const former = await connect({ clientId, clean });
      const latter = await connect({ clientId, clean });
      expect(await former.expectClosed()).toEqual([]);
      await latter.ping();
    }
  });

  test("[MQTT-3.1.4-4] a valid CONNECT has return code 0", async () => {
    expect((await connect()).connack.bytes).toEqual(packet(0x20, Buffer.from([0, 0])));
    expect((await connect({ keepAliveS: 65_535 })).connack.code).toBe(0);
    expect((await connect({ userName: "", password: "" })).connack.code).toBe(0);
    expect((await connect({ userName: "user", password: Buffer.from([0, 0xff]) })).connack.code).toBe(0);
  });

  test("[MQTT-3.1.4-5] nothing behind a rejected CONNECT is processed", async () => {
    const topic = unique();
    const watcher = await connect();
    await watcher.subscribe([[topic, 0]]);
    const behind = [publishPacket({ topic, payload: "not to come" }), pingreqPacket()];
    await expectRefusal(open(), Buffer.concat([connectPacket({ level: 6 }), ...behind]), 1);
    await expectRefusal(open(), Buffer.concat([connectPacket({ clientId: "", clean: false }), ...behind]), 2);
    await expectCut(open(), Buffer.concat([connectPacket({ clientId: unique(), flags: 0x03 }), ...behind]));
    const publisher = await connect();
    expect(await messagesAt(watcher, publisher)).toEqual([]);
  });
});
