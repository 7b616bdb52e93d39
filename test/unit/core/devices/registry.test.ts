import { describe, expect, test } from "vitest";
import type { DeviceId, MetricValue } from "../../../../src/contract/readings.ts";
import type { DeviceLimits } from "../../../../src/core/devices/admission.ts";
import type { Connection } from "../../../../src/core/devices/connection.ts";
import { toDevice } from "../../../../src/core/devices/device-answer.ts";
import { mergeRetention } from "../../../../src/core/devices/device-record.ts";
import { createRegistry, type RegistryOptions } from "../../../../src/core/devices/registry.ts";
import { MetricList } from "../../../../src/core/model/metric-list.ts";
import type { StoredDevice } from "../../../../src/core/ports/stored-device.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { NATIVE_ONLY } from "../../../support/native-only.ts";

const boiler = "boiler" as DeviceId;
const cellar = "cellar" as DeviceId;
const NOW = Date.UTC(2026, 10, 22, 12);

const connection = (serial: number, clientId = "board"): Connection => ({ clientId, serial });

interface Start {
  readonly stored?: StoredDevice[];
  readonly limits?: Partial<DeviceLimits>;
  readonly familyOf?: RegistryOptions["familyOf"];
}

function start({ stored = [], limits = {}, familyOf = () => undefined }: Start = {}) {
  const clock = createManualClock({ nowMs: NOW });
  const changes: string[] = [];
  const registry = createRegistry({
    clock,
    stored,
    limits: { maxDevices: 100, maxDevicesPerClient: 10, maxMetricsPerDevice: 5, ...limits },
    familyOf,
    onPresence: ({ deviceId, state }) => void changes.push(`${deviceId} ${state}`),
  });
  /** A reading of it is durable. */
  const speak = (from: Connection, metrics: Record<string, MetricValue> = { t: 1 }, deviceId = boiler): void => {
    registry.admitDevice(deviceId, from.clientId);
    registry.heard(deviceId, from, clock.nowMs());
    registry.storedReading(deviceId, new Map(Object.entries(metrics)), clock.nowMs());
    registry.settle();
  };
  const sayOffline = (from: Connection): void => {
    registry.storedStatus(boiler, false, from);
    registry.settle();
  };
  return { clock, changes, registry, speak, sayOffline };
}

const storedDevice = (more: Partial<StoredDevice> = {}): StoredDevice => ({
  deviceId: boiler,
  name: undefined,
  place: undefined,
  attributes: new Map(),
  clockSuspect: false,
  status: undefined,
  lastHeardAtMs: NOW - 10_000,
  intervalMs: undefined,
  latest: new Map(),
  retention: {},
  ...more,
});

