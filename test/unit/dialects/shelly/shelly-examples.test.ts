/** Payloads of real Shellys of all generations and of their documentation, and what becomes of each. */
import { expect, test } from "vitest";
import { createShelly } from "../../../../src/dialects/shelly/shelly.ts";
import { createSession, type Heard } from "../family-session.ts";

const reading = (deviceId: string, metrics: Record<string, number | boolean | string>, said?: unknown): Heard => ({
  readings: [said === undefined ? { deviceId, metrics } : { deviceId, metrics, said }],
});

const HT = "shellyplusht-c049ef8bc088";
const MINI = "shelly1pmminig3-5432044edbc0";

/** `topic payload` → what is heard. */
const EXAMPLES: readonly [line: string, heard: Heard][] = [
  // Generation 1.
  ["shellies/shelly1-40F520/online true", { status: { "shelly:shelly1-40F520": true } }],
  ["shellies/shelly1-40F520/online false", { status: { "shelly:shelly1-40F520": false } }],
  ["shellies/shellyht-F401D6/sensor/temperature 22.0", reading("shelly:shellyht-F401D6", { "sensor.temperature": 22 })],
  ["shellies/shellyht-F401D6/sensor/humidity 52.5", reading("shelly:shellyht-F401D6", { "sensor.humidity": 52.5 })],
  ["shellies/shellyht-F401D6/sensor/battery 88", reading("shelly:shellyht-F401D6", { "sensor.battery": 88 })],
  [
    'shellies/announce {"id":"shelly-diskmaskin","model":"SHPLG-S","mac":"3C6105DE91AE","ip":"10.0.0.211","new_fw":false,"fw_ver":"20230913-113421/v1.14.0-gcb84623"}',
    {
      attributes: {
        "shelly:shelly-diskmaskin": {
          model: "SHPLG-S",
          mac: "3C6105DE91AE",
          ip: "10.0.0.211",
          firmware: "20230913-113421/v1.14.0-gcb84623",
        },
      },
    },
  ],
  ["shellies/plug/relay/0 on", reading("shelly:plug", { "relay.0": true })],
  ["shellies/plug/relay/0 overpower", reading("shelly:plug", { "relay.0": false })],
  ["shellies/plug/relay/0/power 12.34", reading("shelly:plug", { "relay.0.power": 12.34 })],
  ["shellies/plug/relay/0/energy 90", reading("shelly:plug", { "relay.0.energy": 1.5 })],
  ["shellies/two/relay/energy 453", reading("shelly:two", { "relay.energy": 7.55 })],
  ["shellies/em3/emeter/1/total 21831.1", reading("shelly:em3", { "emeter.1.total": 21831.1 })],
  ["shellies/em3/emeter/1/power -2.35", reading("shelly:em3", { "emeter.1.power": -2.35 })],
  ["shellies/em3/emeter/1/returned_energy 60", reading("shelly:em3", { "emeter.1.returned_energy": 1 })],
  ["shellies/plug/input/0 1", reading("shelly:plug", { "input.0": true })],
  ["shellies/plug/temperature 59.03", reading("shelly:plug", { temperature: 59.03 })],
  ["shellies/plug/overtemperature 0", reading("shelly:plug", { overtemperature: false })],
  ["shellies/plug/ext_temperature/1 35.75", reading("shelly:plug", { "ext_temperature.1": 35.75 })],
  ["shellies/shutter/roller/0 stop", reading("shelly:shutter", { "roller.0": "stop" })],
  ["shellies/shutter/roller/0/pos 40", reading("shelly:shutter", { "roller.0.pos": 40 })],
  ["shellies/door/sensor/state open", reading("shelly:door", { "sensor.state": "open" })],
  ["shellies/door/sensor/vibration 0", reading("shelly:door", { "sensor.vibration": false })],
  ["shellies/flood/sensor/flood true", reading("shelly:flood", { "sensor.flood": true })],
  ['shellies/button/input_event/0 {"event":"SS","event_cnt":2}', reading("shelly:button", { "input_event.0": "SS" })],
  ['shellies/button/input_event/0 {"event":"","event_cnt":0}', {}],
  [
    'shellies/rgbw/color/0/status {"ison":true,"red":34,"green":34,"blue":34,"white":34,"gain":5,"effect":0,"power":0.00,"overpower":false}',
    reading("shelly:rgbw", {
      "color.0.ison": true,
      "color.0.red": 34,
      "color.0.green": 34,
      "color.0.blue": 34,
      "color.0.white": 34,
      "color.0.gain": 5,
      "color.0.power": 0,
      "color.0.overpower": false,
    }),
  ],
  [
    'shellies/shellytrv-XXX/status {"tmp":{"value":20.3,"units":"C","is_valid":true},"target_t":{"enabled":true,"value":20.0,"units":"C"},"temperature_offset":0.0,"bat":99}',
    reading("shelly:shellytrv-XXX", { "tmp.value": 20.3, "target_t.value": 20, temperature_offset: 0, bat: 99 }),
  ],
  [
    'shellies/shellytrv-ABCDEFGH1234/info {"wifi_sta":{"connected":true,"ssid":"MySSID","ip":"10.1.30.136","rssi":-50},"mqtt":{"connected":true},"unixtime":1642371766,"mac":"ABCDEFGH1234","thermostats":[{"pos":100.0,"target_t":{"enabled":true,"value":25.0,"units":"C"},"tmp":{"value":24.7,"units":"C","is_valid":true},"schedule":false,"schedule_profile":0}],"calibrated":true,"bat":{"value":99,"voltage":4.074},"charger":false,"update":{"has_update":false,"old_version":"20220115-083921/v2.1.2@3f3e56f8"},"ram_free":22568,"uptime":41}',
    {
      attributes: {
        "shelly:shellytrv-ABCDEFGH1234": {
          mac: "ABCDEFGH1234",
          ip: "10.1.30.136",
          "wifi.ssid": "MySSID",
          firmware: "20220115-083921/v2.1.2@3f3e56f8",
        },
      },
      ...reading("shelly:shellytrv-ABCDEFGH1234", {
        uptime: 41,
        charger: false,
        "bat.value": 99,
        "bat.voltage": 4.074,
        "wifi_sta.rssi": -50,
        "thermostat.0.pos": 100,
        "thermostat.0.target_t.value": 25,
        "thermostat.0.tmp.value": 24.7,
      }),
    },
  ],
  // From generation 2 on.
  [
    `${HT}/events/rpc {"src":"${HT}","dst":"${HT}/events","method":"NotifyFullStatus","params":{"ts":1669541352.21,"ble":{},"cloud":{"connected":false},"devicepower:0":{"id": 0,"battery":{"V":0.43, "percent":0},"external":{"present":true}},"ht_ui":{},"humidity:0":{"id": 0,"rh":57.6},"mqtt":{"connected":true},"sys":{"mac":"C049EF8BC088","restart_required":false,"time":null,"unixtime":null,"uptime":0,"ram_size":235712,"ram_free":166028,"fs_size":458752,"fs_free":167936,"cfg_rev":14,"kvs_rev":0,"webhook_rev":0,"available_updates":{},"wakeup_reason":{"boot":"deepsleep_wake","cause":"status_update"},"wakeup_period":600},"temperature:0":{"id": 0,"tC":19.0, "tF":66.2},"wifi":{"sta_ip":"192.168.1.43","status":"got ip","ssid":"MyWifi","rssi":-60},"ws":{"connected":false}}}`,
    {
      attributes: {
        [`shelly:${HT}`]: {
          "cloud.connected": false,
          mac: "C049EF8BC088",
          "sys.restart_required": false,
          "sys.ram_size": 235712,
          "sys.ram_free": 166028,
          "sys.fs_size": 458752,
          "sys.fs_free": 167936,
          "sys.cfg_rev": 14,
          "sys.kvs_rev": 0,
          "sys.webhook_rev": 0,
          "sys.wakeup_reason.boot": "deepsleep_wake",
          "sys.wakeup_reason.cause": "status_update",
          "sys.wakeup_period": 600,
          ip: "192.168.1.43",
          "wifi.status": "got ip",
          "wifi.ssid": "MyWifi",
        },
      },
      ...reading(
        `shelly:${HT}`,
        {
          "devicepower.0.battery.V": 0.43,
          "devicepower.0.battery.percent": 0,
          "devicepower.0.external.present": true,
          "humidity.0.rh": 57.6,
          "sys.uptime": 0,
          "temperature.0.tC": 19,
          "temperature.0.tF": 66.2,
          "wifi.rssi": -60,
        },
        1669541352.21,
      ),
      sent: [`${HT}/command announce`],
    },
  ],
  [
    `${MINI}/events/rpc {"src":"${MINI}","dst":"${MINI}/events","method":"NotifyStatus","params":{"ts":1788945292.88,"switch:0":{"apower":11.5,"current":0.071}}}`,
    {
      ...reading(`shelly:${MINI}`, { "switch.0.apower": 11.5, "switch.0.current": 0.071 }, 1788945292.88),
      sent: [`${MINI}/command announce`],
    },
  ],
  [
    'shelly1pmmini-Solarthermie/status/switch:0 {"id":0, "source":"MQTT", "output":true, "apower":3.8, "voltage":231.0, "freq":50.1, "current":0.030, "aenergy":{"total":26064.252,"by_minute":[198.422,0.000,0.000],"minute_ts":1698999933},"temperature":{"tC":42.0, "tF":107.6}}',
    {
      ...reading("shelly:shelly1pmmini-Solarthermie", {
        "switch.0.output": true,
        "switch.0.apower": 3.8,
        "switch.0.voltage": 231,
        "switch.0.freq": 50.1,
        "switch.0.current": 0.03,
        "switch.0.aenergy.total": 26064.252,
        "switch.0.temperature.tC": 42,
        "switch.0.temperature.tF": 107.6,
      }),
      sent: ["shelly1pmmini-Solarthermie/command announce"],
    },
  ],
  [
    'st1820-8cbfeaa6eba0/status/boolean:200 {"value":false,"source":"rpc","last_update_ts":1759928007}',
    {
      ...reading("shelly:st1820-8cbfeaa6eba0", { "boolean.200.value": false }),
      sent: ["st1820-8cbfeaa6eba0/command announce"],
    },
  ],
  ["shellyplus2pm-Einfahrt/status/input:0 {}", { elsewhere: true }],
  [`${HT}/online true`, { status: { [`shelly:${HT}`]: true } }],
  [
    'shellyplusi4-a8032ab0c018/events/rpc {"src":"shellyplusi4-a8032ab0c018","dst":"shellyplusi4-a8032ab0c018/events","method":"NotifyEvent","params":{"ts":1678882095.02,"events":[{"component":"input:2", "id":2, "event":"btn_up", "ts":1678882095.02},{"component":"input:2", "id":2, "event":"single_push", "ts":1678882095.03}]}}',
    {
      readings: [
        { deviceId: "shelly:shellyplusi4-a8032ab0c018", metrics: { "input.2.event": "btn_up" }, said: 1678882095.02 },
        {
          deviceId: "shelly:shellyplusi4-a8032ab0c018",
          metrics: { "input.2.event": "single_push" },
          said: 1678882095.03,
        },
      ],
      sent: ["shellyplusi4-a8032ab0c018/command announce"],
    },
  ],
  [
    'shelly1minig3-54320464a1d0/events/rpc {"src":"shelly1minig3-54320464a1d0","dst":"shelly1minig3-54320464a1d0/events","method":"NotifyEvent","params":{"ts":1736605194.11,"events":[{"component":"input:0","id":0,"event":"config_changed","restart_required":false,"ts":1736605194.11,"cfg_rev":35}]}}',
    { sent: ["shelly1minig3-54320464a1d0/command announce"] },
  ],
  // Three phases; a valve and a sensor that a gateway speaks for.
  [
    'shellypro3em-a1b2c3d4e5f6/status/em:0 {"id":0,"a_act_power":2403.7,"a_pf":0.96,"b_act_power":-409.1,"n_current":null,"total_act_power":3048.104}',
    {
      ...reading("shelly:shellypro3em-a1b2c3d4e5f6", {
        "em.0.a_act_power": 2403.7,
        "em.0.a_pf": 0.96,
        "em.0.b_act_power": -409.1,
        "em.0.total_act_power": 3048.104,
      }),
      sent: ["shellypro3em-a1b2c3d4e5f6/command announce"],
    },
  ],
  [
    'shellyblugwg3-a1b2c3d4e5f6/events/rpc {"src":"shellyblugwg3-a1b2c3d4e5f6","dst":"x/events","method":"NotifyStatus","params":{"ts":1720634555.5,"blutrv:200":{"id":200,"target_C":21,"current_C":20.4,"pos":35,"rssi":-60,"battery":90,"packet_id":12,"last_updated_ts":1720634555},"bthomesensor:200":{"id":200,"value":100,"last_updated_ts":1720634555}}}',
    {
      ...reading(
        "shelly:shellyblugwg3-a1b2c3d4e5f6",
        {
          "blutrv.200.target_C": 21,
          "blutrv.200.current_C": 20.4,
          "blutrv.200.pos": 35,
          "blutrv.200.rssi": -60,
          "blutrv.200.battery": 90,
          "bthomesensor.200.value": 100,
        },
        1720634555.5,
      ),
      sent: ["shellyblugwg3-a1b2c3d4e5f6/command announce"],
    },
  ],
  [
    'shellies/announce {"name":"OG1Licht","id":"shellyplus2pm-fcb4670eb340","mac":"FCB4670EB340","slot":0,"model":"SNSW-102P16EU","gen":2,"fw_id":"20240223-142031/1.2.2-g7c39781","ver":"1.2.2","app":"Plus2PM","auth_en":true,"auth_domain":"shellyplus2pm-fcb4670eb340","profile":"switch"}',
    {
      attributes: {
        "shelly:shellyplus2pm-fcb4670eb340": {
          model: "SNSW-102P16EU",
          mac: "FCB4670EB340",
          firmware: "1.2.2",
          app: "Plus2PM",
          profile: "switch",
        },
      },
    },
  ],
];

