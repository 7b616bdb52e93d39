/** The made-up data of a sample: sends it to a hub and says what the hub holds then. */
import type { MqttClient } from "mqtt";
import type { Held, HeldDevice, HeldHour, HeldJournal, HeldMessage, Metrics, Value } from "./sample.ts";
import {
  connect,
  halfHandshakes,
  KEEP_ALIVE_S,
  keeping,
  NEVER,
  type Publish,
  publisher,
  vanish,
} from "./sample-clients.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAY_S = 86_400;

export type Timed = readonly [number, Metrics];

/** Yesterday at noon, UTC: in no sample do a reading's hours depend on when it was made. */
export const noonBefore = (nowMs: number): number => Math.floor(nowMs / DAY) * DAY - DAY / 2;

/** Of more than one UTC day, and enough of them to be compressed. */
export const longSeries = (baseMs: number, count: number): Timed[] =>
  Array.from({ length: count }, (_, i) => {
    const metrics = { temperature: 18 + (i % 37) / 4, open: i % 5 === 0, ...(i % 40 === 0 && { mode: "auto" }) };
    return [baseMs - count * 4 * MINUTE + i * 4 * MINUTE, metrics];
  });

/** Values of each kind; the last two have one instant. */
export const oddValues = (baseMs: number): Timed[] => [
  [baseMs, { temperature: 21.5, mode: "☀ auto", open: true }],
  [baseMs + MINUTE, { temperature: -0.25, counter: 9_007_199_254_740_991, tiny: 5e-324, huge: 1.7976931348623157e308 }],
  [baseMs + 2 * MINUTE, { "BME280.Temperature": 19, note: 'a "b" \\ é 😀', zero: 0, off: false }],
  [baseMs + 3 * MINUTE, { temperature: 1 }],
  [baseMs + 3 * MINUTE, { temperature: 2 }],
];

const asMessage = (readings: readonly Timed[]): string =>
  JSON.stringify(readings.map(([ts, values]) => ({ ts, values: { ...values, nothing: null } })));

export async function sendTimed(publish: Publish, deviceId: string, readings: readonly Timed[]): Promise<void> {
  for (let from = 0; from < readings.length; from += 100) {
    await publish(`devices/${deviceId}/telemetry`, asMessage(readings.slice(from, from + 100)));
  }
}

/** What a device says besides timed readings. */
export async function sendOthers(publish: Publish): Promise<void> {
  await publish("devices/hall/telemetry/humidity", "47.5");
  await publish("devices/hall/telemetry", '{"level":3}');
  await publish("devices/hall/telemetry", '{"level":"unavailable"}');
  await publish("devices/hall/attributes", '{"model":"BME280 ☀","floor":-1,"heated":false,"gone":"soon"}');
  await publish("devices/hall/attributes", '{"gone":null,"list":[1,"two"]}');
  await publish("devices/hall/status", "online", { retain: true });
  await publish("devices/attic/telemetry", '{"ts":946684800,"values":{"temperature":5}}');
}

const hex = (text: string | Buffer): string => Buffer.from(text).toString("hex");
const message = (topic: string, payload: string | Buffer, other: Partial<HeldMessage> = {}): HeldMessage => ({
  topic,
  payload: hex(payload),
  properties: "",
  qos: 1,
  retain: false,
  publisher: "sender",
  ...other,
});

/** The content type text/plain. */
const TEXT_PLAIN = "03000a746578742f706c61696e";
const door = (properties: string): HeldMessage =>
  message("garden/door", "open", { properties, retain: true, expiresAfterS: 30 * DAY_S });
const LIGHT = message("garden/light", Buffer.from([0, 255, 128, 10]), { qos: 2 });
/** Of a session that is kept: its packet id and its delivery are written both or neither. */
const HALF = message("garden/half", "half sent", { qos: 2, publisher: "half" });
const HEAT = message("house/heat", "21");
const LAMP = message("hall/lamp", "on", { qos: 0, retain: true });
const ONLINE = message("devices/hall/status", "online", { retain: true });

/** The message for a client with a quotation mark in its id is kept as well. */
const QUOTED = '"quoted" client';

/** Returns clients that have to stay connected until the hub stops. */
export async function sendToBroker(
  { mqttUrl, mqttPort }: { mqttUrl: string; mqttPort: number },
  publish: Publish,
): Promise<MqttClient[]> {
  const phone = await connect(mqttUrl, "phone", keeping);
  await phone.subscribeAsync("garden/#", { qos: 2, rap: true, properties: { subscriptionIdentifier: 7 } });
  await phone.subscribeAsync("hall/+", { qos: 0, nl: true });
  await phone.endAsync();
  const quoted = await connect(mqttUrl, QUOTED, { protocolVersion: 4, clean: false });
  await quoted.subscribeAsync("garden/door", { qos: 1 });
  await quoted.subscribeAsync("$share/g/house/+", { qos: 1 });
  await quoted.endAsync();

  const properties = { messageExpiryInterval: 30 * DAY_S, contentType: "text/plain" };
  await publish("garden/door", "open", { retain: true, properties });
  await publish("garden/light", Buffer.from([0, 255, 128, 10]), { qos: 2 });
  await publish("house/heat", "21");
  await publish("hall/lamp", "on", { qos: 0, retain: true });
  await publish("hall/bell", "rings", { retain: true });
  await publish("hall/bell", "", { retain: true }); // no longer retained
  await halfHandshakes(mqttPort, {
    clientId: "half",
    filter: "half/#",
    topic: "garden/half",
    packetId: 9,
    publish: () => publish("half/door", "half received", { qos: 2 }),
  });

  const staying = await connect(mqttUrl, "staying", {
    ...keeping,
    will: { topic: "wills/staying", payload: Buffer.from("bye"), qos: 1, retain: false },
  });
  const gone = await connect(mqttUrl, "gone", {
    ...keeping,
    will: {
      topic: "wills/gone",
      payload: Buffer.from("gone"),
      qos: 2,
      retain: true,
      properties: { willDelayInterval: DAY_S, contentType: "text/plain" },
    },
  });
  await vanish(gone);
  return [staying];
}

