/** Documents of other firmwares and bridges, as they publish them: shortened, and without anybody's addresses. */
import { expect, test } from "vitest";
import { metricsOf } from "../family-session.ts";
import { announce, createHub, id } from "./announce.ts";

test("EMS-ESP: a template for values that a message does not hold, and availability by two topics", () => {
  const hub = createHub();
  const entity = (key: string, more: object) => ({
    "~": "ems-esp",
    uniq_id: `boiler_${key}`,
    def_ent_id: `sensor.boiler_${key}`,
    stat_t: "~/boiler_data",
    val_tpl: `{{value_json['${key}'] if value_json['${key}'] is defined else 0}}`,
    avty: [
      { t: "~/boiler_data", val_tpl: `{{'online' if value_json['${key}'] is defined else 'offline'}}` },
      { t: "~/status" },
    ],
    avty_mode: "all",
    o: { name: "EMS-ESP", sw: "v3.8.4", url: "https://emsesp.org" },
    dev: { ids: ["ems-esp-boiler"] },
    ...more,
  });
  const temperature = { unit_of_meas: "°C", stat_cla: "measurement", dev_cla: "temperature" };
  announce(
    hub,
    "sensor/ems-esp/boiler_outdoortemp",
    entity("outdoortemp", { name: "Outside temperature", ...temperature }),
  );
  announce(
    hub,
    "sensor/ems-esp/boiler_curflowtemp",
    entity("curflowtemp", { name: "Current flow temperature", ...temperature }),
  );
  const boiler = id("ha:ems-esp-boiler");
  expect(hub.send("ems-esp/boiler_data", '{"outdoortemp":7.9,"curflowtemp":41}')).toMatchObject({
    readings: [{ deviceId: boiler, metrics: { boiler_outdoortemp: 7.9, boiler_curflowtemp: 41 } }],
    status: { [boiler]: true },
  });
  expect(hub.send("ems-esp/boiler_data", '{"curflowtemp":42}')).toEqual({
    readings: [{ deviceId: boiler, metrics: { boiler_curflowtemp: 42 } }],
  });
  expect(hub.send("ems-esp/status", "offline").status).toEqual({ [boiler]: false });
  expect(hub.send("ems-esp/status", "online").status).toEqual({ [boiler]: true });
  expect(hub.metricInfo(boiler, "boiler_outdoortemp")).toMatchObject({ label: "Outside temperature", unit: "°C" });
});

test("OpenMQTTGateway and Theengs: one sensor heard by several gateways", () => {
  const hub = createHub();
  const device = {
    ids: ["E08BAE6FD896"],
    cns: [["mac", "E08BAE6FD896"]],
    mf: "Ruuvi",
    mdl: "RuuviTag_RAWv2",
    name: "RuuviTag-6FD896",
    via_device: "TheengsGateway",
  };
  const entity = (key: string, more: object) => ({
    stat_t: "+/+/BTtoMQTT/E08BAE6FD896",
    name: `RuuviTag_RAWv2-${key}`,
    uniq_id: `E08BAE6FD896-${key}`,
    val_tpl: `{{ value_json.${key} | is_defined }}`,
    device,
    ...more,
  });
  announce(hub, "sensor/E08BAE6FD896-mov", entity("mov", {}));
  announce(
    hub,
    "sensor/E08BAE6FD896-hum",
    entity("hum", { dev_cla: "humidity", unit_of_meas: "%", state_class: "measurement" }),
  );
  const tag = id("ha:E08BAE6FD896");
  expect(hub.send("home/kitchen/BTtoMQTT/E08BAE6FD896", '{"hum":60.7725,"mov":33}').readings).toEqual([
    { deviceId: tag, metrics: { mov: 33, hum: 60.7725 } },
  ]);
  expect(hub.send("home/cellar/BTtoMQTT/E08BAE6FD896", '{"rssi":-84,"hum":61}').readings).toEqual([
    { deviceId: tag, metrics: { hum: 61 } },
  ]);
  expect(hub.send("home/cellar/BTtoMQTT/OTHER", '{"hum":61}')).toEqual({ elsewhere: true });
  expect(hub.nameOf(tag)).toBe("RuuviTag-6FD896");
});

