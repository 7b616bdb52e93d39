/** Home Assistant's own examples of discovery, one caught in a log, and ESPHome's messages. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createDialects } from "../../../../src/dialects/dialects.ts";
import { createHomeAssistant } from "../../../../src/dialects/home-assistant/home-assistant.ts";
import { createSession, metricsOf } from "../family-session.ts";

const id = (text: string): DeviceId => text as DeviceId;
const session = () => createSession(() => createHomeAssistant());

test("a motion sensor of the documentation", () => {
  const hub = session();
  const heard = hub.play(`
    homeassistant/binary_sensor/garden/config {"name": "garden", "device_class": "motion", "state_topic": "homeassistant/binary_sensor/garden/state"}
    homeassistant/binary_sensor/garden/state ON
    homeassistant/binary_sensor/garden/state OFF`);
  expect(heard[0]).toEqual({});
  expect(heard[1]?.readings).toEqual([{ deviceId: "ha:garden", metrics: { motion: true } }]);
  expect(heard[2]?.readings).toEqual([{ deviceId: "ha:garden", metrics: { motion: false } }]);
  expect(hub.nameOf(id("ha:garden"))).toBe("garden");
  expect(hub.metricInfo(id("ha:garden"), "motion")).toEqual({
    label: "garden",
    kind: "boolean",
    unit: "",
    deviceClass: "motion",
  });
});

test("two sensors of the documentation that read one topic", () => {
  const hub = session();
  const heard = hub.play(`
    homeassistant/sensor/sensorBedroomT/config {"device_class": "temperature", "name": "Temperature", "state_topic": "homeassistant/sensor/sensorBedroom/state", "unit_of_measurement": "°C", "value_template": "{{ value_json.temperature}}" }
    homeassistant/sensor/sensorBedroomH/config {"device_class": "humidity", "name": "Humidity", "state_topic": "homeassistant/sensor/sensorBedroom/state", "unit_of_measurement": "%", "value_template": "{{ value_json.humidity}}" }
    homeassistant/sensor/sensorBedroom/state { "temperature": 23.20, "humidity": 43.70 }
    homeassistant/sensor/sensorBedroom/state { "humidity": 43.80 }`);
  expect(heard[2]?.readings).toEqual([
    { deviceId: "ha:sensorBedroomT", metrics: { temperature: 23.2 } },
    { deviceId: "ha:sensorBedroomH", metrics: { humidity: 43.7 } },
  ]);
  expect(heard[3]?.readings).toEqual([{ deviceId: "ha:sensorBedroomH", metrics: { humidity: 43.8 } }]);
  expect(hub.metricInfo(id("ha:sensorBedroomT"), "temperature")).toEqual({
    label: "Temperature",
    kind: "number",
    unit: "°C",
    deviceClass: "temperature",
  });
});

test("a switch of the documentation, with a base topic and abbreviations", () => {
  const hub = session();
  const heard = hub.play(`
    homeassistant/switch/irrigation/config {"~": "homeassistant/switch/irrigation", "name": "garden", "cmd_t": "~/set", "stat_t": "~/state"}
    homeassistant/switch/irrigation/state ON
    homeassistant/switch/irrigation/set OFF`);
  expect(heard[1]?.readings).toEqual([{ deviceId: "ha:irrigation", metrics: { switch: true } }]);
  expect(heard[2]).toEqual({ elsewhere: true });
  expect(hub.metricInfo(id("ha:irrigation"), "switch")).toMatchObject({ kind: "boolean", settable: true });
});

test("a device of the documentation with its components", () => {
  const hub = session();
  const document = {
    dev: {
      ids: "ea334450945afc",
      name: "Kitchen",
      mf: "Bla electronics",
      mdl: "xya",
      sw: "1.0",
      sn: "ea334450945afc",
      hw: "1.0rev2",
    },
    o: { name: "bla2mqtt", sw: "2.1", url: "https://bla2mqtt.example.com/support" },
    cmps: {
      some_unique_component_id1: {
        p: "sensor",
        device_class: "temperature",
        unit_of_measurement: "°C",
        value_template: "{{ value_json.temperature}}",
        unique_id: "temp01ae_t",
      },
      some_unique_id2: {
        p: "sensor",
        device_class: "humidity",
        unit_of_measurement: "%",
        value_template: "{{ value_json.humidity}}",
        unique_id: "temp01ae_h",
      },
    },
    state_topic: "sensorBedroom/state",
    qos: 2,
  };
  hub.send("homeassistant/device/0AFFD2/config", JSON.stringify(document), { retain: true });
  const kitchen = id("ha:ea334450945afc");
  expect(hub.send("sensorBedroom/state", '{"temperature":21.5,"humidity":40}')).toEqual({
    readings: [{ deviceId: kitchen, metrics: { some_unique_component_id1: 21.5, some_unique_id2: 40 } }],
    attributes: {
      [kitchen]: {
        manufacturer: "Bla electronics",
        model: "xya",
        modelId: null,
        firmware: "1.0",
        hardware: "1.0rev2",
        serialNumber: "ea334450945afc",
        configurationUrl: null,
        suggestedArea: null,
        mac: null,
        notUnderstood: null,
      },
    },
  });
  expect(hub.nameOf(kitchen)).toBe("Kitchen");
  expect(hub.metricInfo(kitchen, "some_unique_id2")).toMatchObject({ label: "Humidity", unit: "%" });
});

test("a document caught in a log: strings for booleans, an icon by its full name, a topic with a base without a slash", () => {
  const hub = session();
  hub.send(
    "homeassistant/sensor/shelly-1pm-study-ip/config",
    '{"name":"Shelly 1PM study IP","stat_t":"~announce","frc_upd":"false","en":"false","uniq_id":"1pm-study-ip","qos":0,"dev":{"cns":[["mac","e8:db:84:d7:df:61"]],"name":"Shelly 1PM study","mdl":"Shelly 1PM","sw":"20221108-153925/v1.12.1-1PM-fix-g2821131","hw":"gen1 (SHSW-PM)","mf":"Allterco Robotics","cu":"http://192.168.1.19/"},"~":"shellies/1pm-study/","ent_cat":"diagnostic","val_tpl":"{{value_json.ip}}","icon":"mdi:ip-outline","avty_t":"~online","pl_avail":"true","pl_not_avail":"false"}',
  );
  const study = id("ha:e8db84d7df61");
  expect(metricsOf(hub.send("shellies/1pm-study/announce", '{"id":"x","ip":"192.168.1.19"}'))).toEqual({
    ip: "192.168.1.19",
  });
  expect(hub.metricInfo(study, "ip")).toMatchObject({ label: "IP", kind: "text" });
  expect(hub.send("shellies/1pm-study/online", "false").status).toEqual({ [study]: false });
  expect(hub.send("shellies/1pm-study/online", "true").status).toEqual({ [study]: true });
});

test("and a topic that another family claims stays with it", () => {
  const dialect = createHomeAssistant();
  const shelly = createHomeAssistant();
  const own = {
    ...shelly,
    family: "shelly" as const,
    claim: (topic: string) => (topic.startsWith("shellies/") ? () => ({ kind: "nothing" as const }) : undefined),
  };
  const hub = createDialects([own, dialect]);
  const send = (topic: string, payload: string) =>
    hub.read({
      topic,
      payload: new TextEncoder().encode(payload),
      retain: false,
      receivedAtMs: 0,
      publisher: { id: "anybody", deviceId: undefined, mayPublish: () => true, maySubscribe: () => true },
    });
  const parsed = send(
    "homeassistant/sensor/a/b/config",
    '{"stat_t":"shellies/a/announce","val_tpl":"{{value_json.ip}}"}',
  );
  if (parsed.kind !== "parts") throw new Error("no parts");
  for (const part of parsed.parts) if (part.kind === "learned") hub.learn(part);
  expect(send("shellies/a/announce", '{"ip":"192.0.2.1"}')).toEqual({ kind: "nothing" });
});

/** As `send_discovery_` of ESPHome 2026 writes it, without a MAC of somebody. */
const ESPHOME_DEV = {
  ids: "02005e100001",
  name: "Living Room",
  sw: "2026.6.0 (config hash 0x1234abcd)",
  mdl: "esp32dev",
  mf: "Espressif",
  cns: [["mac", "02005e100001"]],
};