const session = (clientId: string, version: number) => ({ clientId, version, expiryS: NEVER });
const subscription = { qos: 1, noLocal: false, retainAsPublished: false };

/** Former versions keep the message expiry interval as an instant only; later ones among the properties, too. */
const doorOf = (hasInterval: boolean): HeldMessage => door(hasInterval ? `0200278d00${TEXT_PLAIN}` : TEXT_PLAIN);

export const heldByBroker = (hasInterval: boolean, DOOR = doorOf(hasInterval)): HeldJournal => ({
  sessions: [session("phone", 5), session(QUOTED, 4), session("half", 4), session("staying", 5), session("gone", 5)],
  subscriptions: [
    { clientId: "phone", filter: "garden/#", qos: 2, noLocal: false, retainAsPublished: true, subscriptionId: 7 },
    { clientId: "phone", filter: "hall/+", qos: 0, noLocal: true, retainAsPublished: false },
    { clientId: QUOTED, filter: "garden/door", ...subscription },
    { clientId: QUOTED, filter: "$share/g/house/+", ...subscription },
    { clientId: "half", filter: "half/#", ...subscription, qos: 2 },
  ],
  retained: [DOOR, LAMP, ONLINE],
  deliveries: [
    { clientId: "phone", qos: 1, retain: true, subscriptionIds: [7], message: DOOR },
    { clientId: "phone", qos: 2, retain: false, subscriptionIds: [7], message: LIGHT },
    { clientId: "phone", qos: 2, retain: false, subscriptionIds: [7], message: HALF },
    { clientId: QUOTED, qos: 1, retain: false, subscriptionIds: [], message: DOOR },
    { clientId: QUOTED, qos: 1, retain: false, subscriptionIds: [], share: "$share/g/house/+", message: HEAT },
    { clientId: "half", qos: 2, retain: false, subscriptionIds: [], message: null },
  ],
  inbound: [{ clientId: "half", packetId: 9 }],
  wills: [
    {
      clientId: "staying",
      delayS: 0,
      keepAliveS: KEEP_ALIVE_S,
      isDue: false,
      message: message("wills/staying", "bye", { publisher: "staying" }),
    },
    {
      clientId: "gone",
      delayS: DAY_S,
      keepAliveS: KEEP_ALIVE_S,
      isDue: true,
      message: message("wills/gone", "gone", {
        qos: 2,
        retain: true,
        publisher: "gone",
        properties: TEXT_PLAIN,
      }),
    },
  ],
});

/** Sent while MongoDB is away: a write of each kind. */
export async function sendToOutbox(mqttUrl: string, publish: Publish, baseMs: number): Promise<void> {
  await sendTimed(publish, "hall", waitingReadings(baseMs));
  await sendTimed(publish, "shed", waitingReadings(baseMs));
  await publish("devices/hall/attributes", '{"firmware":"1.2.3"}');
  await publish("devices/hall/status", "offline", { retain: true });
  await publish("garden/late", "late", { qos: 2 });
  await publish("hall/lamp", "", { retain: true });
  const late = await connect(mqttUrl, "late", {
    ...keeping,
    will: {
      topic: "wills/late",
      payload: Buffer.from("late"),
      qos: 0,
      retain: false,
      properties: { willDelayInterval: DAY_S },
    },
  });
  await late.subscribeAsync("late/#", { qos: 1 });
  await vanish(late);
  await publish("late/1", "first");
}

export const waitingReadings = (baseMs: number): Timed[] => [
  [baseMs + HOUR, { temperature: 24, mode: "late" }],
  [baseMs + HOUR + 1, { temperature: 25.5, open: false }],
];

/** What is held once the waiting writes are sent. */
export const heldAfterOutbox = (hasInterval: boolean, before = heldByBroker(hasInterval)): HeldJournal => ({
  ...before,
  sessions: [...before.sessions, session("late", 5)],
  subscriptions: [...before.subscriptions, { clientId: "late", filter: "late/#", ...subscription }],
  retained: [doorOf(hasInterval), message("devices/hall/status", "offline", { retain: true })],
  deliveries: [
    ...before.deliveries,
    {
      clientId: "phone",
      qos: 2,
      retain: false,
      subscriptionIds: [7],
      message: message("garden/late", "late", { qos: 2 }),
    },
    { clientId: "late", qos: 1, retain: false, subscriptionIds: [], message: message("late/1", "first") },
  ],
  wills: [
    ...before.wills,
    {
      clientId: "late",
      delayS: DAY_S,
      keepAliveS: KEEP_ALIVE_S,
      isDue: true,
      message: message("wills/late", "late", { qos: 0, publisher: "late" }),
    },
  ],
});

export const CELLAR_KEEPS = { rawDays: 400, hourDays: 0 };

/** Older than raw readings are kept: imported as an hour. */
export const rebuiltHour = (baseMs: number): HeldHour => ({
  deviceId: "cellar",
  startMs: baseMs - 500 * DAY,
  metric: "temperature",
  values: [3.5, -1, 7],
});

export const hourLines = ({ deviceId, startMs, metric, values }: HeldHour): string =>
  values
    .map((value, i) =>
      JSON.stringify({ deviceId, timestamp: new Date(startMs + i).toISOString(), metrics: { [metric]: value } }),
    )
    .join("\n");

export type { Held, HeldDevice, Value };
export { connect, publisher };
