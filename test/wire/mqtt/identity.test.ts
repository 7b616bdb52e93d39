/** When two messages are one reading and when they are two, as boards and programs really send them. */
import { expect, test } from "vitest";
import type { Reading } from "../../../src/contract/readings.ts";
import { mosquittoPub } from "../../support/clients/mqtt-clients.ts";
import { connectRaw } from "../../support/clients/raw-client.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { onEachEngine } from "../../support/hub/engines.ts";
import { type HubAddress, spawnHub, startHub } from "../../support/hub/hub.ts";
import { readingsOf } from "../../support/hub/rest.ts";
import { PUBACK, PUBREC, publishPacket } from "../../support/packets/packets.ts";

const topic = "devices/x/telemetry";
const ids = (readings: readonly Reading[]): string[] => readings.map(({ _id }) => _id);

test("five calls of `mosquitto_pub -i x -q 1` are five readings, though each has packet id 1", async () => {
  const hub = await startHub();

  for (let call = 0; call < 5; call += 1) {
    await mosquittoPub(hub, "-i", "x", "-q", "1", "-t", topic, "-m", '{"temperature":21}');
  }

  expect(await readingsOf(hub, "x")).toHaveLength(5);
});

test.each([0, 1, 2] as const)(
  "equal values in one millisecond are as many readings as messages, at QoS %i",
  async (qos) => {
    const hub = await startHub();
    const board = await connectRaw(hub, { clientId: "x" });

    const messages = [1, 2, 3, 4].map((packetId) =>
      publishPacket({ topic, payload: '{"temperature":21}', qos, packetId }),
    );
    board.send(...messages, publishPacket({ topic: "marker", payload: "", qos: 1, packetId: 99 }));
    await board.packets(PUBACK, 1);

    const readings = await readingsOf(hub, "x");
    expect(readings).toHaveLength(4);
    expect(new Set(ids(readings)).size).toBe(4);
  },
);

test("equal elements of one array are not merged, and a redelivery of the array adds none", async () => {
  const hub = await startHub();
  const board = await connectRaw(hub, { clientId: "x" });
  const message = {
    topic,
    payload: '[{"temperature":21},{"temperature":21},{"temperature":21}]',
    qos: 1,
    packetId: 3,
  } as const;

  board.publish(message);
  await board.packets(PUBACK, 1);
  board.publish({ ...message, dup: true });
  await board.packets(PUBACK, 2);

  expect(await readingsOf(hub, "x")).toHaveLength(3);
});

test("the same instant with the same values is one reading; with others it is kept beside it", async () => {
  const hub = await startHub();
  const board = await connectRaw(hub, { clientId: "x" });
  const at = new Date(Date.now() - 60_000).toISOString();
  const send = async (packetId: number, metrics: object): Promise<void> => {
    board.publish({ topic, payload: JSON.stringify({ timestamp: at, ...metrics }), qos: 1, packetId });
    await board.packets(PUBACK, packetId);
  };

  await send(1, { temperature: 21, humidity: 50 });
  await send(2, { humidity: 50, temperature: 21 });
  await send(3, { temperature: 22, humidity: 50 });

  const readings = await readingsOf(hub, "x");
  expect(readings.map(({ metrics }) => metrics["temperature"])).toEqual([21, 22]);
  expect(readings.map(({ timestamp }) => timestamp)).toEqual([at, at]);
});

test("a packet id that comes again without DUP is a new reading, and with DUP but other content too", async () => {
  const hub = await startHub();
  const board = await connectRaw(hub, { clientId: "x" });

  board.publish({ topic, payload: '{"temperature":21}', qos: 1, packetId: 5 });
  await board.packets(PUBACK, 1);
  board.publish({ topic, payload: '{"temperature":21}', qos: 1, packetId: 5 });
  await board.packets(PUBACK, 2);
  board.publish({ topic, payload: '{"temperature":22}', qos: 1, packetId: 5, dup: true });
  await board.packets(PUBACK, 3);

  expect((await readingsOf(hub, "x")).map(({ metrics }) => metrics["temperature"])).toEqual([21, 21, 22]);
});

const FORMS = [
  { form: "without an instant", instant: () => ({}) },
  { form: "with an instant", instant: () => ({ ts: Date.now() - 5_000 }) },
];

/** Sends it as a board does that never saw its acknowledgement. */
async function redeliver(hub: HubAddress, clientId: string, message: Message): Promise<void> {
  const again = await connectRaw(hub, { clientId, clean: false });
  again.publish({ ...message, dup: true });
  await again.packets(message.qos === 1 ? PUBACK : PUBREC, 1);
  await again.vanish();
}

interface Message {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 1 | 2;
  readonly packetId: number;
}

test("a reading that is delivered again is one, with an instant or without, at QoS 1 and 2: at once, and after SIGKILL and restart", async () => {
  const hub = await spawnHub();
  const boards = FORMS.flatMap(({ form, instant }) =>
    ([1, 2] as const).map((qos) => {
      const deviceId = `${form.split(" ", 1)[0]}-${qos}`;
      const payload = JSON.stringify({ ...instant(), temperature: 21 });
      const message: Message = { topic: `devices/${deviceId}/telemetry`, payload, qos, packetId: 11 };
      return { deviceId, message };
    }),
  );
  const idsOn = (address: HubAddress): Promise<string[][]> =>
    Promise.all(boards.map(async ({ deviceId }) => ids(await readingsOf(address, deviceId))));
  for (const { deviceId, message } of boards) {
    const board = await connectRaw(hub, { clientId: deviceId, clean: false });
    board.publish(message);
    await board.packets(message.qos === 1 ? PUBACK : PUBREC, 1);
    await board.vanish();
  }
  const before = await idsOn(hub);

  for (const { deviceId, message } of boards) await redeliver(hub, deviceId, message);
  const atOnce = await idsOn(hub);
  await hub.kill();
  const restarted = await startHub({ settings: { dataDir: hub.dataDir } });
  for (const { deviceId, message } of boards) await redeliver(restarted, deviceId, message);

  expect(before.map((each) => each.length)).toEqual([1, 1, 1, 1]);
  expect(atOnce).toEqual(before);
  expect(await idsOn(restarted)).toEqual(before);
});

onEachEngine((engine) => {
  for (const hours of [-1, 1, 24 * 400]) {
    test(`a reading is one though the hub's clock steps by ${hours} h before it is delivered again`, async () => {
      const running = createShiftedClock();
      let stepMs = 0;
      const clock = { ...running, nowMs: () => running.nowMs() + stepMs };
      const hub = await startHub({ clock, settings: engine.settings() });
      const message = { topic, payload: '{"temperature":21}', qos: 1, packetId: 11 } as const;
      const board = await connectRaw(hub, { clientId: "x", clean: false });
      board.publish(message);
      await board.packets(PUBACK, 1);
      await board.vanish();

      stepMs = hours * 3_600_000;
      await redeliver(hub, "x", message);
      await redeliver(hub, "x", message);

      stepMs = 0; // readings after the present are not shown
      expect(await readingsOf(hub, "x")).toHaveLength(1);
    });
  }
});
