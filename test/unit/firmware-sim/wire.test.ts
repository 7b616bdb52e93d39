/** Simulated stations against a real broker on a free port: what is on the wire in each scenario. */
import { once } from "node:events";
import net, { type AddressInfo, type Socket } from "node:net";
import { Aedes } from "aedes";
import { expect, onTestFinished, test, vi } from "vitest";
import { parseBrokerUrl } from "../../../firmware-sim/mqtt/broker-address.ts";
import { type SimulationOptions, startSimulation } from "../../../firmware-sim/simulation.ts";
import { telemetryTopic } from "../../../src/contract/topics.ts";

interface Seen {
  topic: string;
  payload: string;
  qos: number;
  dup: boolean;
  retain: boolean;
  packetId: number | undefined;
}

async function startBroker(port = 0) {
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const seen: Seen[] = [];
  const users = new Set<string | undefined>();
  aedes.authenticate = (_, user, _password, done) => {
    users.add(user);
    done(null, true);
  };
  aedes.on("publish", ({ topic, payload, qos, dup, retain, ...rest }) => {
    const packetId = "messageId" in rest ? Number(rest.messageId) : undefined;
    if (topic.startsWith("devices/")) seen.push({ topic, payload: payload.toString(), qos, dup, retain, packetId });
  });
  const server = net.createServer((socket) => {
    sockets.add(socket);
    aedes.handle(socket);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((done) => aedes.close(done));
  };
  onTestFinished(close);
  return { port: (server.address() as AddressInfo).port, seen, users, close };
}

function simulate(port: number, options: Partial<SimulationOptions>) {
  const address = parseBrokerUrl(`mqtt://127.0.0.1:${port}`);
  if (address === undefined) throw new Error("the address is well-formed");
  const simulation = startSimulation({
    address,
    mqttVersion: "3.1.1",
    devices: 1,
    intervalMs: 40,
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

const ADDRESS = { protocol: "mqtt", host: "127.0.0.1", path: "", insecure: false } as const;
const soon = (check: () => void) => vi.waitFor(check, { timeout: 8_000, interval: 20 });
const on = (topic: string) => (message: Seen) => message.topic === topic;
const TELEMETRY = telemetryTopic("sim-01");

test("a station says online, then who it is, then its readings, and offline when it is stopped", async () => {
  const broker = await startBroker();
  const simulation = simulate(broker.port, { devices: 3 });
  await soon(() => expect(broker.seen.filter(on(TELEMETRY)).length).toBeGreaterThan(3));
  const { kinds, errors, notSent, connected } = await simulation.stop();
  const own = broker.seen.filter(({ topic }) => topic.includes("/sim-01/"));
  expect(own.slice(0, 3).map(({ topic }) => topic.split("/")[2])).toEqual(["status", "attributes", "telemetry"]);
  expect(own[0]).toMatchObject({ payload: "online", retain: true });
  expect(JSON.parse(own[1]?.payload ?? "")).toMatchObject({ model: "ESP32-WROOM-32E", intervalMs: 40 });
  expect(own.at(-1)).toMatchObject({ topic: "devices/sim-01/status", payload: "offline", retain: true });
  expect(kinds.telemetry.acknowledged).toBe(kinds.telemetry.messages);
  expect(kinds.status).toMatchObject({ messages: 6, acknowledged: 6 });
  expect({ errors, notSent, connected }).toEqual({ errors: [], notSent: [], connected: 0 });
});

test("QoS 2 is spoken to its end: PUBCOMP acknowledges", async () => {
  const broker = await startBroker();
  const simulation = simulate(broker.port, { qos: 2 });
  await soon(() => expect(simulation.summary().kinds.telemetry.acknowledged).toBeGreaterThan(2));
  expect((await simulation.stop()).kinds.telemetry.unacknowledged).toBe(0);
  expect(broker.seen.filter(on(TELEMETRY)).every(({ qos }) => qos === 2)).toBe(true);
});

test("a lost PUBACK makes the board send the same packet again: same id, same bytes, DUP=1", async () => {
  const broker = await startBroker();
  simulate(broker.port, { scenarios: ["duplicate"] });
  await soon(() => expect(broker.seen.filter(({ dup }) => dup).length).toBeGreaterThan(1));
  const messages = broker.seen.filter(on(TELEMETRY));
  for (const again of messages.filter(({ dup }) => dup)) {
    const first = messages.find(({ dup, packetId }) => !dup && packetId === again.packetId);
    expect(again.payload).toBe(first?.payload);
  }
});

test("when the radio goes off the last will fires, and the missed readings come as one array", async () => {
  const broker = await startBroker();
  const simulation = simulate(broker.port, { scenarios: ["wifi-flap"] });
  await soon(() => expect(simulation.summary().kinds.backlog.acknowledged).toBe(1));
  const statuses = broker.seen.filter(on("devices/sim-01/status")).map(({ payload }) => payload);
  expect(statuses.slice(0, 3)).toEqual(["online", "offline", "online"]);
  const backlog = broker.seen.map(({ payload }) => payload).find((payload) => payload.startsWith("["));
  const instants = JSON.parse(backlog ?? "[]").map(({ timestamp }: { timestamp: string }) => Date.parse(timestamp));
  expect(instants.length).toBeGreaterThanOrEqual(5);
  expect(instants).toEqual(instants.toSorted((a: number, b: number) => a - b));
});

test("a battery board leaves no status and no will behind, and tells its attributes once", async () => {
  const broker = await startBroker();
  const simulation = simulate(broker.port, { scenarios: ["deep-sleep"], qos: 0 });
  await soon(() => expect(simulation.summary().kinds.telemetry.acknowledged).toBeGreaterThan(3));
  await simulation.stop();
  expect(broker.seen.filter(on("devices/sim-01/status"))).toEqual([]);
  expect(broker.seen.filter(on("devices/sim-01/attributes"))).toHaveLength(1);
  expect(broker.seen.every(({ qos }) => qos === 1)).toBe(true);
});

test("a PubSubClient board says why it sends a shorter reading", async () => {
  const broker = await startBroker();
  const notices: string[] = [];
  const simulation = simulate(broker.port, { scenarios: ["pubsubclient"], onNotice: (line) => notices.push(line) });
  await soon(() => expect(broker.seen.filter(on(TELEMETRY)).length).toBeGreaterThan(2));
  const { kinds, notSent } = await simulation.stop();
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(/^sim-01: publish\(\) returned false: \d+ bytes do not fit/);
  expect(notSent[0]?.count).toBe(kinds.telemetry.messages);
  expect(kinds.telemetry.unacknowledgeable).toBe(kinds.telemetry.messages);
  for (const { topic, payload, qos } of broker.seen) {
    expect(qos).toBe(0);
    expect(7 + Buffer.byteLength(topic) + Buffer.byteLength(payload)).toBeLessThanOrEqual(256);
  }
});

test("malformed messages do not cost the good readings among them", async () => {
  const broker = await startBroker();
  const simulation = simulate(broker.port, { scenarios: ["malformed"], intervalMs: 10 });
  await soon(() => expect(simulation.summary().kinds.malformed.acknowledged).toBeGreaterThan(17));
  const { errors, kinds } = await simulation.stop();
  expect(errors).toEqual([]);
  expect(kinds.telemetry.messages).toBeGreaterThan(2 * kinds.malformed.messages);
});

test("stations outlive their broker: readings wait on the board and follow once, in order", async () => {
  const first = await startBroker();
  const simulation = simulate(first.port, {});
  await soon(() => expect(first.seen.filter(on(TELEMETRY)).length).toBeGreaterThan(2));
  await first.close();
  await soon(() => expect(simulation.summary().connected).toBe(0));
  const second = await startBroker(first.port);
  await soon(() => expect(second.seen.filter(on(TELEMETRY)).length).toBeGreaterThan(5));
  const { kinds, errors } = await simulation.stop();
  expect(kinds.telemetry.unacknowledged).toBe(0);
  expect(errors.some(({ text }) => /closed the connection|ECONNRESET/.test(text))).toBe(true);
  const instants = [...first.seen, ...second.seen].filter(on(TELEMETRY)).map(({ payload }) => payload);
  const unique = [...new Set(instants)].map((payload) => Date.parse(JSON.parse(payload).timestamp));
  expect(unique).toHaveLength(kinds.telemetry.readings);
  expect(unique).toEqual(unique.toSorted((a, b) => a - b));
});

test("boards with one password log in as simulator, those of ThingsBoard with tokens of their own", async () => {
  const broker = await startBroker();
  const address = { ...ADDRESS, port: broker.port, password: "secret" };
  const simulation = simulate(broker.port, { address, family: "all", devices: 22 });
  // Zigbee2MQTT and the edge node are one client each.
  await soon(() => expect(simulation.summary()).toMatchObject({ connected: 20, clients: 20, devices: 22 }));
  await soon(() => expect([...broker.users].sort()).toEqual(["simulator", "tb-070001", "tb-070002"]));
});

test("a simulation that never finds a broker says so", async () => {
  const { port, close } = await startBroker();
  await close();
  const simulation = simulate(port, {});
  await soon(() => expect(simulation.summary().errors.length).toBeGreaterThan(0));
  const summary = await simulation.stop();
  expect(summary.everConnected).toBe(false);
  expect(summary.errors[0]?.text).toContain("ECONNREFUSED");
});
