import { describe, expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createHomie } from "../../../../src/dialects/homie/homie.ts";
import { createSession } from "../family-session.ts";
import { application, openSession, type Session } from "../line-session.ts";

const RETAINED = { retain: true };

/** Lines of `topic → payload`, as the convention writes them; what became of each. */
function play(session: Session, lines: string): string[] {
  return lines
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [topic = "", payload = ""] = line.trim().split(/ → ?/);
      return session.say(topic, payload, RETAINED);
    });
}

const stored = (lines: readonly string[]): string[] => lines.filter((line) => !line.includes(" attributes "));

/** homie-esp8266 2 */
const VERSION_2 = `
  homie/ledstrip-device/$homie → 2.0.0
  homie/ledstrip-device/$implementation → esp8266
  homie/ledstrip-device/$name → LED strip
  homie/ledstrip-device/$localip → 192.168.0.10
  homie/ledstrip-device/$stats/interval → 60
  homie/ledstrip-device/$fw/name → strip
  homie/ledstrip-device/$nodes → ledstrip
  homie/ledstrip-device/ledstrip/$type → ledstrip
  homie/ledstrip-device/ledstrip/$properties → led[1-3]:settable,mode
  homie/ledstrip-device/$online → true
  homie/ledstrip-device/$stats/signal → 72
  homie/ledstrip-device/ledstrip/led_1 → on
  homie/ledstrip-device/ledstrip/mode → rainbow`;

/** homie-esp8266 3 */
const VERSION_3 = `
  homie/super-car/$state → init
  homie/super-car/$homie → 3.0.1
  homie/super-car/$name → Super car
  homie/super-car/$mac → DE:AD:BE:EF:FE:ED
  homie/super-car/$stats → uptime,battery
  homie/super-car/$nodes → engine,lights[]
  homie/super-car/engine/$name → Car engine
  homie/super-car/engine/$properties → temperature,speed
  homie/super-car/engine/temperature/$name → Temperature
  homie/super-car/engine/temperature/$settable → false
  homie/super-car/engine/temperature/$unit → °C
  homie/super-car/engine/temperature/$datatype → float
  homie/super-car/engine/temperature/$format → -20:120
  homie/super-car/lights/$name → Lights
  homie/super-car/lights/$array → 0-1
  homie/super-car/lights/intensity/$name → Intensity
  homie/super-car/lights/intensity/$datatype → integer
  homie/super-car/lights/intensity/$settable → true
  homie/super-car/lights/intensity/$unit → %
  homie/super-car/$state → ready
  homie/super-car/$stats/uptime → 120
  homie/super-car/engine/temperature → 21.5
  homie/super-car/lights_1/intensity → 0100`;

describe("a device that starts", () => {
  test("of version 2", () => {
    const session = openSession(createHomie);
    expect(stored(play(session, VERSION_2))).toEqual([
      "homie:ledstrip-device online",
      'homie:ledstrip-device {"stats.signal":72}',
      'homie:ledstrip-device {"ledstrip.led_1":true}',
      'homie:ledstrip-device {"ledstrip.mode":"rainbow"}',
    ]);
    expect(session.nameOf("homie:ledstrip-device")).toBe("LED strip");
    expect(session.info("homie:ledstrip-device", "stats.signal")?.unit).toBe("%");
    expect(session.info("homie:ledstrip-device", "ledstrip.led_3")?.settable).toBe(true);
    expect(session.info("homie:ledstrip-device", "ledstrip.mode")).toBeUndefined();
  });

  test("of version 3, with an array of nodes", () => {
    const session = openSession(createHomie);
    expect(stored(play(session, VERSION_3))).toEqual([
      "homie:super-car online",
      "homie:super-car online",
      'homie:super-car {"stats.uptime":120}',
      'homie:super-car {"engine.temperature":21.5}',
      'homie:super-car {"lights_1.intensity":100}',
    ]);
    expect(session.info("homie:super-car", "lights_1.intensity")).toEqual({
      label: "Intensity",
      kind: "number",
      unit: "%",
      digits: 0,
      settable: true,
    });
    // The same again, as after each connect, teaches nothing new.
    const writes = session.writes();
    play(session, VERSION_3);
    expect(session.writes()).toBe(writes);
  });

  test("two properties of one name are told apart by their nodes", () => {
    const session = openSession(createHomie);
    play(session, VERSION_3);
    play(
      session,
      `homie/super-car/cabin/$name → Cabin
       homie/super-car/cabin/temperature/$name → Temperature`,
    );
    expect(session.info("homie:super-car", "engine.temperature")?.label).toBe("Car engine: Temperature");
    expect(session.info("homie:super-car", "cabin.temperature")?.label).toBe("Cabin: Temperature");
    expect(session.info("homie:super-car", "lights_0.intensity")?.label).toBe("Intensity");
  });
});