test("rtl_433: a topic for each value, and its node is the device", () => {
  const hub = createHub();
  announce(hub, "sensor/Acurite-Tower-A-1234/Acurite-Tower-A-1234-T", {
    device_class: "temperature",
    name: "Temperature",
    unit_of_measurement: "°C",
    value_template: "{{ value|float|round(1) }}",
    state_class: "measurement",
    state_topic: "rtl_433/host/devices/Acurite-Tower/A/1234/temperature_C",
    unique_id: "Acurite-Tower-A-1234-T",
    device: {
      identifiers: ["Acurite-Tower-A-1234"],
      name: "Acurite-Tower-A-1234",
      model: "Acurite-Tower",
      manufacturer: "rtl_433",
    },
  });
  expect(hub.send("rtl_433/host/devices/Acurite-Tower/A/1234/temperature_C", "21.66667").readings).toEqual([
    { deviceId: "ha:Acurite-Tower-A-1234", metrics: { T: 21.7 } },
  ]);
});

test("Z-Wave JS UI: JSON values, booleans for words, three topics of availability", () => {
  const hub = createHub();
  announce(hub, "switch/nodeID_4/switch", {
    payload_off: false,
    payload_on: true,
    value_template: "{{ value_json.value }}",
    command_topic: "zwave/nodeID_4/switch_binary/endpoint_0/targetValue/set",
    state_topic: "zwave/nodeID_4/switch_binary/endpoint_0/currentValue",
    availability: [
      {
        payload_available: "true",
        payload_not_available: "false",
        topic: "zwave/nodeID_4/status",
        value_template: "{{'true' if value_json.value else 'false'}}",
      },
      {
        topic: "zwave/_CLIENTS/ZWAVE_GATEWAY-zwave-js-ui/status",
        value_template: "{{'online' if value_json.value else 'offline'}}",
      },
      { payload_available: "true", payload_not_available: "false", topic: "zwave/driver/status" },
    ],
    availability_mode: "all",
    device: {
      identifiers: ["zwavejs2mqtt_0xc5e72b9d_node4"],
      manufacturer: "Shenzhen Neo Electronics Co., Ltd.",
      model: "Wall Plug Switch (NAS-WR01ZE)",
      name: "nodeID_4",
      sw_version: "2.23.0",
    },
    name: "nodeID_4_switch",
    unique_id: "zwavejs2mqtt_0xc5e72b9d_4-37-0-currentValue",
  });
  const plug = "ha:zwavejs2mqtt_0xc5e72b9d_node4";
  expect(
    metricsOf(hub.send("zwave/nodeID_4/switch_binary/endpoint_0/currentValue", '{"time":1700000000000,"value":true}')),
  ).toEqual({ switch: true });
  expect(hub.send("zwave/_CLIENTS/ZWAVE_GATEWAY-zwave-js-ui/status", '{"value":true,"time":1}').status).toEqual({
    [plug]: true,
  });
  expect(hub.send("zwave/nodeID_4/status", '{"value":false,"status":"Dead"}').status).toEqual({ [plug]: false });
  expect(hub.send("zwave/driver/status", "true").status).toBeUndefined();
  expect(hub.send("zwave/nodeID_4/status", '{"value":true}').status).toEqual({ [plug]: true });
});

