/** Messages of boards that announce themselves by Home Assistant's discovery, of mappings, and of no family; most are from documents and logs of these firmwares. */
import type { MappingFields } from "../../../src/contract/mappings.ts";
import type { ExampleGroup } from "./dialect-example.ts";

/** As docs/devices.md has them. */
export const EXAMPLE_MAPPINGS: readonly MappingFields[] = [
  { topic: "home/{device}/{metric}", payload: "value" },
  {
    topic: "sensors/{device}/data",
    payload: "json",
    time: "meta.time",
    values: "data",
    rename: { temp: "temperature" },
  },
];

export const DISCOVERY_EXAMPLES: readonly ExampleGroup[] = [
  {
    title: "Home Assistant discovery",
    examples: [
      [
        "homeassistant/binary_sensor/garden/config",
        '{"name": "garden", "device_class": "motion", "state_topic": "homeassistant/binary_sensor/garden/state"}',
        "ha:garden described",
      ],
      ["homeassistant/binary_sensor/garden/state", "ON", 'ha:garden {"motion":true}'],
      [
        "homeassistant/sensor/sensorBedroomT/config",
        '{"device_class": "temperature", "name": "Temperature", "state_topic": "homeassistant/sensor/sensorBedroom/state", "unit_of_measurement": "°C", "value_template": "{{ value_json.temperature}}" }',
        "ha:sensorBedroomT described",
      ],
      [
        "homeassistant/sensor/sensorBedroom/state",
        '{ "temperature": 23.20, "humidity": 43.70 }',
        'ha:sensorBedroomT {"temperature":23.2}',
      ],
      [
        "homeassistant/switch/irrigation/config",
        '{"~": "homeassistant/switch/irrigation", "name": "garden", "cmd_t": "~/set", "stat_t": "~/state"}',
        "ha:irrigation described",
      ],
      ["homeassistant/switch/irrigation/state", "OFF", 'ha:irrigation {"switch":false}'],
      [
        "homeassistant/device/ea334450945afc/config",
        '{"dev":{"ids":"ea334450945afc","name":"Kitchen","mf":"Bla electronics","mdl":"xya","sw":"1.0","sn":"ea334450945afc","hw":"1.0rev2"},"o":{"name":"bla2mqtt","sw":"2.1","url":"https://bla2mqtt.example.com/support"},"cmps":{"some_unique_component_id1":{"p":"sensor","device_class":"temperature","unit_of_measurement":"°C","value_template":"{{ value_json.temperature}}","unique_id":"temp01ae_t"},        "some_unique_id2":{"p":"sensor","device_class":"humidity","unit_of_measurement":"%","value_template":"{{ value_json.humidity}}","unique_id":"temp01ae_h"}},"state_topic":"sensorBedroom/state","qos":2}',
        "ha:ea334450945afc described",
      ],
      [
        "sensorBedroom/state",
        '{"temperature":23.20,"humidity":43.70}',
        'ha:ea334450945afc {"some_unique_component_id1":23.2,"some_unique_id2":43.7}',
        'ha:ea334450945afc attributes {"manufacturer":"Bla electronics","model":"xya","firmware":"1.0","hardware":"1.0rev2","serialNumber":"ea334450945afc"}',
      ],
      ["sensorBedroom/state", '{"humidity":44}', 'ha:ea334450945afc {"some_unique_id2":44}'],
      [
        "sensorBedroom/state",
        '{"temperature":"warm"}',
        "ha:ea334450945afc without some_unique_component_id1: METRIC_VALUE_INVALID",
      ],
      ["homeassistant/device/ea334450945afc/config", "", "ha:ea334450945afc is described no longer"],
      [
        "homeassistant/sensor/1pm-study-ip/config",
        '{"name":"Shelly 1PM study IP","stat_t":"~announce","frc_upd":"false","en":"false","uniq_id":"1pm-study-ip","qos":0,"dev":{"cns":[["mac","e8:db:84:d7:df:61"]],"name":"Shelly 1PM study","mdl":"Shelly 1PM","sw":"20221108-153925/v1.12.1-1PM-fix-g2821131","hw":"gen1 (SHSW-PM)","mf":"Allterco Robotics","cu":"http://192.168.1.19/"},"~":"shellies/1pm-study/","ent_cat":"diagnostic","val_tpl":"{{value_json.ip}}","icon":"mdi:ip-outline","avty_t":"~online","pl_avail":"true","pl_not_avail":"false"}',
        "ha:e8db84d7df61 described",
      ],
    ],
  },
  {
    title: "ESPHome",
    examples: [
      [
        "homeassistant/sensor/livingroom/living_room_temperature/config",
        '{"name":"Living Room Temperature","unit_of_meas":"°C","dev_cla":"temperature","stat_cla":"measurement","stat_t":"livingroom/sensor/living_room_temperature/state","avty_t":"livingroom/status","uniq_id":"ESPsensorliving_room_temperature","dev":{"ids":"240ac4a1b2c3","name":"livingroom","sw":"esphome v2026.10.0","mdl":"esp32dev","mf":"espressif"}}',
        "ha:240ac4a1b2c3 described",
      ],
      [
        "livingroom/status",
        "online",
        'ha:240ac4a1b2c3 attributes {"manufacturer":"espressif","model":"esp32dev","firmware":"esphome v2026.10.0"}',
        "ha:240ac4a1b2c3 online",
      ],
      ["livingroom/sensor/living_room_temperature/state", "23.4", 'ha:240ac4a1b2c3 {"living_room_temperature":23.4}'],
      ["livingroom/sensor/living_room_temperature/state", "nan"],
      ["livingroom/debug", "[D][sensor:093]: 'Living Room Temperature': Sending state 23.40000 °C"],
      ["the/topic", '{"key": 42.0, "greeting": "Hello World"}'],
    ],
  },
  {
    title: "Topics of your own, with the two mappings above",
    mappings: EXAMPLE_MAPPINGS,
    examples: [
      ["home/kitchen/temperature", "21.5", 'kitchen {"temperature":21.5}'],
      ["home/kitchen/door", "ON", 'kitchen {"door":true}'],
      ["home/Küche/temperature", "21.5", "K_che~14e23b described", 'K_che~14e23b {"temperature":21.5}'],
      [
        "sensors/attic/data",
        '{"meta":{"time":1764504000},"data":{"temp":21.5}}',
        'attic {"temperature":21.5} at 1764504000',
      ],
      ["sensors/attic/data", "21.5", "attic refused: PAYLOAD_WRONG_SHAPE"],
      ["home/kitchen/heater/set", "1"],
    ],
  },
  {
    title: "Of no family, without a mapping",
    examples: [
      [
        "chip/zoneTemp",
        '{"temperature":19.43,"linkquality":57,"humidity":70.21,"pressure":1002,"battery":"100.00","voltage":3215}',
      ],
      [
        "ESPURNA-DHT22/data",
        '{"temperature":6.1,"humidity":99,"mac":"80:7D:3A:75:18:14","host":"ESPURNA-DHT22","ip":"192.168.1.17","id":6009}',
      ],
      ["domoticz/in", '{"command":"udevice","idx":1234,"svalue":"21.5;48;1"}'],
    ],
  },
];
