/** MQTT 5.0, chapter 6: MQTT over WebSocket. Everything else in MQTT 5 is tested over it as well. */
import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { connectPacket, pingreqPacket, publishPacket, subscribePacket } from "../../support/packets/bytes.ts";
import { type Received, receivedReader } from "../../support/packets/received.ts";
import { within } from "../../support/until.ts";
import { isOurHub } from "../broker.ts";
import { overTransports5 } from "../v5-support.ts";

overTransports5(({ transport, address, unique }) => {
  const openSocket = async (): Promise<WebSocket> => {
    const socket = new WebSocket(address.wsUrl, "mqtt");
    onTestFinished(() => socket.terminate());
    await within("the WebSocket opens", once(socket, "open"));
    return socket;
  };

  /** What comes, until so many packets are there. */
  const packetsFrom = (socket: WebSocket, count: number): Promise<Received[]> =>
    within(
      `${count} packets`,
      new Promise((resolve) => {
        const packets: Received[] = [];
        const read = receivedReader(5, (packet) => {
          packets.push(packet);
          if (packets.length === count) resolve(packets);
        });
        socket.on("message", (data: Buffer) => read(data));
      }),
    );

  describe.skipIf(!isOurHub || transport !== "websocket")("frames", () => {
    test("[MQTT-6.0.0-1] a text frame closes the connection, and binary frames carry the answers", async () => {
      const socket = await openSocket();
      const frame = once(socket, "message");
      socket.send(connectPacket({ version: 5, clientId: unique() }));
      expect((await within("CONNACK", frame))[1]).toBe(true);
      const closed = once(socket, "close");
      // A whole PUBLISH, of bytes that are text too.
      socket.send(publishPacket({ topic: unique(), payload: "x" }, 5).toString());
      await within("the server closes", closed);
    });

    test("[MQTT-6.0.0-2] packets may be cut over frames, and frames may hold several packets", async () => {
      const socket = await openSocket();
      const topic = unique();
      const came = packetsFrom(socket, 4);
      const bytes = Buffer.concat([
        connectPacket({ version: 5, clientId: unique() }),
        subscribePacket({ packetId: 1, filters: [[topic, 0]] }, 5),
        publishPacket({ topic, payload: "x" }, 5),
        pingreqPacket(),
      ]);
      const cuts = [0, 1, 2, 7, 20, bytes.length - 3, bytes.length];
      for (const [at, to] of cuts.slice(1).entries()) socket.send(bytes.subarray(cuts[at], to));
      expect((await came).map(({ type }) => type)).toEqual(["connack", "suback", "publish", "pingresp"]);
    });

    test("[MQTT-6.0.0-4] the server selects the subprotocol mqtt", async () => {
      const socket = new WebSocket(address.wsUrl, ["other", "mqtt"]);
      onTestFinished(() => socket.terminate());
      await within("the WebSocket opens", once(socket, "open"));
      expect(socket.protocol).toBe("mqtt");
    });
  });
});
