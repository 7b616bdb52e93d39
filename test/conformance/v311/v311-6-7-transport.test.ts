/** MQTT 3.1.1, chapters 6 and 7: WebSocket frames, and streams of bytes cut anywhere. */
import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { connectPacket, pingreqPacket, publishPacket, subscribePacket } from "../../support/packets/bytes.ts";
import { within } from "../../support/until.ts";
import { overTransports } from "../broker.ts";

const CONNACK = Buffer.from([0x20, 2, 0, 0]);
const PINGRESP = Buffer.from([0xd0, 0]);

/** Open, and all that came over it in one piece. */
async function openSocket(url: string, protocols: string | string[] = "mqtt") {
  const socket = new WebSocket(url, protocols);
  onTestFinished(() => socket.terminate());
  let bytes = Buffer.alloc(0);
  let isBinary = true;
  socket.on("message", (data: Buffer, binary: boolean) => {
    bytes = Buffer.concat([bytes, data]);
    isBinary &&= binary;
  });
  await within("the WebSocket opens", once(socket, "open"));
  const came = async (expected: Buffer): Promise<void> => {
    while (bytes.length < expected.length) await within("the answer", once(socket, "message"));
    expect(bytes).toEqual(expected);
    expect(isBinary).toBe(true);
  };
  return { socket, came };
}

overTransports(({ address, transport, connect, open, unique }) => {
  describe.runIf(transport === "websocket")("frames", () => {
    test("[MQTT-6.0.0-1] a text frame closes the connection, and answers are binary frames", async () => {
      const { socket, came } = await openSocket(address.wsUrl);
      socket.send(connectPacket({ clientId: unique() }));
      await came(CONNACK);
      const closed = once(socket, "close");
      socket.send(pingreqPacket().toString("latin1").slice(0, 1)); // text, of whatever content
      await within("the connection is closed", closed);
      const first = await openSocket(address.wsUrl);
      const end = once(first.socket, "close");
      first.socket.send("CONNECT");
      await within("the connection is closed", end);
    });

    test("[MQTT-6.0.0-2] a frame may hold several packets, or part of one", async () => {
      const { socket, came } = await openSocket(address.wsUrl);
      const bytes = Buffer.concat([connectPacket({ clientId: unique() }), pingreqPacket(), pingreqPacket()]);
      socket.send(bytes.subarray(0, 1));
      socket.send(Buffer.alloc(0));
      socket.send(bytes.subarray(1, 9));
      socket.send(bytes.subarray(9, bytes.length - 1));
      await came(Buffer.concat([CONNACK, PINGRESP]));
      socket.send(bytes.subarray(bytes.length - 1), { fin: false });
      socket.send(Buffer.concat([pingreqPacket(), pingreqPacket()]), { fin: true });
      await came(Buffer.concat([CONNACK, PINGRESP, PINGRESP, PINGRESP, PINGRESP]));
    });

    test("[MQTT-6.0.0-4] the subprotocol that the server selects is mqtt", async () => {
      expect((await openSocket(address.wsUrl)).socket.protocol).toBe("mqtt");
      expect((await openSocket(address.wsUrl, ["other", "mqtt"])).socket.protocol).toBe("mqtt");
    });
  });

  test("[MQTT-7.0.0-2] a client that uses the standard alone publishes and subscribes", async () => {
    const topic = unique();
    const client = await connect({ clientId: "" });
    await client.subscribe([[topic, 2]]);
    await client.publish({ topic, qos: 2, payload: "plain" });
    expect(await client.expectMessage()).toMatchObject({ topic, payload: "plain", qos: 2 });
  });

  test("[MQTT-7.1.1-1] bytes may come in pieces of any size", async () => {
    const topic = unique();
    const packets = Buffer.concat([
      connectPacket({ clientId: unique() }),
      subscribePacket({ packetId: 1, filters: [[topic, 1]] }),
      publishPacket({ topic, qos: 1, packetId: 2, payload: "x".repeat(300) }),
      pingreqPacket(),
    ]);
    for (const size of [1, 2, 3, 7, 64, packets.length]) {
      const client = open();
      for (let at = 0; at < packets.length; at += size) {
        client.send(packets.subarray(at, at + size));
        await new Promise((resolve) => setImmediate(resolve)); // a segment of its own
      }
      await client.expectPacket("connack");
      await client.expectPacket("suback");
      expect((await client.expectMessage()).payload).toBe("x".repeat(300));
      await client.expectPacket("puback");
      await client.expectPacket("pingresp");
    }
  });
});
