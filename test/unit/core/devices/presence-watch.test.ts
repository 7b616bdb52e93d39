/** The registry as it decides about presence: what comes, what is said, what closes, what a start finds. */
import { describe, expect, test } from "vitest";
import type { DeviceId, MetricValue, PresenceState } from "../../../../src/contract/readings.ts";
import type { Connection } from "../../../../src/core/devices/connection.ts";
import { toPresenceAnswer } from "../../../../src/core/devices/device-answer.ts";
import type { PresenceBefore } from "../../../../src/core/devices/device-entry.ts";
import { createRegistry } from "../../../../src/core/devices/registry.ts";
import type { OfFamily } from "../../../../src/core/dialects/descriptions.ts";
import type { DialectPresence } from "../../../../src/core/dialects/dialect.ts";
import type { StoredPresence } from "../../../../src/core/ports/hub-file.ts";
import type { StoredDevice } from "../../../../src/core/ports/stored-device.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

const boiler = "boiler" as DeviceId;
const sensor = "zigbee:0x1" as DeviceId;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 10, 22, 12);
const iso = (ms: number): string => new Date(ms).toISOString();

interface Start {
  readonly stored?: readonly StoredDevice[];
  readonly before?: PresenceBefore;
  /** Of `sensor`; may be changed. */
  readonly dialect?: DialectPresence;
}

function start({ stored = [], before, dialect }: Start = {}) {
  const clock = createManualClock({ nowMs: NOW });
  const changes: string[] = [];
  const known = { dialect };
  const family: OfFamily = { isEvent: (metric) => metric === "action", presence: () => known.dialect };
  const registry = createRegistry({
    clock,
    stored,
    limits: { maxDevices: 100, maxDevicesPerClient: 10, maxMetricsPerDevice: 5 },
    onPresence: ({ deviceId, detail }) => void changes.push(`${deviceId} ${detail}`),
    familyOf: (deviceId) => (deviceId === sensor ? family : undefined),
    ...(before !== undefined && { before }),
  });
  const speak = (from: Connection, metrics: Record<string, MetricValue> = { t: 1 }, deviceId = boiler): void => {
    registry.heard(deviceId, from, clock.nowMs());
    registry.storedReading(deviceId, new Map(Object.entries(metrics)), clock.nowMs());
    registry.settle();
  };
  /** Without a reading. */
  const say = (from: Connection, online: boolean, deviceId = boiler): void => {
    if (online) registry.heard(deviceId, from, clock.nowMs());
    registry.storedStatus(deviceId, online, from);
    registry.settle();
  };
  const visit = (serial: number, { forMs = 0, will = false } = {}): void => {
    const from = connection(serial);
    speak(from);
    clock.advance(forMs);
    registry.connectionClosed(from);
    if (will) say(from, false);
  };
  const detailOf = (deviceId = boiler): PresenceState | undefined => registry.get(deviceId)?.detail;
  const becauseOf = (deviceId = boiler) =>
    toPresenceAnswer(registry.get(deviceId) ?? expect.fail("it is known")).presenceDetail.because;
  return { clock, changes, registry, known, speak, say, visit, detailOf, becauseOf };
}

const connection = (serial: number, clientId = "board"): Connection => ({ clientId, serial });
const gateway: Connection = { clientId: "zigbee2mqtt", serial: 1 };