describe("presence", () => {
  test("a device that falls silent is reported offline once, and online once when it speaks again", () => {
    const { clock, changes, registry, speak } = start();
    const first = connection(1);
    speak(first);
    registry.connectionClosed(first);
    clock.advance(300_000);
    speak(connection(2));
    speak(connection(2));
    expect(changes).toEqual(["boiler online", "boiler offline", "boiler online"]);
  });

  test("silence is noticed within a second of its timeout, and `since` is that time", () => {
    const { clock, registry, speak } = start();
    const board = connection(1);
    speak(board);
    registry.connectionClosed(board);
    clock.advance(59_000);
    const record = registry.get(boiler);
    expect(record?.state).toBe("online");
    clock.advance(2_000);
    expect(record?.state).toBe("offline");
    expect(record?.sinceMs).toBeLessThanOrEqual(NOW + 61_000);
  });

  test("a gateway that stays connected keeps neither of its devices online, but a device of its own name", () => {
    const attic = "attic" as DeviceId;
    const { clock, registry, speak } = start();
    const gateway: Connection = { clientId: "bridge-1", serial: 1, names: ["bridge-1", "attic"] };
    speak(gateway, { t: 1 });
    clock.advance(120_000);
    expect(registry.get(boiler)?.state).toBe("online"); // so far it speaks for this one only
    speak(gateway, { t: 1 }, attic);
    expect(registry.get(boiler)?.state).toBe("offline");
    clock.advance(120_000);
    expect(registry.get(attic)?.state).toBe("online"); // the user name's
    registry.connectionClosed(gateway);
    clock.advance(120_000);
    expect(registry.get(attic)?.state).toBe("offline");
  });

  test("a device that is connected stays online however silent, and goes offline a timeout after its last word", () => {
    const { clock, changes, registry, speak } = start();
    const board = connection(1);
    speak(board);
    clock.advance(3_600_000);
    expect(changes).toEqual(["boiler online"]);
    registry.connectionClosed(board);
    expect(changes).toEqual(["boiler online", "boiler offline"]);
  });

  test("a slow device is given three of its usual intervals", () => {
    const { clock, changes, registry, speak } = start();
    for (let serial = 1; serial <= 4; serial++) {
      const woken = connection(serial);
      speak(woken);
      registry.connectionClosed(woken);
      clock.advance(300_000);
    }
    changes.length = 0;
    const last = connection(9);
    speak(last);
    registry.connectionClosed(last);
    clock.advance(890_000);
    expect(changes.filter((change) => change.endsWith("offline"))).toEqual([]);
    clock.advance(20_000);
    expect(changes.at(-1)).toBe("boiler offline");
  });

  test("a last will makes it offline at once, and its next word online", () => {
    const { changes, registry, speak, sayOffline } = start();
    const board = connection(1);
    speak(board);
    registry.connectionClosed(board);
    sayOffline(board);
    speak(connection(2));
    expect(changes).toEqual(["boiler online", "boiler offline", "boiler online"]);
  });

  test("the late will of a connection that was taken over does not count", () => {
    const { changes, registry, speak, sayOffline } = start();
    const [old, taken] = [connection(1), connection(2)];
    speak(old);
    speak(taken);
    registry.connectionClosed(old);
    sayOffline(old);
    expect(changes).toEqual(["boiler online"]);
  });

  test("the late will of a connection does not count when the device speaks through a newer one of another client", () => {
    const { changes, speak, sayOffline } = start();
    const [old, other] = [connection(1, "old"), connection(2, "other")];
    speak(old);
    speak(other);
    sayOffline(old);
    expect(changes).toEqual(["boiler online"]);
  });

  test("a device that says offline through its present connection is offline though connected", () => {
    const { changes, speak, sayOffline } = start();
    speak(connection(1));
    const present = connection(2);
    speak(present);
    sayOffline(present);
    expect(changes).toEqual(["boiler online", "boiler offline"]);
  });

  test("a message that became durable after its connection closed does not keep the device connected for ever", () => {
    // mosquitto_pub with QoS 0 and a board in deep sleep publish and go, long before the commit.
    const { clock, changes, registry, speak } = start();
    const gone = connection(1);
    registry.connectionClosed(gone);
    speak(gone);
    clock.advance(120_000);
    expect(changes).toEqual(["boiler online", "boiler offline"]);
  });

  test("one connection speaks for many devices, and all of them lose it", () => {
    const { clock, changes, registry, speak } = start();
    const gateway = connection(1);
    speak(gateway, { t: 1 }, boiler);
    speak(gateway, { t: 1 }, cellar);
    clock.advance(120_000);
    registry.connectionClosed(gateway);
    expect(changes).toEqual(["boiler online", "cellar online", "boiler offline", "cellar offline"]);
  });

  test("nothing is reported after closing", () => {
    const { clock, changes, registry, speak } = start();
    const board = connection(1);
    speak(board);
    registry.connectionClosed(board);
    registry.close();
    clock.advance(300_000);
    expect(changes).toEqual(["boiler online"]);
    expect(clock.timers()).toBe(0);
  });

  test("nobody hears of a device of which nothing is stored yet", () => {
    const { clock, changes, registry } = start();
    registry.admitDevice(boiler, "board");
    clock.advance(30_000);
    expect(registry.get(boiler)).toBeUndefined();
    expect(registry.list()).toEqual([]);
    expect(changes).toEqual([]);
  });

  test("nobody hears of a device again that was deleted", () => {
    const { clock, changes, registry, speak } = start();
    const board = connection(1);
    speak(board);
    registry.remove(boiler);
    clock.advance(120_000);
    registry.connectionClosed(board);
    expect(changes).toEqual(["boiler online"]);
  });
});

