/** One simulated air-quality station: boots, connects, reads its sensors each interval and sends them. */
import { attributesTopic, statusTopic, telemetryTopic } from "../../src/contract/topics.ts";
import type { Clock, Stop } from "../helpers/clock.ts";
import { createRandom, seedFrom } from "../helpers/random.ts";
import type { Tally } from "../helpers/tally.ts";
import type { BrokerAddress } from "../mqtt/broker-address.ts";
import { createLink } from "../mqtt/link.ts";
import type { SpokenVersion } from "../mqtt/mqtt-session.ts";
import type { Air } from "../room/air.ts";
import { createRoom, type RoomOptions } from "../room/room.ts";
import { ROOM_KIND_NAMES, type RoomKind } from "../room/room-kind.ts";
import { encodeReading, styleOf } from "./reading.ts";
import type { Board, Scenario } from "./scenario.ts";
import { createSensors, type StationMetrics } from "./sensors.ts";
import { waitUntilQuiet } from "./wait-until-quiet.ts";

export interface StationOptions {
  deviceId: string;
  /** Among all stations, from 0. */
  index: number;
  seed: number;
  intervalMs: number;
  /** Stations boot at chance moments within this. */
  bootSpreadMs: number;
  qos: 0 | 1 | 2;
  timestamps: boolean;
  utcOffsetMinutes: number;
  scenario: Scenario;
  address: BrokerAddress;
  mqttVersion: SpokenVersion;
  clock: Clock;
  tally: Tally;
  onNotice(line: string): void;
}

export interface Station {
  /** Waits a moment for acknowledgements, says offline, disconnects cleanly. */
  stop(): Promise<void>;
}

const KEEP_ALIVE_SECONDS = 60;
/** As long as the hub knows a redelivery that has no instant of its own. */
const SESSION_EXPIRY_SECONDS = 600;

export function startStation(options: StationOptions): Station {
  const { deviceId, scenario, clock, intervalMs } = options;
  const random = createRandom(seedFrom(options.seed, deviceId, "timing"));
  const { board, room } = createBoard(options, random, opened);
  const tick = scenario.createTick?.(board) ?? (() => sendReading(board));
  let hasSentAttributes = false;
  let stopTicks: Stop | undefined;
  let stopping = false;
  const stopBoot = clock.after(random() * options.bootSpreadMs, boot);

  function boot(): void {
    if (scenario.sleeps === true) startTicks();
    else board.link.open();
  }

  function opened(): void {
    if (scenario.sleeps !== true) sendStatus(board, "online");
    if (scenario.sleeps !== true || !hasSentAttributes) sendAttributes(board, { ...options, room });
    hasSentAttributes = true;
    if (stopTicks === undefined) startTicks();
  }

  /** One reading at once, so that it is soon visible; the next ones at a random moment of the interval. */
  function startTicks(): void {
    stopTicks = clock.after(intervalMs * (0.1 + 0.9 * random()), () => {
      stopTicks = clock.every(intervalMs, tick);
      tick();
    });
    tick();
  }

  return {
    async stop() {
      if (stopping) return;
      stopping = true;
      stopBoot();
      stopTicks?.();
      const answers = await waitUntilQuiet(board.link, clock);
      if (board.link.isOpen() && scenario.sleeps !== true) {
        sendStatus(board, "offline");
        if (answers) await waitUntilQuiet(board.link, clock);
      }
      board.link.leave();
    },
  };
}

/** What a station of this seed and number senses: the same at the same instant, whoever asks. */
export function createStationSensors({
  seed: ofAll,
  deviceId,
  index,
  utcOffsetMinutes,
  stepMs,
}: Pick<StationOptions, "seed" | "deviceId" | "index" | "utcOffsetMinutes"> & Pick<RoomOptions, "stepMs">) {
  const kind = ROOM_KIND_NAMES[index % ROOM_KIND_NAMES.length] ?? "office";
  const seed = seedFrom(ofAll, deviceId);
  const room = createRoom({ kind, seed: seedFrom(seed, "room"), utcOffsetMinutes, stepMs });
  const sensors = createSensors(seedFrom(seed, "sensors"));
  const read = (atMs: number, disturb = (air: Air): Air => air): StationMetrics =>
    sensors.read(disturb(room.at(atMs)), atMs);
  return { kind, read };
}

function createBoard(
  options: StationOptions,
  random: () => number,
  onOpen: () => void,
): { board: Board; room: RoomKind } {
  const { deviceId, index, clock, scenario, address, mqttVersion, tally } = options;
  const { kind, read } = createStationSensors(options);
  const qos = scenario.qos ?? options.qos;
  const bootedAtMs = clock.now();
  const link = createLink({
    address,
    mqttVersion,
    deviceId,
    keepAliveSeconds: scenario.keepAliveSeconds ?? KEEP_ALIVE_SECONDS,
    ...(scenario.sleeps === true
      ? {}
      : { will: { topic: statusTopic(deviceId), payload: "offline", qos, retain: true } }),
    sessionExpirySeconds: scenario.sleeps === true ? 0 : SESSION_EXPIRY_SECONDS,
    clock,
    random,
    tally,
    onOpen,
  });
  const board: Board = {
    deviceId,
    telemetryTopic: telemetryTopic(deviceId),
    qos,
    style: styleOf(index, options.timestamps),
    bootedAtMs,
    link,
    sense() {
      const atMs = clock.now();
      const disturb = (air: Air): Air => scenario.disturb?.(air, atMs - bootedAtMs) ?? air;
      return { atMs, metrics: { ...read(atMs, disturb) } };
    },
    notice: (text) => options.onNotice(`${deviceId}: ${text}`),
    notSent: tally.notSent,
  };
  return { board, room: kind };
}

function sendReading(board: Board): void {
  const payload = encodeReading(board.sense(), board.style);
  board.link.send({ kind: "telemetry", topic: board.telemetryTopic, payload, qos: board.qos, readings: 1 });
}

function sendStatus({ link, deviceId, qos }: Board, payload: "online" | "offline"): void {
  link.send({ kind: "status", topic: statusTopic(deviceId), payload, qos, retain: true, passing: true });
}

function sendAttributes({ link, deviceId, qos }: Board, { index, room, intervalMs }: AttributesOf): void {
  const number = index + 1;
  const payload = JSON.stringify({
    model: "ESP32-WROOM-32E",
    firmware: "aerie-sim 1.0.0",
    ip: `10.32.${Math.floor(number / 250)}.${1 + (number % 250)}`,
    mac: `24:6f:28:00:${hexByte(number >> 8)}:${hexByte(number)}`,
    room,
    intervalMs,
  });
  link.send({ kind: "attributes", topic: attributesTopic(deviceId), payload, qos, passing: true });
}

interface AttributesOf {
  index: number;
  room: RoomKind;
  intervalMs: number;
}

const hexByte = (number: number): string => (number & 0xff).toString(16).padStart(2, "0");