describe("a board that is connected and sends every ten seconds", () => {
  const regular = () => {
    const world = start();
    const board = connection(1);
    for (let sent = 0; sent < 5; sent++) {
      world.speak(board);
      world.clock.advance(10 * SECOND);
    }
    world.changes.length = 0;
    return { ...world, board };
  };

  test("is late when it falls silent, on time when it speaks again, and old clients see it online throughout", () => {
    const { clock, changes, registry, speak, board, becauseOf } = regular();
    clock.advance(40 * SECOND);
    expect(changes).toEqual([]);
    clock.advance(11 * SECOND);
    expect(changes).toEqual(["boiler late"]);
    expect(registry.get(boiler)).toMatchObject({ state: "online", sinceMs: NOW, detail: "late" });
    expect(registry.get(boiler)?.detailSinceMs).toBeGreaterThanOrEqual(NOW + 100 * SECOND);
    expect(becauseOf()).toEqual({ connection: true, lastReadingAt: iso(NOW + 40 * SECOND), intervalMs: 10_000 });
    speak(board);
    expect(changes).toEqual(["boiler late", "boiler online"]);
  });

  test("is offline when it is late and its connection ends", () => {
    const { clock, changes, registry, board } = regular();
    clock.advance(HOUR);
    registry.connectionClosed(board);
    expect(changes).toEqual(["boiler late", "boiler offline"]);
  });

  test("is never late by what comes when something happens: truth values", () => {
    const world = start();
    const board = connection(1);
    for (let sent = 0; sent < 12; sent++) {
      world.speak(board, { flameDetected: sent % 2 === 0 });
      world.clock.advance(10 * SECOND);
    }
    world.clock.advance(HOUR);
    expect(world.changes).toEqual(["boiler online"]);
    expect(world.becauseOf()).not.toHaveProperty("intervalMs");
  });

  test("is never late where it keeps no interval", () => {
    const world = start();
    const board = connection(1);
    for (const gap of [2, 900, 3, 5, 1_800, 60, 4, 700, 2]) {
      world.speak(board);
      world.clock.advance(gap * SECOND);
    }
    world.clock.advance(24 * HOUR);
    expect(world.detailOf()).toBe("online");
    expect(world.becauseOf()).not.toHaveProperty("intervalMs");
  });
});

describe("`online`", () => {
  test("holds while the connection over which a board said it is open", () => {
    const { clock, registry, say, detailOf, becauseOf } = start();
    const board = connection(1);
    say(board, true);
    expect([detailOf(), becauseOf()]).toEqual(["online", { connection: true, availability: "online" }]);
    clock.advance(HOUR);
    expect(detailOf()).toBe("online");
    registry.connectionClosed(board);
    expect([detailOf(), becauseOf()]).toEqual(["offline", { connection: false }]);
  });

  test("that is durable only after its connection was closed does not hold", () => {
    const { registry, say, detailOf } = start();
    const board = connection(1);
    registry.connectionClosed(board);
    say(board, true);
    expect(detailOf()).toBe("offline");
  });

  test("of a device behind a gateway holds until the gateway is gone, if it is a board of its own kind", () => {
    const { clock, registry, say, detailOf } = start();
    say(gateway, true);
    say(gateway, true, "attic" as DeviceId);
    clock.advance(HOUR);
    expect(detailOf()).toBe("online");
    registry.connectionClosed(gateway);
    expect(detailOf()).toBe("offline");
  });

  test("of a family's device holds when its bridge connects again: the bridge need not repeat it", () => {
    const { clock, registry, say, detailOf } = start();
    say(gateway, true, sensor);
    say(gateway, true, "zigbee2mqtt" as DeviceId);
    registry.connectionClosed(gateway);
    clock.advance(HOUR);
    expect(detailOf(sensor)).toBe("online");
  });
});

describe("`offline`", () => {
  test("of a board holds until anything comes of it", () => {
    const { registry, clock, speak, say, detailOf, becauseOf } = start();
    const board = connection(1);
    speak(board);
    say(board, false);
    expect([detailOf(), becauseOf().availability]).toEqual(["offline", "offline"]);
    registry.heard(boiler, board, clock.nowMs()); // attributes
    registry.settle();
    expect(detailOf()).toBe("online");
  });

  test("of a family's device holds until a reading comes: a bridge repeats what it knows of devices that are gone", () => {
    const { registry, clock, speak, say, detailOf } = start();
    speak(gateway, { t: 1 }, sensor);
    say(gateway, false, sensor);
    registry.heard(sensor, gateway, clock.nowMs());
    registry.settle();
    expect(detailOf(sensor)).toBe("offline");
    speak(gateway, { action: "single" }, sensor);
    expect(detailOf(sensor)).toBe("online");
  });
});