describe("a base topic of one's own choice", () => {
  test("is that of devices that said so", () => {
    const session = openSession(createHomie);
    const lines = `
      my/house/car/$homie → 4.0.0
      my/house/car/$name → Car
      my/house/car/$state → ready
      my/house/car/engine/temperature → 21
      my/house/other/engine/temperature → 22
      my/house/car/engine/temperature/set → 3`;
    expect(stored(play(session, lines))).toEqual([
      "homie:car online",
      'homie:car {"engine.temperature":21}',
      "elsewhere",
    ]);
  });

  test("so many properties as a device has metrics are described", () => {
    const session = createSession(createHomie);
    session.send("homie/car/$homie", "4.0.0");
    for (let index = 0; index < 1_100; index++) session.send(`homie/car/n/p${index}/$unit`, "V");
    const unitOf = (metric: string) => session.metricInfo("homie:car" as DeviceId, metric)?.unit;
    expect([unitOf("n.p0"), unitOf("n.p1023"), unitOf("n.p1024")]).toEqual(["V", "V", undefined]);
  });

  test("below devices/ only for an id that said so; what is native stays native", () => {
    const session = openSession(createHomie);
    const lines = `
      devices/car/engine/temperature → 20
      devices/car/$homie → 4.0.0
      devices/car/$state → ready
      devices/car/engine/temperature → 21
      devices/car/engine/temperature/set → 1
      devices/car/telemetry/speed → 3
      devices/van/engine/temperature → 22
      devices/car/engine/a/b/c → 22`;
    expect(stored(play(session, lines))).toEqual([
      "car refused: TOPIC_UNKNOWN",
      "homie:car online",
      'homie:car {"engine.temperature":21}',
      'car {"speed":3}',
      "van refused: TOPIC_UNKNOWN",
      "car refused: TOPIC_UNKNOWN",
    ]);
  });

  test("of version 5 is a domain, which its states make known", () => {
    const session = openSession(createHomie);
    const lines = `
      garden/5/pump/$state → init
      garden/5/pump/tank/level → 80
      garden/5/pump/$alert/dry → The well is dry`;
    expect(play(session, lines)).toEqual([
      "homie:pump online",
      'homie:pump {"tank.level":80}',
      'homie:pump attributes {"alert.dry":"The well is dry"}',
    ]);
  });

  test("two devices of one name in two domains are two", () => {
    const session = openSession(createHomie);
    const lines = `
      homie/car/$homie → 4.0.0
      garden/car/$homie → 4.0.0
      homie/car/a/b → 1
      garden/car/a/b → 2`;
    const [first, second] = stored(play(session, lines));
    expect(first).toBe('homie:car {"a.b":1}');
    expect(second).toMatch(/^homie:garden\.car \{"a\.b":2\}$/);
  });

  test("a device of version 4 that is called 5", () => {
    const session = openSession(createHomie);
    const lines = `
      homie/5/$homie → 4.0.0
      homie/5/$state → ready
      homie/5/engine/speed → 3`;
    expect(stored(play(session, lines))).toEqual(["homie:5 online", 'homie:5 {"engine.speed":3}']);
  });
});

test("new firmware that speaks version 5 is the same device; what the former one would send is not read", () => {
  const session = openSession(createHomie);
  const lines = `
    homie/car/$homie → 4.0.0
    homie/car/a/b → 1
    homie/5/car/$state → init
    homie/5/car/a/b → 2
    homie/car/a/b → 1`;
  expect(stored(play(session, lines))).toEqual(['homie:car {"a.b":1}', "homie:car online", 'homie:car {"a.b":2}']);
});

test("another client may not say that it is the device", () => {
  const session = openSession(createHomie);
  session.say("homie/5/car/$state", "ready", { publisher: application("car", "homie/5/car") });
  const guest = { publisher: application("guest", "homie/car") };
  expect(session.say("homie/car/$homie", "4.0.0", guest)).toEqual(["homie:car refused: ANNOUNCED_BY_ANOTHER"]);
  expect(session.say("homie/5/car/a/b", "2")).toEqual(['homie:car {"a.b":2}']);
  // Its last will comes without rights after a restart of the hub.
  expect(session.say("homie/5/car/$state", "lost", { publisher: application("unknown") })).toEqual([
    "homie:car offline",
  ]);
});