describe("after a restart", () => {
  test("a device that spoke just before is online, silently, and goes offline a timeout after its word", () => {
    const { clock, changes, registry } = start({ stored: [storedDevice()] });
    expect(registry.get(boiler)?.state).toBe("online");
    expect(changes).toEqual([]);
    clock.advance(49_000);
    expect(changes).toEqual([]);
    clock.advance(2_000);
    expect(changes).toEqual(["boiler offline"]);
  });

  test("a device that had long been silent is offline since its silence was too long", () => {
    const { changes, registry } = start({ stored: [storedDevice({ lastHeardAtMs: NOW - 3_600_000 })] });
    expect(registry.get(boiler)).toMatchObject({ state: "offline", sinceMs: NOW - 3_540_000 });
    expect(changes).toEqual([]);
  });

  test("a device that had said offline is offline, and one that spoke since is not", () => {
    const offline = start({ stored: [storedDevice({ status: { online: false, atMs: NOW - 10_000 } })] });
    expect(offline.registry.get(boiler)?.state).toBe("offline");
    const spoke = start({ stored: [storedDevice({ status: { online: false, atMs: NOW - 10_001 } })] });
    expect(spoke.registry.get(boiler)?.state).toBe("online");
  });

  test("a hub whose clock has gone back counts the silence from its start", () => {
    const { clock, registry } = start({ stored: [storedDevice({ lastHeardAtMs: NOW + 86_400_000 })] });
    expect(registry.get(boiler)?.state).toBe("online");
    clock.advance(61_000);
    expect(registry.get(boiler)?.state).toBe("offline");
  });

  test("that was never heard is known by its name, and by nothing else not at all", () => {
    const never = { lastHeardAtMs: undefined, status: { online: false, atMs: NOW - 5_000 } };
    expect(start({ stored: [storedDevice(never)] }).registry.list()).toEqual([]);
    const { registry, speak } = start({ stored: [storedDevice({ ...never, name: "Boiler" })] });
    const record = registry.get(boiler);
    expect(record && toDevice(record, NATIVE_ONLY)).not.toHaveProperty("lastHeardAt");
    expect(record).toMatchObject({ state: "offline", sinceMs: NOW - 5_000 });
    speak(connection(1));
    expect(record).toMatchObject({ state: "online", lastHeardAtMs: NOW });
  });

  test("what was known of it is there", () => {
    const latest = new Map([["t", { value: 21, atMs: NOW - 10_000 }]]);
    const attributes = new Map([["model", "ESP32"]]);
    const { registry } = start({
      stored: [
        storedDevice({ name: "Boiler", place: "Cellar", latest, attributes, clockSuspect: true, intervalMs: 5_000.4 }),
      ],
    });
    const record = registry.get(boiler);
    expect(record && toDevice(record, NATIVE_ONLY)).toEqual({
      deviceId: "boiler",
      name: "Boiler",
      place: "Cellar",
      presence: "online",
      since: new Date(NOW - 10_000).toISOString(),
      presenceDetail: {
        state: "online",
        since: new Date(NOW - 10_000).toISOString(),
        because: { connection: false, lastReadingAt: new Date(NOW - 10_000).toISOString(), intervalMs: 5_000 },
      },
      lastHeardAt: new Date(NOW - 10_000).toISOString(),
      intervalMs: 5_000,
      clockSuspect: true,
      timeFault: "clock",
      attributes: { model: "ESP32" },
      latest: { t: { value: 21, timestamp: new Date(NOW - 10_000).toISOString() } },
      metricInfo: {},
    });
  });
});