describe("a board that sleeps", () => {
  const sleeping = ({ will = false } = {}) => {
    const world = start();
    for (let visit = 1; visit <= 4; visit++) {
      world.visit(visit, { forMs: 2 * SECOND, will });
      world.clock.advance(15 * MINUTE);
    }
    return world;
  };

  test.each([false, true])("is asleep between its visits, and while it sends (with a last will: %s)", (will) => {
    const { clock, changes, registry, visit, detailOf, becauseOf } = sleeping({ will });
    expect(detailOf()).toBe("asleep");
    expect(registry.get(boiler)?.state).toBe("online");
    changes.length = 0;
    for (let serial = 5; serial < 10; serial++) {
      visit(serial, { forMs: 2 * SECOND, will });
      clock.advance(15 * MINUTE);
    }
    expect(changes).toEqual([]);
    expect(becauseOf()).toMatchObject({ connection: false, intervalMs: 15 * MINUTE + 2 * SECOND });
  });

  test("is offline when it misses three of its visits, and asleep again when it is back", () => {
    const { clock, changes, visit } = sleeping();
    changes.length = 0;
    clock.advance(29 * MINUTE);
    expect(changes).toEqual([]);
    clock.advance(2 * MINUTE);
    expect(changes).toEqual(["boiler offline"]);
    visit(5);
    expect(changes).toEqual(["boiler offline", "boiler asleep"]);
  });

  test("is online once it stays connected", () => {
    const { clock, changes, speak } = sleeping();
    changes.length = 0;
    const board = connection(9);
    for (let sent = 0; sent < 8; sent++) {
      speak(board);
      clock.advance(10 * SECOND);
    }
    expect(changes).toEqual(["boiler online"]);
  });
});

describe("a device that a bridge reaches by radio", () => {
  const radio = (isMainsPowered: boolean, bridge?: "online" | "offline") => ({ radio: { bridge, isMainsPowered } });

  test("has the bridge's connection for none of its own, also where it is the only one", () => {
    const { clock, speak, detailOf, becauseOf } = start({ dialect: radio(false) });
    speak(gateway, { t: 1 }, sensor);
    expect(becauseOf(sensor).connection).toBe(false);
    clock.advance(25 * HOUR - SECOND);
    expect(detailOf(sensor)).toBe("online");
    clock.advance(2 * SECOND);
    expect(detailOf(sensor)).toBe("offline");
  });

  test("on mains that reports every minute is offline after ten, and a wall switch that only tells of presses after 25 hours", () => {
    const { clock, speak, detailOf } = start({ dialect: radio(true) });
    for (let sent = 0; sent < 4; sent++) {
      speak(gateway, { power: 5 }, sensor);
      clock.advance(MINUTE);
    }
    clock.advance(8 * MINUTE);
    expect(detailOf(sensor)).toBe("online");
    clock.advance(2 * MINUTE);
    expect(detailOf(sensor)).toBe("offline");
    const other = start({ dialect: radio(true) });
    for (let sent = 0; sent < 4; sent++) {
      other.speak(gateway, { action: "single" }, sensor);
      other.clock.advance(MINUTE);
    }
    other.clock.advance(24 * HOUR);
    expect(other.detailOf(sensor)).toBe("online");
  });

  test("is what its availability says, where the bridge tells it: late, not offline, when it is silent", () => {
    const { clock, speak, say, detailOf } = start({ dialect: radio(true) });
    for (let sent = 0; sent < 4; sent++) {
      speak(gateway, { power: 5 }, sensor);
      clock.advance(MINUTE);
    }
    say(gateway, true, sensor);
    clock.advance(3 * MINUTE);
    expect(detailOf(sensor)).toBe("late");
    say(gateway, false, sensor);
    expect(detailOf(sensor)).toBe("offline");
  });

  test("is offline with its bridge, and as before when that is back", () => {
    const { clock, known, changes, speak, becauseOf } = start({ dialect: radio(false, "online") });
    speak(gateway, { t: 1 }, sensor);
    known.dialect = radio(false, "offline");
    clock.advance(2 * SECOND);
    expect(becauseOf(sensor).availability).toBe("offline");
    known.dialect = radio(false, "online");
    clock.advance(2 * SECOND);
    expect(changes).toEqual(["zigbee:0x1 online", "zigbee:0x1 offline", "zigbee:0x1 online"]);
  });
});