test("MikroTik: a base topic for each component, and values in thousandths", () => {
  const hub = createHub();
  announce(hub, "device/router", {
    dev: { ids: "HEX123", name: "Router" },
    o: { name: "MikroTik" },
    cmps: {
      supply_GPIO: {
        p: "sensor",
        name: "supply",
        "~": "homeassistant/sensor/HEX123/",
        stat_t: "~state_GPIO",
        avty_t: "~state_GPIO",
        avty_tpl:
          "{%if value_json.xsupply is defined%}                {{'online'}}            {%else%}                {{'offline'}}            {%endif%}",
        val_tpl:
          "{%if value_json.xsupply is defined%}                    {{value_json.xsupply/1000}}                {%endif%}",
        uniq_id: "HEX123_supply_GPIO",
        unit_of_meas: "V",
        dev_cla: "voltage",
        exp_aft: 70,
      },
      pin_GPIO: {
        p: "binary_sensor",
        "~": "homeassistant/sensor/HEX123/",
        stat_t: "~state_GPIO",
        val_tpl: "{%if value_json.xpin is defined%}{%if value_json.xpin%}{{'ON'}}{%else%}{{'OFF'}}{%endif%}{%endif%}",
        uniq_id: "HEX123_pin_GPIO",
      },
    },
  });
  expect(metricsOf(hub.send("homeassistant/sensor/HEX123/state_GPIO", '{"xsupply":12125,"xpin":0}'))).toEqual({
    supply_GPIO: 12.125,
    pin_GPIO: false,
  });
  expect(metricsOf(hub.send("homeassistant/sensor/HEX123/state_GPIO", '{"xpin":1}'))).toEqual({ pin_GPIO: true });
});

test("MBusino: the whole payload is the value", () => {
  const hub = createHub();
  announce(hub, "sensor/mbusino/1_volume", {
    unique_id: "mbusino_1_volume",
    object_id: "mbusino_1_volume",
    state_topic: "mbusino/MBus/1_volume",
    name: "1_volume",
    value_template: "{{value_json if value_json is defined else 0}}",
    unit_of_meas: "m³",
    state_class: "total_increasing",
    device: { ids: ["mbusino"], name: "mbusino", manufacturer: "MBusino", mdl: "V1" },
    availability_mode: "all",
  });
  expect(metricsOf(hub.send("mbusino/MBus/1_volume", "12.34"))).toEqual({ m1_volume: 12.34 });
});

test("Tasmota by a rule: a base topic without a slash at its end, in two places", () => {
  const hub = createHub();
  announce(hub, "binary_sensor/18A6B3_SNS_1", {
    name: "WaterMeterLeak",
    stat_t: "~stat/Moisture",
    avty_t: "~tele/LWT",
    pl_avail: "Online",
    pl_not_avail: "Offline",
    uniq_id: "18A6B3_SNS_1",
    device: { identifiers: ["18A6B3"] },
    "~": "tasmota_18A6B3/",
    val_tpl: "{{value_json.Leak}}",
    pl_off: "OFF",
    pl_on: "ON",
    dev_cla: "moisture",
  });
  expect(metricsOf(hub.send("tasmota_18A6B3/stat/Moisture", '{"Leak":"ON"}'))).toEqual({ SNS_1: true });
  expect(hub.send("tasmota_18A6B3/tele/LWT", "Offline").status).toEqual({ "ha:18A6B3": false });
});

test("Zigbee2MQTT's own documents make no second device: its topics are read by its own family", () => {
  const hub = createHub();
  announce(hub, "sensor/0x00158d0001/temperature", {
    availability: [{ topic: "zigbee2mqtt/bridge/state", value_template: "{{ value_json.state }}" }],
    device: { identifiers: ["zigbee2mqtt_0x00158d0001"], manufacturer: "Aqara", name: "Living room" },
    device_class: "temperature",
    enabled_by_default: true,
    origin: { name: "Zigbee2MQTT", sw: "2.6.0", url: "https://www.zigbee2mqtt.io" },
    state_topic: "zigbee2mqtt/Living room",
    unique_id: "0x00158d0001_temperature_zigbee2mqtt",
    unit_of_measurement: "°C",
    value_template: '{{ value_json["temperature"] }}',
  });
  // Nothing but what was learned: no attributes, no status, by which the device would come into being.
  expect(hub.stored()).toHaveLength(1);
  expect(
    announce(hub, "sensor/0x00158d0001/linkquality", {
      device: { identifiers: ["zigbee2mqtt_0x00158d0001"] },
      state_topic: "zigbee2mqtt/Living room",
    }),
  ).toEqual({});
});