describe("what the store tells only later", () => {
  const old = new Map([
    ["t", { value: 21, atMs: NOW - 10_000 }],
    ["u", { value: 1, atMs: NOW + 5_000 }],
  ]);

  test("is taken in beside what came since: the newest values, names, attributes", () => {
    const { registry } = start({});
    const latest = new Map([
      ["t", { value: 22, atMs: NOW }],
      ["u", { value: 2, atMs: NOW }],
    ]);
    registry.adopt([storedDevice({ latest, attributes: new Map([["model", "ESP32"]]) })]); // as if it had come meanwhile
    const attributes = new Map([
      ["model", "ESP8266"],
      ["ip", "10.0.0.7"],
    ]);
    registry.adopt([storedDevice({ name: "Boiler", place: "Cellar", latest: old, attributes })]);
    const record = registry.get(boiler);
    expect(record && toDevice(record, NATIVE_ONLY)).toMatchObject({
      name: "Boiler",
      place: "Cellar",
      attributes: { model: "ESP32", ip: "10.0.0.7" },
      latest: { t: { value: 22 }, u: { value: 1 } },
    });
  });

  test("makes devices that nobody had heard of, and they fall silent like any other", () => {
    const { clock, changes, registry } = start({});
    registry.adopt([storedDevice()]);
    expect(registry.list().map(({ deviceId }) => deviceId)).toEqual([boiler]);
    expect(registry.get(boiler)?.state).toBe("online");
    clock.advance(61_000);
    expect(changes).toEqual(["boiler offline"]);
  });
});

describe("limits", () => {
  test("a device beyond the hub's limit is refused, and known ones are not", () => {
    const { registry, speak } = start({ limits: { maxDevices: 1 } });
    speak(connection(1));
    expect(registry.admitDevice(cellar, "board")).toBe("TOO_MANY_DEVICES");
    expect(registry.admitDevice(boiler, "board")).toBeUndefined();
  });

  test("a client makes only so many devices, and another client may go on", () => {
    const { registry } = start({ limits: { maxDevicesPerClient: 2 } });
    const admit = (id: string, client: string) => registry.admitDevice(id as DeviceId, client);
    expect([admit("a", "one"), admit("b", "one"), admit("a", "one")]).toEqual([undefined, undefined, undefined]);
    expect(admit("c", "one")).toBe("TOO_MANY_DEVICES_OF_CLIENT");
    expect(admit("c", "two")).toBeUndefined();
    expect(admit("c", "one")).toBeUndefined();
  });

  test("a device that was never stored gives its room back", () => {
    const { clock, registry } = start({ limits: { maxDevices: 1 } });
    registry.admitDevice(boiler, "board");
    expect(registry.admitDevice(cellar, "board")).toBe("TOO_MANY_DEVICES");
    clock.advance(62_000);
    expect(registry.admitDevice(cellar, "board")).toBeUndefined();
  });

  test("a deleted device gives its room back", () => {
    const { registry, speak } = start({ limits: { maxDevices: 1 } });
    speak(connection(1));
    registry.remove(boiler);
    expect(registry.admitDevice(cellar, "board")).toBeUndefined();
  });

  test("a metric beyond the device's limit is refused, and known ones are not", () => {
    const { registry, speak } = start({ limits: { maxMetricsPerDevice: 2 } });
    speak(connection(1));
    const wish = (...names: string[]) => registry.admitMetrics(boiler, new Map(names.map((name) => [name, 1])));
    expect(wish("a")).toEqual([]);
    expect(wish("c", "b", "d", "a")).toEqual(["b", "d"]);
    expect(wish("a", "c")).toEqual([]);
    const shape = ["c", "e"];
    expect(registry.admitMetrics(boiler, new MetricList(shape, [1, 2]))).toEqual(["e"]);
    expect(registry.admitMetrics(boiler, new MetricList(shape, [1, 2]))).toEqual(["e"]);
  });

  test("metrics that the store already knows count", () => {
    const latest = new Map([["t", { value: 1, atMs: NOW }]]);
    const { registry } = start({ stored: [storedDevice({ latest })], limits: { maxMetricsPerDevice: 1 } });
    expect(
      registry.admitMetrics(
        boiler,
        new Map([
          ["t", 1],
          ["x", 1],
        ]),
      ),
    ).toEqual(["x"]);
  });
});