test.each(EXAMPLES)("%s", (line, heard) => {
  const [answer] = createSession(createShelly).play(line);
  expect(answer).toEqual(heard);
});

const ELSEWHERE = [
  "shellies/command announce",
  "shellies/plug/command announce",
  "shellies/plug/relay/0/command on",
  "shellies/plug/relay/0/set {}",
  "shellies/plug/settings {}",
  "shellies/plug/sensor/act_reasons []",
  "shellyplus1-a8032abc7158/rpc {}",
  "shellyplus1-a8032abc7158/debug/log text",
  "kitchen/online true",
  "kitchen/announce {}",
  'kitchen/events/rpc {"src":5}',
  "kitchen/events/rpc hello",
  "kitchen/status/cpu {}",
  'kitchen/status/cpu:0 {"load":5}',
  "homeassistant/status/switch:0 {}",
  '$SYS/status/switch:0 {"id":0}',
];

test.each(ELSEWHERE)("%s is not a message of a Shelly that the hub reads", (line) => {
  expect(createSession(createShelly).play(line)).toEqual([{ elsewhere: true }]);
});

const REFUSED = [
  ["shellies/plug/relay/0 maybe", "METRIC_WRONG_TYPE"],
  ["shellies/plug/relay/0/power many", "METRIC_WRONG_TYPE"],
  ["shellies/plug/relay/0/power 1,5", "METRIC_VALUE_INVALID"],
  ["shellies/plug/ext_temperature/0 999.0", "METRIC_OUT_OF_RANGE"],
  ["shellies/plug/sensor/battery -1", "METRIC_OUT_OF_RANGE"],
  ["shellies/shutter/roller/0/pos -1", "METRIC_OUT_OF_RANGE"],
  ["shellies/plug/online yes", "STATUS_INVALID"],
  ["shellies/plug/info [", "PAYLOAD_NOT_JSON"],
  ["shellies/announce {}", "PAYLOAD_WRONG_SHAPE"],
  [`${HT}/events/rpc {"src":`, "PAYLOAD_NOT_JSON"],
  [`${HT}/events/rpc {"id":1,"result":{}}`, "PAYLOAD_WRONG_SHAPE"],
  [`${HT}/status/switch:0 on`, "PAYLOAD_NOT_JSON"],
] as const;

test.each(REFUSED)("%s is refused: %s", (line, code) => {
  const [heard] = createSession(createShelly).play(line);
  expect(heard?.faults?.map((fault) => fault.code)).toEqual([code]);
  expect(heard?.readings).toBeUndefined();
});

test("a payload that is cut off is refused with the place of the fault", () => {
  const [heard] = createSession(createShelly).play(`${HT}/events/rpc {"src":"${HT}","method":`);
  expect(heard?.faults?.[0]?.location).toEqual({ before: `{"src":"${HT}","method":`, from: "" });
});