/** A bridge with a relay behind it, with a lamp behind that. [Homie 5, Device hierarchy] */
const TREE = `
  homie/5/bridge/$state → init
  homie/5/bridge/$description → {"homie":"5.0","version":1,"name":"Bridge","children":["dualrelay"]}
  homie/5/dualrelay/$state → init
  homie/5/dualrelay/$description → {"homie":"5.0","version":1,"root":"bridge","children":["light1"]}
  homie/5/light1/$state → init
  homie/5/light1/$description → {"homie":"5.0","version":1,"root":"bridge","parent":"dualrelay","nodes":{"lamp":{"properties":{"on":{"datatype":"boolean"}}}}}
  homie/5/bridge/$state → ready
  homie/5/dualrelay/$state → ready
  homie/5/light1/$state → ready`;

describe("devices behind a root device", () => {
  test("are lost with it, and are what they were when it is back", () => {
    const session = openSession(createHomie);
    play(session, TREE);
    const bridgeOf = (id: string) => session.presenceOf(id)?.radio?.bridge;
    expect(["homie:bridge", "homie:dualrelay", "homie:light1"].map(bridgeOf)).toEqual([undefined, "online", "online"]);
    expect(play(session, "homie/5/bridge/$state → lost")).toEqual(["homie:bridge offline"]);
    expect(["homie:dualrelay", "homie:light1"].map(bridgeOf)).toEqual(["offline", "offline"]);
    play(session, "homie/5/bridge/$state → ready");
    expect(["homie:dualrelay", "homie:light1"].map(bridgeOf)).toEqual(["online", "online"]);
    // That their parent is away by its own will says nothing of them.
    play(session, "homie/5/bridge/$state → disconnected");
    expect(bridgeOf("homie:light1")).toBe("online");
  });
});

test("a device that sleeps says so", () => {
  const session = openSession(createHomie);
  expect(play(session, "homie/5/bell/$state → sleeping")).toEqual(["homie:bell online"]);
  expect(session.presenceOf("homie:bell")).toEqual({ isAsleep: true });
  play(session, "homie/5/bell/$state → ready");
  expect(session.presenceOf("homie:bell")).toBeUndefined();
});

describe("a device that is removed", () => {
  test.each([
    ["homie/super-car", VERSION_3],
    ["homie/5/light1", TREE],
  ])("%s: without a state it is none", (base, lines) => {
    const session = openSession(createHomie);
    play(session, lines);
    const id = `homie:${base.split("/").at(-1)}`;
    const of = () => session.stored().filter(({ deviceId }) => deviceId === id);
    expect(of().length).toBeGreaterThan(0);
    expect(play(session, `${base}/$state → `)).toEqual([`${id} offline`]);
    expect(of()).toEqual([]);
    expect(session.presenceOf(id)).toBeUndefined();
    // Then it clears the rest.
    expect(
      play(session, `${base}/$name → \n${base}/$description → \n${base}/$homie → \n${base}/engine/temperature → `),
    ).toEqual([]);
    expect(of()).toEqual([]);
  });

  test("is elsewhere where the base topic was not the usual one", () => {
    const session = openSession(createHomie);
    play(session, "garden/5/pump/$state → ready\ngarden/5/pump/$state → ");
    expect(play(session, "garden/5/pump/tank/level → 3")).toEqual(["elsewhere"]);
  });
});

test("a restart of the hub with no announcement repeated: the same ids, names and units", () => {
  const before = openSession(createHomie);
  for (const lines of [VERSION_2, VERSION_3, TREE]) play(before, lines);
  play(before, "garden/super-car/$homie → 4.0.0\ngarden/super-car/a/b/$unit → W\ndevices/van/$homie → 4.0.0");
  const after = openSession(createHomie, before.stored());
  const ids = ["homie:super-car", "homie:ledstrip-device", "homie:light1", "homie:bridge"];
  for (const id of ids) {
    expect(after.nameOf(id), id).toBe(before.nameOf(id));
    for (const metric of ["engine.temperature", "lights_1.intensity", "ledstrip.led_2", "lamp.on"]) {
      expect(after.info(id, metric), `${id} ${metric}`).toEqual(before.info(id, metric));
    }
  }
  const lines = "garden/super-car/a/b → 5\ndevices/van/a/b → 6\nhomie/super-car/a/b → 7\nhomie/5/light1/lamp/on → true";
  expect(play(after, lines)).toEqual([
    'homie:garden.super-car {"a.b":5}',
    'homie:van {"a.b":6}',
    'homie:super-car {"a.b":7}',
    'homie:light1 {"lamp.on":true}',
  ]);
  expect(after.info("homie:garden.super-car", "a.b")?.unit).toBe("W");
  play(after, "homie/5/bridge/$state → lost");
  expect(after.presenceOf("homie:light1")?.radio?.bridge).toBe("offline");
});
