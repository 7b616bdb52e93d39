/** Connects the firmware of a family to the broker and calls it each interval. */
import { createSensors, type StationMetrics } from "../board/sensors.ts";
import { waitUntilQuiet } from "../board/wait-until-quiet.ts";
import type { Clock, Stop } from "../helpers/clock.ts";
import { createRandom, seedFrom } from "../helpers/random.ts";
import type { Tally } from "../helpers/tally.ts";
import type { BrokerAddress } from "../mqtt/broker-address.ts";
import { createLink } from "../mqtt/link.ts";
import type { SpokenVersion } from "../mqtt/mqtt-session.ts";
import { createRoom, type RoomOptions } from "../room/room.ts";
import { ROOM_KIND_NAMES } from "../room/room-kind.ts";
import { wattHoursAt, wattsAt } from "./appliance.ts";
import type { Publication, SimulatedDevice } from "./family.ts";
import { SIMULATED_FAMILIES, type SimulatedFamilyName } from "./family-list.ts";

export interface FamilyOptions {
  family: SimulatedFamilyName;
  devices: number;
  /** As a board calls itself in its topics; left out: by its MAC. */
  name?: string;
  seed: number;
  intervalMs: number;
  /** Clients start at chance moments within this. */
  bootSpreadMs: number;
  utcOffsetMinutes: number;
  address: BrokerAddress;
  mqttVersion: SpokenVersion;
  clock: Clock;
  tally: Tally;
}

export interface FamilyClient {
  stop(): Promise<void>;
}

/** A bridge has one client for all of its devices; others have one each. */
export function startFamily(options: FamilyOptions): FamilyClient[] {
  const devices = Array.from({ length: options.devices }, (_, index) => simulatedDevice(options, index));
  const [first, ...others] = devices;
  if (first === undefined) return [];
  if (SIMULATED_FAMILIES[options.family].isBridge) return [startClient(options, [first, ...others])];
  return devices.map((device) => startClient(options, [device]));
}

export interface SimulatedDeviceOptions
  extends Pick<FamilyOptions, "family" | "seed" | "utcOffsetMinutes">,
    Pick<RoomOptions, "stepMs"> {
  readonly clock: Pick<Clock, "now">;
}

export function simulatedDevice(
  { family, seed, utcOffsetMinutes, clock, stepMs }: SimulatedDeviceOptions,
  index: number,
): SimulatedDevice {
  const own = seedFrom(seed, family, index);
  const kind = ROOM_KIND_NAMES[index % ROOM_KIND_NAMES.length] ?? "office";
  const room = createRoom({ kind, seed: seedFrom(own, "room"), utcOffsetMinutes, stepMs });
  const sensors = createSensors(seedFrom(own, "sensors"));
  let sensed: { readonly atMs: number; readonly metrics: StationMetrics } | undefined;
  /** A firmware asks several times for one message. */
  const sense = (): StationMetrics => {
    const atMs = clock.now();
    if (sensed?.atMs !== atMs) sensed = { atMs, metrics: sensors.read(room.at(atMs), atMs) };
    return sensed.metrics;
  };
  const plugSeed = seedFrom(own, "plug");
  const familyByte = Object.keys(SIMULATED_FAMILIES).indexOf(family);
  return {
    number: index + 1,
    // 00-00-5E-00-53 is the range for documentation, which is too small for a house. RFC 7042, 2.1.2
    mac: `02005E${hex(familyByte, 2)}${hex(index + 1, 4)}`,
    sense,
    powerW: () => wattsAt(plugSeed, clock.now(), sense().co2),
    energyWh: () => wattHoursAt(plugSeed, clock.now()),
  };
}

const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, "0");

function startClient(options: FamilyOptions, devices: readonly [SimulatedDevice, ...SimulatedDevice[]]): FamilyClient {
  const { family, clock, tally, mqttVersion, intervalMs, address } = options;
  const random = createRandom(seedFrom(options.seed, family, devices[0].number, "timing"));
  const firmware = SIMULATED_FAMILIES[family].create({ name: options.name, devices, now: clock.now, send });
  const { clientId, username, will, keepAliveSeconds, subscriptions } = firmware;
  let stopTicks: Stop | undefined;
  const link = createLink({
    address: username === undefined || address.username !== undefined ? address : { ...address, username },
    mqttVersion,
    deviceId: clientId,
    keepAliveSeconds,
    ...(will !== undefined && { will }),
    subscriptions,
    sessionExpirySeconds: 0,
    clock,
    random,
    tally,
    onOpen: opened,
    onMessage: firmware.received,
  });
  const stopBoot = clock.after(random() * options.bootSpreadMs, () => link.open());

  function send({ topic, payload, qos = 0, retain = false, readings = 0 }: Publication): void {
    const kind = readings > 0 ? "telemetry" : "attributes";
    link.send({ kind, topic, payload, qos, retain, readings, passing: true });
  }

  function opened(): void {
    firmware.opened();
    firmware.tick();
    stopTicks ??= clock.every(intervalMs, () => link.isOpen() && firmware.tick());
  }

  return {
    async stop() {
      stopBoot();
      stopTicks?.();
      if (link.isOpen()) firmware.leaving?.();
      await waitUntilQuiet(link, clock);
      link.leave();
    },
  };
}