test("a message that holds nothing to store shows that its device is there, and makes none", () => {
  const { clock, changes, registry, speak, becauseOf } = start();
  registry.alive(sensor, gateway, clock.nowMs());
  expect(registry.list()).toEqual([]);
  speak(gateway, { t: 1 }, sensor);
  speak(gateway, { t: 1 });
  for (let sent = 0; sent < 6; sent++) {
    clock.advance(30 * SECOND);
    registry.alive(sensor, gateway, clock.nowMs());
  }
  expect(changes).toEqual(["zigbee:0x1 online", "boiler online", "boiler offline"]);
  expect(becauseOf(sensor)).toEqual({ connection: false, lastReadingAt: iso(NOW + 180 * SECOND), intervalMs: 30_000 });
});

test("a device that says that it sleeps is asleep when its connection ends, for 25 hours where it keeps no interval", () => {
  const { clock, known, changes, registry, speak, say } = start();
  const board = connection(1);
  speak(board, { t: 1 }, sensor);
  known.dialect = { isAsleep: true };
  registry.connectionClosed(board);
  expect(changes).toEqual(["zigbee:0x1 online", "zigbee:0x1 asleep"]);
  say(board, true, sensor); // Homie's $state, which is durable only now
  clock.advance(25 * HOUR + SECOND);
  expect(changes.slice(2)).toEqual(["zigbee:0x1 offline"]);
});