test("ESPHome: plain states with their units; its first connection and a lost one", () => {
  const hub = session();
  const announce = (component: string, object: string, more: object) =>
    hub.send(
      `homeassistant/${component}/livingroom/${object}/config`,
      JSON.stringify({
        ...more,
        stat_t: `livingroom/${component}/${object}/state`,
        avty_t: "livingroom/status",
        uniq_id: `02005e100001-${component}-${object}`,
        dev: ESPHOME_DEV,
      }),
      { retain: true },
    );
  const board = id("ha:02005e100001");
  expect(hub.send("livingroom/status", "online", { retain: true })).toEqual({ elsewhere: true });
  announce("sensor", "living_room_temperature", {
    dev_cla: "temperature",
    unit_of_meas: "°C",
    stat_cla: "measurement",
    name: "Living Room Temperature",
  });
  expect(hub.send("livingroom/sensor/living_room_temperature/state", "23.4", { retain: true })).toEqual({
    readings: [{ deviceId: board, metrics: { temperature: 23.4 } }],
    attributes: {
      [board]: {
        manufacturer: "Espressif",
        model: "esp32dev",
        modelId: null,
        firmware: "2026.6.0 (config hash 0x1234abcd)",
        hardware: null,
        serialNumber: null,
        configurationUrl: null,
        suggestedArea: null,
        mac: "02005e100001",
        notUnderstood: null,
      },
    },
  });
  expect(hub.metricInfo(board, "temperature")).toEqual({
    label: "Temperature",
    kind: "number",
    unit: "°C",
    deviceClass: "temperature",
    stateClass: "measurement",
  });
  // A sensor that cannot be read.
  expect(hub.send("livingroom/sensor/living_room_temperature/state", "nan")).toEqual({});
  announce("binary_sensor", "motion", { dev_cla: "motion", name: "Motion" });
  expect(metricsOf(hub.send("livingroom/binary_sensor/motion/state", "ON"))).toEqual({ motion: true });
  announce("switch", "relay", { name: "Relay", cmd_t: "livingroom/switch/relay/command" });
  expect(metricsOf(hub.send("livingroom/switch/relay/state", "OFF"))).toEqual({ relay: false });
  expect(hub.metricInfo(board, "relay")).toMatchObject({ settable: true });
  announce("number", "setpoint", {
    min: 5,
    max: 30,
    step: 0.5,
    unit_of_meas: "°C",
    cmd_t: "livingroom/number/setpoint/command",
  });
  expect(metricsOf(hub.send("livingroom/number/setpoint/state", "21.500000"))).toEqual({ setpoint: 21.5 });
  expect(hub.metricInfo(board, "setpoint")).toMatchObject({ range: [5, 30], digits: 1, settable: true });
  announce("light", "lamp", {
    schema: "json",
    color_mode: true,
    supported_color_modes: ["brightness"],
    brightness: true,
    cmd_t: "livingroom/light/lamp/command",
  });
  expect(
    metricsOf(
      hub.send("livingroom/light/lamp/state", '{"color_mode":"brightness","state":"ON","brightness":127,"color":{}}'),
    ),
  ).toEqual({ lamp: true, "lamp.brightness": 127 });
  announce("cover", "blind", {
    pos_t: "livingroom/cover/blind/position/state",
    set_pos_t: "livingroom/cover/blind/position/command",
  });
  expect(metricsOf(hub.send("livingroom/cover/blind/position/state", "40"))).toEqual({ "blind.position": 40 });
  expect(metricsOf(hub.send("livingroom/cover/blind/state", "closing"))).toEqual({ blind: "closing" });
  announce("event", "doorbell", { event_types: ["press", "long"], dev_cla: "doorbell" });
  expect(metricsOf(hub.send("livingroom/event/doorbell/state", '{"event_type":"press"}'))).toEqual({
    doorbell: "press",
  });
  expect(hub.metricInfo(board, "doorbell")).toMatchObject({ kind: "event", options: ["press", "long"] });
  announce("update", "firmware", { schema: "json", pl_inst: "INSTALL" });
  expect(
    hub.send("livingroom/update/firmware/state", '{"installed_version":"1.0","latest_version":"1.1","title":"x"}'),
  ).toEqual({
    attributes: { [board]: { "firmware.installedVersion": "1.0", "firmware.latestVersion": "1.1" } },
  });
  expect(hub.send("livingroom/update/firmware/state", '{"installed_version":"1.0","latest_version":"1.1"}')).toEqual(
    {},
  );
  // Its last will, and its return.
  expect(hub.send("livingroom/status", "offline", { retain: true })).toEqual({ status: { [board]: false } });
  expect(hub.send("livingroom/status", "online", { retain: true })).toEqual({ status: { [board]: true } });
  expect(hub.nameOf(board)).toBe("Living Room");
});

test("ESPHome: JSON that an automation publishes is not discovered, and is carried", () => {
  expect(session().send("the/topic", '{"key": 42.0, "greeting": "Hello World"}')).toEqual({ elsewhere: true });
});

test("what was announced is known after a restart, without a message", () => {
  const hub = session();
  hub.send(
    "homeassistant/sensor/livingroom/temperature/config",
    JSON.stringify({ stat_t: "livingroom/sensor/temperature/state", unit_of_meas: "°C", dev: ESPHOME_DEV }),
  );
  const again = hub.restarted();
  expect(again.nameOf(id("ha:02005e100001"))).toBe("Living Room");
  expect(metricsOf(again.send("livingroom/sensor/temperature/state", "20.1"))).toEqual({ temperature: 20.1 });
});