describe("what is known of a device", () => {
  test("readings of one shape, of another, and of none come to the same latest values", () => {
    const { registry, speak } = start();
    speak(connection(1));
    const shape = ["a", "b"];
    registry.storedReading(boiler, new MetricList(shape, [1, 2]), NOW);
    registry.storedReading(boiler, new MetricList(shape, [3, 4]), NOW + 1);
    registry.storedReading(boiler, new MetricList(["b", "c"], [5, 6]), NOW + 2);
    registry.storedReading(boiler, new Map([["c", 7]]), NOW + 3);
    registry.storedReading(boiler, new MetricList(shape, [8, 9]), NOW + 1);
    registry.storedReading(boiler, new MetricList(shape, [10, 11]), NOW);
    const latest = [...(registry.get(boiler)?.latest ?? [])];
    expect(latest.filter(([name]) => name !== "t")).toEqual([
      ["a", { value: 8, atMs: NOW + 1 }],
      ["b", { value: 5, atMs: NOW + 2 }],
      ["c", { value: 7, atMs: NOW + 3 }],
    ]);
  });

  test("its latest values are those of the greatest instant of each metric, ties by arrival", () => {
    const { registry, speak } = start();
    speak(connection(1), {});
    const store = (atMs: number, metrics: Record<string, MetricValue>) =>
      registry.storedReading(boiler, new Map(Object.entries(metrics)), atMs);
    store(NOW + 5, { a: 5, b: 5 });
    store(NOW + 3, { a: 3, c: 3 });
    store(NOW + 5, { b: "later" });
    expect(Object.fromEntries(registry.get(boiler)?.latest ?? [])).toEqual({
      a: { value: 5, atMs: NOW + 5 },
      b: { value: "later", atMs: NOW + 5, wasNumber: true },
      c: { value: 3, atMs: NOW + 3 },
    });
  });

  test("attributes are merged by key, and null deletes one", () => {
    const { registry, speak } = start();
    speak(connection(1));
    registry.storedAttributes(
      boiler,
      new Map<string, string>([
        ["model", "x"],
        ["ip", "1"],
      ]),
      undefined,
    );
    registry.storedAttributes(
      boiler,
      new Map<string, string | null>([
        ["ip", null],
        ["fw", "2"],
      ]),
      true,
    );
    expect(Object.fromEntries(registry.get(boiler)?.attributes ?? [])).toEqual({ model: "x", fw: "2" });
    expect(registry.get(boiler)?.clockSuspect).toBe(true);
  });

  test("another place by its attributes is a move, unless its owner gave it a place", () => {
    const { registry, speak } = start();
    speak(connection(1));
    const moves: string[] = [];
    registry.onChange((_deviceId, change) => void moves.push(change));
    const say = (room: string): void => registry.storedAttributes(boiler, new Map([["room", room]]), undefined);
    say("Cellar");
    say("Cellar");
    say("Attic");
    expect(moves).toEqual(["moved", "moved"]);
    registry.rename(boiler, { name: undefined, place: "Hall" });
    say("Kitchen");
    expect(moves).toEqual(["moved", "moved", "changed"]);
  });

  test("metrics and attributes named like members of every object are like any other", () => {
    const { registry, speak } = start();
    speak(connection(1), { constructor: 1, toString: 2 });
    registry.storedAttributes(boiler, new Map([["valueOf", "x"]]), undefined);
    const record = registry.get(boiler);
    const device = record && toDevice(record, NATIVE_ONLY);
    expect(Object.entries(device?.latest ?? {}).map(([name, { value }]) => [name, value])).toEqual([
      ["constructor", 1],
      ["toString", 2],
    ]);
    expect(Object.entries(device?.attributes ?? {})).toEqual([["valueOf", "x"]]);
  });

  test("devices are listed by id, in the order of the alphabet's bytes, as they come and go", () => {
    const { registry, speak } = start();
    for (const id of ["b", "a", "B", "é"]) speak(connection(1), { t: 1 }, id as DeviceId);
    expect(registry.list().map((device) => device.deviceId)).toEqual(["B", "a", "b", "é"]);
    registry.remove("a" as DeviceId);
    speak(connection(1), { t: 1 }, "A" as DeviceId);
    expect(registry.list().map((device) => device.deviceId)).toEqual(["A", "B", "b", "é"]);
  });

  test("names are given and taken away, and a device that is not there takes none", () => {
    const { registry, speak } = start();
    speak(connection(1));
    registry.rename(boiler, { name: "Boiler", place: undefined });
    registry.rename(cellar, { name: "Cellar", place: undefined });
    expect(registry.get(boiler)).toMatchObject({ name: "Boiler", place: undefined });
    expect(registry.get(cellar)).toBeUndefined();
  });

  test("what changed is handed out once", () => {
    const { clock, registry, speak } = start({ stored: [storedDevice({ deviceId: cellar })] });
    expect(registry.takeDirty()).toEqual([]);
    speak(connection(1), { t: 1 });
    clock.advance(1_000);
    speak(connection(1), { t: 2 });
    const [state, ...others] = registry.takeDirty();
    expect(others).toEqual([]);
    expect(state).toMatchObject({ deviceId: boiler, lastHeardAtMs: NOW + 1_000 });
    expect(state?.latest.get("t")).toEqual({ value: 2, atMs: NOW + 1_000 });
    expect(registry.takeDirty()).toEqual([]);
  });

  test("a device that was deleted while a message of it was on its way to the disk is made again", () => {
    const { registry, speak } = start();
    speak(connection(1), { old: 1 });
    registry.rename(boiler, { name: "Old", place: undefined });
    registry.remove(boiler);
    registry.storedReading(boiler, new Map([["fresh", 1]]), NOW);
    expect(registry.get(boiler)?.name).toBeUndefined();
    expect([...(registry.get(boiler)?.latest.keys() ?? [])]).toEqual(["fresh"]);
  });
});

