/** What stations of MQTT 5 say to a broker and understand of it, byte by byte, against one that does as it is told. */
import { once } from "node:events";
import net, { type AddressInfo, type Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { parseBrokerUrl } from "../../../firmware-sim/mqtt/broker-address.ts";
import { type SimulationOptions, startSimulation } from "../../../firmware-sim/simulation.ts";
import { REASON } from "../../../src/contract/reason-codes.ts";
import { deliveryOf, type Packet, packet, packetReader } from "../../support/packets/packets.ts";

const CONNECT = 1;
const PUBLISH = 3;
const DISCONNECT = 14;

/** [MQTT 5.0, 3.2, 3.4, 3.14]: with no properties but those of CONNACK that are given. */
const connack = (reasonCode = 0, properties: readonly number[] = []): Buffer =>
  packet(0x20, Buffer.from([0, reasonCode, properties.length, ...properties]));
const puback = (packetId: number, reasonCode: number): Buffer =>
  packet(0x40, Buffer.from([packetId >> 8, packetId & 0xff, reasonCode, 0]));
const disconnect = (reasonCode: number): Buffer => packet(0xe0, Buffer.from([reasonCode, 0]));

type Script = (packet: Packet, socket: Socket) => void;

/** Answers as `script` says; keeps what came. */
async function startScript(script: Script) {
  const received: Packet[] = [];
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined); // its end is what counts
    const read = packetReader((came) => {
      received.push(came);
      script(came, socket);
    });
    socket.on("data", read);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    port: (server.address() as AddressInfo).port,
    of: (type: number) => received.filter((each) => each.type === type),
  };
}

/** Lets everybody in; PUBLISH is answered by `reasonOf` its topic. */
const answering =
  (reasonOf: (topic: string) => number): Script =>
  (came, socket) => {
    if (came.type === CONNECT) socket.write(connack());
    if (came.type !== PUBLISH) return;
    const { topic, packetId } = deliveryOf(came);
    if (packetId !== undefined) socket.write(puback(packetId, reasonOf(topic)));
  };

function simulate(port: number, options: Partial<SimulationOptions> = {}) {
  const address = parseBrokerUrl(`mqtt://127.0.0.1:${port}`);
  if (address === undefined) throw new Error("the address is well-formed");
  const simulation = startSimulation({
    address,
    mqttVersion: "5",
    devices: 1,
    intervalMs: 20,
    seed: 3,
    prefix: "sim",
    qos: 1,
    timestamps: true,
    scenarios: [],
    scenarioDevices: 1,
    ...options,
  });
  onTestFinished(async () => void (await simulation.stop()));
  return simulation;
}

const soon = (check: () => void) => vi.waitFor(check, { timeout: 8_000, interval: 10 });

/** Of CONNECT: level, Clean Start, and the properties behind their length. [MQTT 5.0, 3.1.2] */
const connectOf = ({ body }: Packet) => ({
  level: body[6],
  cleanStart: ((body[7] ?? 0) & 2) !== 0,
  properties: body.toString("hex", 11, 11 + (body[10] ?? 0)),
});

/** Session Expiry Interval, 600 s. [MQTT 5.0, 3.1.2.11.2] */
const KEEPS_ITS_SESSION = "1100000258";

test("a station asks to keep its session, goes on with it after a loss, and ends it when it leaves", async () => {
  let lost = false;
  const broker = await startScript((came, socket) => {
    answering(() => REASON.success)(came, socket);
    if (came.type !== PUBLISH || lost) return;
    lost = true;
    socket.destroy();
  });
  const simulation = simulate(broker.port);
  await soon(() => expect(simulation.summary().kinds.telemetry.acknowledged).toBeGreaterThan(2));
  await simulation.stop();
  await soon(() => expect(broker.of(DISCONNECT)).toHaveLength(1));

  expect(broker.of(CONNECT).map(connectOf)).toEqual([
    { level: 5, cleanStart: true, properties: KEEPS_ITS_SESSION },
    { level: 5, cleanStart: false, properties: KEEPS_ITS_SESSION },
  ]);
  expect(broker.of(DISCONNECT)[0]?.body.toString("hex")).toBe("00051100000000");
});