describe("after a start", () => {
  const device = (more: Partial<StoredDevice> = {}): StoredDevice => ({
    deviceId: boiler,
    name: undefined,
    place: undefined,
    attributes: new Map(),
    clockSuspect: false,
    status: undefined,
    lastHeardAtMs: NOW - 10 * SECOND,
    intervalMs: 10 * SECOND,
    latest: new Map(),
    retention: {},
    ...more,
  });
  const was = (detail: PresenceState, more: Partial<StoredPresence> = {}): StoredPresence => ({
    deviceId: boiler,
    atMs: NOW - HOUR,
    sinceMs: NOW - 2 * HOUR,
    state: detail === "offline" ? "offline" : "online",
    detail,
    ...more,
  });
  const restart = (
    former: StoredPresence,
    more: Partial<StoredDevice> = {},
    downMs = 5 * SECOND,
    dialect?: DialectPresence,
  ) =>
    start({
      ...(dialect !== undefined && { dialect }),
      stored: [device({ deviceId: former.deviceId, ...more })],
      before: { lastOf: (id) => (id === former.deviceId ? former : undefined), aliveAtMs: NOW - downMs },
    });

  test.each<PresenceState>(["online", "asleep"])(
    "a device that was %s and spoke just before is so, since then",
    (detail) => {
      const { changes, registry } = restart(was(detail));
      expect(registry.get(boiler)).toMatchObject({ detail, detailSinceMs: NOW - HOUR, sinceMs: NOW - 2 * HOUR });
      expect(changes).toEqual([]);
    },
  );

  test("a device that was offline is so, since then", () => {
    const { registry } = restart(was("offline"), { lastHeardAtMs: NOW - 3 * HOUR });
    expect(registry.get(boiler)).toMatchObject({
      state: "offline",
      sinceMs: NOW - 2 * HOUR,
      detailSinceMs: NOW - HOUR,
    });
  });

  test("a board that is connected and says little is given time to come back, and then nothing has changed", () => {
    const { clock, changes, say, registry } = restart(was("online"), { lastHeardAtMs: NOW - HOUR });
    clock.advance(MINUTE);
    expect(changes).toEqual([]);
    say(connection(1), true); // regular as it is, it is late now
    expect(registry.get(boiler)?.detailSinceMs).toBe(NOW - HOUR);
    clock.advance(2 * MINUTE);
    expect(changes).toEqual(["boiler late"]);
  });

  test("and if it does not come back, it is gone since the hub last knew of it", () => {
    const { clock, changes, registry } = restart(was("online"), { lastHeardAtMs: NOW - HOUR });
    clock.advance(2 * MINUTE + SECOND);
    expect(changes).toEqual(["boiler offline"]);
    expect(registry.get(boiler)).toMatchObject({ state: "offline", sinceMs: NOW - 5 * SECOND });
  });

  test("a device whose silence became too long while the hub was down for long changed then, and nobody waits", () => {
    const lastHeardAtMs = NOW - HOUR;
    const { changes, registry } = restart(was("online", { atMs: NOW - 2 * HOUR }), { lastHeardAtMs }, HOUR - SECOND);
    expect(changes).toEqual([]);
    expect(registry.get(boiler)).toMatchObject({ detail: "offline", detailSinceMs: lastHeardAtMs + MINUTE });
  });

  test("a device that said offline last is offline since it said so", () => {
    const status = { online: false, atMs: NOW - 3 * SECOND };
    const { registry } = restart(was("online"), { status }, 4 * SECOND);
    expect(registry.get(boiler)).toMatchObject({ detail: "offline", detailSinceMs: NOW - 3 * SECOND });
  });

  test("a device whose last words were stored, but not that it was online by them, is online since then", () => {
    const { registry } = restart(was("offline", { atMs: NOW - MINUTE }));
    expect(registry.get(boiler)).toMatchObject({ detail: "online", detailSinceMs: NOW - 10 * SECOND });
  });

  test("a device that was offline with its bridge is so until the bridge is back, or it speaks", () => {
    const latest = new Map([["contact", { value: true, atMs: NOW - 2 * HOUR }]]);
    const radio = { bridge: undefined, isMainsPowered: false };
    const begin = () =>
      restart(was("offline", { deviceId: sensor }), { latest, lastHeardAtMs: NOW }, SECOND, { radio });
    const { clock, changes, known, registry } = begin();
    expect(registry.get(sensor)).toMatchObject({ detail: "offline", detailSinceMs: NOW - HOUR });
    clock.advance(MINUTE);
    expect(changes).toEqual([]);
    known.dialect = { radio: { ...radio, bridge: "online" } };
    clock.advance(2 * SECOND);
    expect(changes).toEqual(["zigbee:0x1 online"]);
    const other = begin();
    other.speak(gateway, { contact: false }, sensor);
    expect(other.changes).toEqual(["zigbee:0x1 online"]);
  });

  test("what a bridge said of a device holds; what a board said of itself over a connection does not", () => {
    const status = { online: true, atMs: NOW - 9 * HOUR };
    const latest = new Map([["contact", { value: true, atMs: NOW - 9 * HOUR }]]);
    const ofBridge = restart(
      was("online", { deviceId: sensor }),
      { status, latest, lastHeardAtMs: NOW - HOUR },
      2 * HOUR,
    );
    expect(ofBridge.detailOf(sensor)).toBe("late"); // an interval was stored
    expect(ofBridge.becauseOf(sensor)).toMatchObject({ availability: "online", lastReadingAt: iso(NOW - 9 * HOUR) });
    const ofBoard = restart(was("online"), { status, lastHeardAtMs: NOW - HOUR }, 2 * HOUR);
    expect(ofBoard.detailOf()).toBe("offline");
  });
});