describe("a device's own retention", () => {
  test("is kept from the store, replaced as a whole, and shown only where there is one", () => {
    const { registry } = start({ stored: [storedDevice({ retention: { rawDays: 7 } })] });
    const shown = () => toDevice(registry.get(boiler) ?? expect.fail("it is known"), NATIVE_ONLY).retention;
    expect(shown()).toEqual({ rawDays: 7 });
    registry.setRetention(boiler, { hourDays: 30 });
    expect(shown()).toEqual({ hourDays: 30 });
    registry.setRetention(boiler, {});
    expect(shown()).toBeUndefined();
    registry.setRetention(cellar, { rawDays: 1 });
    expect(registry.get(cellar)).toBeUndefined();
  });

  test("is changed by what a patch names: a number sets, null takes away, what is left out stays", () => {
    const former = { rawDays: 7, dayDays: 400 };
    expect(mergeRetention(former, { hourDays: 0 })).toEqual({ rawDays: 7, hourDays: 0, dayDays: 400 });
    expect(mergeRetention(former, { rawDays: null })).toEqual({ dayDays: 400 });
    expect(mergeRetention(former, {})).toEqual(former);
    expect(mergeRetention(former, null)).toEqual({});
  });
});

test("latest values that were erased do not come back through the shape of the reading before", () => {
  const { registry } = start();
  const shape = ["t", "h"] as const;
  const take = (t: number, h: number, atMs: number): void =>
    registry.storedReading(boiler, new MetricList(shape, [t, h]), atMs);
  take(1, 1, NOW);
  take(2, 2, NOW + 1);
  expect(registry.dropLatest(boiler, () => true)).toEqual([]);
  take(3, 3, NOW + 2);
  expect(registry.get(boiler)?.latest.get("t")).toEqual({ value: 3, atMs: NOW + 2 });
});