test("a battery board asks for no session, and sleeps after a refusal too", async () => {
  const broker = await startScript(answering(() => REASON.payloadFormatInvalid));
  const simulation = simulate(broker.port, { scenarios: ["deep-sleep"], intervalMs: 100 });
  await soon(() => expect(broker.of(CONNECT).length).toBeGreaterThan(2));
  await simulation.stop();
  for (const connect of broker.of(CONNECT)) {
    expect(connectOf(connect)).toEqual({ level: 5, cleanStart: true, properties: "" });
  }
  expect(broker.of(DISCONNECT).length).toBeGreaterThanOrEqual(2);
});

test("what the hub refuses is counted with its reason in words, and not sent again", async () => {
  const broker = await startScript(
    answering((topic) => (topic.endsWith("/telemetry") ? REASON.payloadFormatInvalid : REASON.noMatchingSubscribers)),
  );
  const simulation = simulate(broker.port);
  await soon(() => expect(simulation.summary().kinds.telemetry.refused).toBeGreaterThan(3));
  const { kinds, refused, errors, retransmitted } = await simulation.stop();
  expect(kinds.telemetry).toMatchObject({ acknowledged: 0, refused: kinds.telemetry.messages, unacknowledged: 0 });
  expect(kinds.status).toMatchObject({ messages: 2, acknowledged: 2, refused: 0 });
  expect(refused).toEqual([{ text: "0x99 payload format invalid", count: kinds.telemetry.messages }]);
  expect({ errors, retransmitted }).toEqual({ errors: [], retransmitted: 0 });
});

test("no more messages are on the way than the broker takes at once, and their order is kept", async () => {
  let onTheWay = 0;
  let most = 0;
  const broker = await startScript((came, socket) => {
    if (came.type === CONNECT) socket.write(connack(0, [0x21, 0, 2])); // Receive Maximum 2
    if (came.type !== PUBLISH) return;
    onTheWay += 1;
    most = Math.max(most, onTheWay);
    const answer = () => {
      onTheWay -= 1;
      socket.write(puback(deliveryOf(came).packetId ?? 0, REASON.success));
    };
    setTimeout(answer, 60); // three readings later
  });
  const simulation = simulate(broker.port);
  await soon(() => expect(simulation.summary().kinds.telemetry.acknowledged).toBeGreaterThan(8));
  await simulation.stop();
  expect(most).toBe(2);
  const instants = broker
    .of(PUBLISH)
    .map(deliveryOf)
    .filter(({ topic }) => topic.endsWith("/telemetry"))
    .map(({ payload }) => Date.parse(JSON.parse(payload.slice(1)).timestamp)); // behind the length of no properties
  expect(instants).toEqual(instants.toSorted((a, b) => a - b));
});

test("a broker that closes and says why is quoted", async () => {
  const broker = await startScript((came, socket) => {
    if (came.type === CONNECT) socket.write(connack());
    if (came.type === PUBLISH) socket.end(disconnect(REASON.sessionTakenOver));
  });
  const simulation = simulate(broker.port);
  // It comes back and is closed again and again; a try that was writing when it was closed may not have read why.
  const quoted = expect.objectContaining({ text: "the broker closed the connection: 0x8E session taken over" });
  await soon(() => expect(simulation.summary().errors).toContainEqual(quoted));
});

test("a broker that lets nobody in is quoted", async () => {
  const broker = await startScript((came, socket) => {
    if (came.type === CONNECT) socket.end(connack(REASON.serverBusy));
  });
  const simulation = simulate(broker.port);
  await soon(() => expect(simulation.summary().errors).not.toEqual([]));
  const { errors, everConnected } = await simulation.stop();
  expect(everConnected).toBe(false);
  expect(errors[0]?.text).toBe("Connection refused: 0x89 server busy");
});
