/** Days of a simulated house with boards of all families and of all habits: the rules that are on from the start alarm for nothing that is usual. */
import { expect, test } from "vitest";
import { encodeReading } from "../../../../firmware-sim/board/reading.ts";
import type { Firmware, SimulatedDevice } from "../../../../firmware-sim/families/family.ts";
import { simulatedDevice } from "../../../../firmware-sim/families/family-client.ts";
import { SIMULATED_FAMILIES, type SimulatedFamilyName } from "../../../../firmware-sim/families/family-list.ts";
import { createRandom } from "../../../../firmware-sim/helpers/random.ts";
import { type HouseClient, startHouse } from "./house-world.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `npm run soak` sets 7. */
const DAYS = Number(process.env["AERIE_TEST_HOUSE_DAYS"] ?? 2);
const DIES_MS = 0.6 * DAYS * DAY;

/** Whether a board has power and a network; by the time since the beginning, which is Sunday noon. */
type IsOn = (elapsedMs: number) => boolean;

const hourOf = (elapsedMs: number): number => (12 + elapsedMs / HOUR) % 24;
const always: IsOn = () => true;
/** Switched off each night, not to the minute. */
const byDay: IsOn = (elapsedMs) => {
  const late = (Math.floor((elapsedMs + 12 * HOUR) / DAY) * 7) % 50;
  return hourOf(elapsedMs) >= 7 + late / 60 && hourOf(elapsedMs) < 22 + late / 60;
};
/** The same, but it is left on for the second night, and off on the day after. */
const leftOn: IsOn = (elapsedMs) => {
  if (elapsedMs > 1.9 * DAY && elapsedMs < 2.2 * DAY) return false;
  return (elapsedMs > 1.3 * DAY && elapsedMs < 1.9 * DAY) || byDay(elapsedMs);
};
/** Every other evening. */
const dishwasher: IsOn = (elapsedMs) =>
  Math.floor(elapsedMs / DAY) % 2 === 0 && hourOf(elapsedMs) >= 19 && hourOf(elapsedMs) < 21;
/** Unplugged and carried to another room, now and then. */
const moved: IsOn = (elapsedMs) =>
  ![1.3 * DAY, 2.1 * DAY, 4.4 * DAY].some((at) => elapsedMs >= at && elapsedMs < at + 4 * MINUTE);
/** It is new in the house. */
const later: IsOn = (elapsedMs) => elapsedMs > 0.2 * DAYS * DAY;
const untilItDies: IsOn = (elapsedMs) => elapsedMs < DIES_MS;
/** The access point restarts in the night to Tuesday. */
const hasNetwork: IsOn = (elapsedMs) => elapsedMs < 1.625 * DAY || elapsedMs > 1.625 * DAY + 3 * MINUTE;

