import { describe, expect, test } from "vitest";
import { createHomie } from "../../../../src/dialects/homie/homie.ts";
import { openSession, type Payload } from "../line-session.ts";

const CAR = "homie:super-car";
const DESCRIPTION =
  '{"homie":"5.0","name":"Supercar","version":7,"nodes":{"engine":{"name":"Car engine","properties":{"temperature":{"name":"Engine temperature","unit":"°C","datatype":"float","format":"-20:120"}}}}}';

/** Each alone: nothing was said before. */
const EXAMPLES: readonly [topic: string, payload: Payload, ...becomes: string[]][] = [
  ["homie/super-car/$homie", "2.1.0", `${CAR} attributes {"homie":"2.1.0"}`],
  ["homie/super-car/$nodes", "wheels,engine,lights"],
  ["homie/super-car/engine/temperature/$unit", "°C"],
  ["homie/super-car/engine/temperature/$datatype", "float"],
  ["homie/super-car/engine/temperature/$format", "-20:120"],
  ["homie/super-car/engine/temperature", "21.5", `${CAR} {"engine.temperature":21.5}`],
  ["homie/5/super-car/$state", "init", `${CAR} online`],
  ["homie/5/super-car/$description", DESCRIPTION, `${CAR} attributes {"homie":"5.0"}`],
  ["homie/5/super-car/engine/temperature", "21.5", `${CAR} {"engine.temperature":21.5}`],
  [
    "homie/5/mydevid/$alert/battery",
    "Battery is low, at 8%",
    'homie:mydevid attributes {"alert.battery":"Battery is low, at 8%"}',
  ],
  ["homie/5/mydevid/$alert/battery", "", 'homie:mydevid attributes {"alert.battery":null}'],
  ["homie/5/my-device/$log/warn", "battery low", 'homie:my-device {"log.warn":"battery low"}'],
  ["homie/5/my-device/$log/debug", "loop took 3 ms"],
  ["homie/5/kitchen-light/light/brightness/$target", "100", 'homie:kitchen-light {"light.brightness.target":100}'],
  // States.
  ["homie/super-car/$state", "init", `${CAR} online`],
  ["homie/super-car/$state", "ready", `${CAR} online`],
  ["homie/super-car/$state", "alert", `${CAR} online`],
  ["homie/super-car/$state", "sleeping", `${CAR} online`],
  ["homie/super-car/$state", "disconnected", `${CAR} offline`],
  ["homie/super-car/$state", "lost", `${CAR} offline`],
  ["homie/5/super-car/$state", "lost", `${CAR} offline`],
  ["homie/super-car/$state", "dancing", `${CAR} refused: STATUS_INVALID`],
  ["homie/5/super-car/$state", "dancing", `${CAR} refused: STATUS_INVALID`],
  ["homie/686f6d6965/$online", "true", "homie:686f6d6965 online"],
  ["homie/686f6d6965/$online", "false", "homie:686f6d6965 offline"],
  ["homie/686f6d6965/$online", "perhaps", "homie:686f6d6965 refused: STATUS_INVALID"],
  // Values whose datatype nobody said.
  ["homie/ledstrip-device/ledstrip/led_1", "on", 'homie:ledstrip-device {"ledstrip.led_1":true}'],
  ["homie/686f6d6965/temperature/degrees", "12.07", 'homie:686f6d6965 {"temperature.degrees":12.07}'],
  ["homie/686f6d6965/temperature/unit", "c", 'homie:686f6d6965 {"temperature.unit":"c"}'],
  ["homie/686f6d6965/temperature/degrees", "nan"],
  ["homie/686f6d6965/temperature/degrees", ""],
  [
    "homie/686f6d6965/temperature/degrees",
    "12,07",
    "homie:686f6d6965 without temperature.degrees: METRIC_VALUE_INVALID",
  ],
  // About the device.
  ["homie/super-car/$stats/uptime", "120", `${CAR} {"stats.uptime":120}`],
  ["homie/super-car/$stats/cputemp", "warm", `${CAR} without stats.cputemp: METRIC_WRONG_TYPE`],
  ["homie/super-car/$stats/interval", "60"],
  ["homie/super-car/$fw/version", "1.0.0", `${CAR} attributes {"firmware.version":"1.0.0"}`],
  ["homie/super-car/$localip", "192.168.0.10", `${CAR} attributes {"localip":"192.168.0.10"}`],
  ["homie/super-car/$implementation/config", '{"wifi":{"password":"secret"}}'],
  ["homie/super-car/$homie", "the latest", `${CAR} refused: PAYLOAD_WRONG_SHAPE`],
  ["homie/5/super-car/$description", '{"homie":', `${CAR} refused: PAYLOAD_NOT_JSON`],
  // Commands, and what is for all.
  ["homie/kitchen-light/light/power/set", "true"],
  ["homie/5/kitchen-light/light/power/set", "true"],
  ["homie/$broadcast/alert", "Intruder detected"],
  ["homie/5/$broadcast/security/alert", "Intruder detected"],
  // Nobody has said that a Homie device is there.
  ["garden/super-car/engine/temperature", "21.5", "elsewhere"],
  ["garden/super-car/$name", "x", "elsewhere"],
  ["garden/super-car/$homie", "hello", "elsewhere"],
  ["garden/5/super-car/engine/temperature", "21.5", "elsewhere"],
  ["garden/5/super-car/$state", "hello", "elsewhere"],
  ["garden/5/super-car/$description", "hello", "elsewhere"],
  ["devices/super-car/engine/temperature", "21.5", "super-car refused: TOPIC_UNKNOWN"],
];

describe("an example of the convention", () => {
  test.each(EXAMPLES)("%s %s", (topic, payload, ...becomes) => {
    expect(openSession(createHomie).say(topic, payload, { retain: true })).toEqual(becomes);
  });

  test("of version 4: what the attributes say of the metric", () => {
    const session = openSession(createHomie);
    for (const [topic, payload] of EXAMPLES.slice(0, 6)) session.say(topic, payload, { retain: true });
    expect(session.info(CAR, "engine.temperature")).toEqual({
      label: "temperature",
      kind: "number",
      unit: "°C",
      range: [-20, 120],
    });
  });

  test("of version 5: what the description says of the metric", () => {
    const session = openSession(createHomie);
    session.say("homie/5/super-car/$description", DESCRIPTION);
    expect(session.nameOf(CAR)).toBe("Supercar");
    expect(session.info(CAR, "engine.temperature")).toEqual({
      label: "Engine temperature",
      kind: "number",
      unit: "°C",
      range: [-20, 120],
    });
    expect(session.info(CAR, "engine.temperature.target")?.label).toBe("Engine temperature (target)");
    expect(session.info(CAR, "log.warn")?.kind).toBe("event");
  });
});