describe("events", () => {
  const remote = "zigbee:0x1" as DeviceId;
  const known = new Set(["action"]);
  const family = { isEvent: (metric: string) => known.has(metric), presence: () => undefined };
  const familyOf = (deviceId: DeviceId) => (deviceId === remote ? family : undefined);
  const at = (metric: string, value: MetricValue) => [metric, { value, atMs: NOW }] as const;
  const values = (registry: ReturnType<typeof start>["registry"], deviceId = remote) => {
    const { latest, events } = registry.get(deviceId) ?? expect.fail("it is known");
    return { latest: [...latest.keys()], events: [...events.keys()] };
  };

  test("have no latest value, in whichever way they came, and the next start knows them all the same", () => {
    const { registry, speak } = start({ familyOf });
    speak(connection(1), { action: "single", battery: 80 }, remote);
    registry.storedReading(remote, new MetricList(["action", "linkquality"], ["double", 120]), NOW);
    registry.importedReading(remote, new Map([["action", "hold"]]), NOW, NOW);
    expect(values(registry)).toEqual({ latest: ["battery", "linkquality"], events: ["action"] });
    const device = toDevice(registry.get(remote) ?? expect.fail("it is known"), NATIVE_ONLY);
    expect(Object.keys(device.latest)).toEqual(["battery", "linkquality"]);
    const [state] = registry.takeDirty();
    expect([...(state?.latest.keys() ?? [])]).toEqual(["battery", "linkquality", "action"]);
    const stored = [storedDevice({ deviceId: remote, latest: new Map(state?.latest) })];
    expect(values(start({ familyOf, stored }).registry)).toEqual(values(registry));
  });

  test("of a device that describes itself later leave its latest values then", () => {
    const { registry, speak } = start({ familyOf });
    speak(connection(1), { press: "single", battery: 80 }, remote);
    expect(values(registry)).toEqual({ latest: ["press", "battery"], events: [] });
    known.add("press");
    registry.descriptionChanged(remote);
    expect(values(registry)).toEqual({ latest: ["battery"], events: ["press"] });
    known.delete("press");
    registry.descriptionChanged(remote);
    expect(values(registry)).toEqual({ latest: ["battery", "press"], events: [] });
  });

  test("that were erased are looked up like latest values, and come back as events", () => {
    const { registry, speak } = start({ familyOf });
    speak(connection(1), { action: "single", battery: 80 }, remote);
    registry.admitMetrics(remote, new Map(["action", "battery"].map((name) => [name, 1])));
    expect(registry.dropLatest(remote, () => true)).toEqual(["action", "battery"]);
    expect(values(registry)).toEqual({ latest: [], events: [] });
    registry.restoreLatest(remote, ["action", "battery"], new Map([at("action", "single"), at("battery", 79)]));
    expect(values(registry)).toEqual({ latest: ["battery"], events: ["action"] });
  });

  test("are known of devices of a family only: another device may call a metric as it likes", () => {
    const { registry, speak } = start({ familyOf });
    speak(connection(1), { action: "single" });
    registry.storedReading(boiler, new MetricList(["action"], ["double"]), NOW);
    expect(values(registry, boiler)).toEqual({ latest: ["action"], events: [] });
  });
});