async function startWeek() {
  const world = await startHouse();
  const startedMs = world.clock.monotonicMs();
  const elapsedMs = (): number => world.clock.monotonicMs() - startedMs;
  const random = createRandom(11);
  const boardClock = { now: world.clock.nowMs, after: () => () => undefined, every: () => () => undefined };
  const deviceOf = (family: SimulatedFamilyName, index: number): SimulatedDevice =>
    simulatedDevice({ family, seed: 3, utcOffsetMinutes: 0, clock: boardClock }, index);

  function connects(
    intervalMs: number,
    isOn: IsOn,
    board: { boot(): HouseClient; tick(): void; will?: Firmware["will"] },
  ) {
    let client: HouseClient | undefined;
    world.every(intervalMs, random() * intervalMs, () => {
      const mayRun = isOn(elapsedMs()) && hasNetwork(elapsedMs());
      if (!mayRun) {
        client?.vanish(board.will);
        client = undefined;
      } else if (client === undefined) {
        client = board.boot();
        board.tick();
      } else board.tick();
    });
  }

  /** Of a family of the simulator. */
  function add(family: SimulatedFamilyName, numbers: readonly number[], intervalMs: number, isOn: IsOn = always): void {
    const [first, ...others] = numbers.map((number) => deviceOf(family, number - 1));
    if (first === undefined) return;
    let client: HouseClient | undefined;
    const firmware = SIMULATED_FAMILIES[family].create({
      devices: [first, ...others],
      now: world.clock.nowMs,
      send: (publication) => client?.say(publication),
    });
    const boot = (): HouseClient => {
      client = world.connect(firmware.clientId, firmware.username);
      firmware.opened();
      return client;
    };
    connects(intervalMs, isOn, {
      boot,
      tick: firmware.tick,
      ...(firmware.will !== undefined && { will: firmware.will }),
    });
  }

  const nativeSay = (client: HouseClient, id: string, payload: string): void =>
    client.say({ topic: `devices/${id}/telemetry`, payload, qos: 1 });

  /** A station of Aerie's own. */
  function station(id: string, number: number, intervalMs: number, isOn: IsOn = always): void {
    const device = deviceOf("custom", number);
    let client: HouseClient | undefined;
    const status = `devices/${id}/status`;
    const boot = (): HouseClient => {
      client = world.connect(id);
      client.say({ topic: status, payload: "online", qos: 1, retain: true });
      return client;
    };
    const tick = (): void => {
      const reading = { atMs: world.clock.nowMs(), metrics: { ...device.sense() } };
      if (client !== undefined) nativeSay(client, id, encodeReading(reading, "iso"));
    };
    connects(intervalMs, isOn, { boot, tick, will: { topic: status, payload: "offline", qos: 1, retain: true } });
  }

  /** Wakes, sends, sleeps. Every twentieth time it finds no network. */
  function sleeper(id: string, intervalMs: number): void {
    const device = deviceOf("custom", 40);
    world.every(intervalMs, random() * intervalMs, () => {
      if (random() < 0.05 || !hasNetwork(elapsedMs())) return;
      const client = world.connect(id);
      const { temperature, humidity } = device.sense();
      nativeSay(client, id, JSON.stringify({ temperature, humidity, battery: 84 }));
      world.after(SECOND, client.leave);
    });
  }

  /** Sends when something happens, `timesADay` times at chance. */
  function event(id: string, timesADay: number, payload: () => string, staysConnected: boolean): void {
    const kept = staysConnected ? world.connect(id) : undefined;
    world.every(DAY / timesADay, (random() * DAY) / timesADay, () => {
      world.after(random() * (DAY / timesADay), () => {
        const client = kept ?? world.connect(id);
        nativeSay(client, id, payload());
        if (kept === undefined) world.after(SECOND, client.leave);
      });
    });
  }

  return { world, add, station, sleeper, event, random };
}

type House = Omit<Awaited<ReturnType<typeof startWeek>>, "world">;

function fill({ add, station, sleeper, event, random }: House): void {
  add("tasmota", [1], 10 * MINUTE);
  add("tasmota", [2], 10 * MINUTE, byDay);
  add("tasmota", [3], 2 * MINUTE, dishwasher);
  add("shelly1", [2], 10 * MINUTE, byDay);
  add("shelly2", [1], 5 * MINUTE, moved);
  add("zigbee2mqtt", [1, 3, 4, 5], 10 * MINUTE);
  add("esphome", [1], 10 * MINUTE, byDay);
  add("homie4", [1], 10 * MINUTE, moved);
  add("homie5", [1], 10 * MINUTE, byDay);
  add("thingsboard", [1], 10 * MINUTE);
  add("sparkplug", [1], 10 * MINUTE);
  station("hall", 20, 2 * MINUTE, moved);
  station("desk", 21, 5 * MINUTE, byDay);
  station("lamp", 24, 5 * MINUTE, leftOn);
  station("attic", 22, 5 * MINUTE, later);
  station("cellar", 23, 2 * MINUTE, untilItDies);
  sleeper("garden", 15 * MINUTE);
  sleeper("mailbox", HOUR);
  const openings = { open: false };
  const opened = (): string => {
    openings.open = !openings.open;
    return JSON.stringify(openings);
  };
  event("door", 12, opened, true);
  event("window", 4, opened, false);
  event("bell", 3, () => JSON.stringify({ pressed: true }), false);
  // It sends what changed by half a degree.
  event("sketch", 70, () => JSON.stringify({ temperature: 20 + random() }), true);
  event("scale", 2, () => JSON.stringify({ weight: 70 + random() }), false);
}

test(`in ${DAYS} days of a house nothing alarms but the board that died`, {
  timeout: 60_000 + DAYS * 30_000,
}, async () => {
  const { world, ...house } = await startWeek();
  fill(house);
  await world.pass(DAYS * DAY);
  const { registry, fired, refused } = world;
  // It is a full house, and understood.
  expect(registry.list().length).toBeGreaterThan(20);
  expect(refused()).toEqual([]);
  expect(fired().map(({ severity, ruleName, deviceId }) => `${severity} ${ruleName}: ${deviceId}`)).toEqual([
    "warning Board is silent: cellar",
  ]);
  // Five minutes, or three intervals; and the time until its next reading would have come.
  const afterMs = Date.parse(fired()[0]?.at ?? "") - (world.clock.nowMs() - DAYS * DAY + DIES_MS);
  expect(afterMs).toBeLessThan(9 * MINUTE);
});
