/** Payloads of real Tasmota boards and of its documentation, and what becomes of each. */
import { expect, test } from "vitest";
import { createTasmota } from "../../../../src/dialects/tasmota/tasmota.ts";
import { createSession, type Heard } from "../family-session.ts";

/** `topic payload` → what is heard. */
const EXAMPLES: readonly [line: string, heard: Heard][] = [
  [
    'tele/tasmota/SENSOR {"Time":"2017-02-16T10:13:52", "DS18B20":{"Temperature":20.6}}',
    { readings: [{ deviceId: "tasmota:tasmota", metrics: { "DS18B20.Temperature": 20.6 } }] },
  ],
  [
    'tele/tasmota_4B3316/SENSOR {"Time":"2019-11-03T19:34:28","BME280":{"Temperature":21.7,"Humidity":66.6,"Pressure":988.6},"PressureUnit":"hPa","TempUnit":"C"}',
    {
      readings: [
        {
          deviceId: "tasmota:tasmota_4B3316",
          metrics: { "BME280.Temperature": 21.7, "BME280.Humidity": 66.6, "BME280.Pressure": 988.6 },
        },
      ],
    },
  ],
  [
    'tele/tasmota/SENSOR {"Time":"2023-05-28T20:04:27","SCD40":{"CarbonDioxide":618,"eCO2":623,"Temperature":23.8,"Humidity":61.1,"DewPoint":15.8},"TempUnit":"C"}',
    {
      readings: [
        {
          deviceId: "tasmota:tasmota",
          metrics: {
            "SCD40.CarbonDioxide": 618,
            "SCD40.eCO2": 623,
            "SCD40.Temperature": 23.8,
            "SCD40.Humidity": 61.1,
            "SCD40.DewPoint": 15.8,
          },
        },
      ],
    },
  ],
  [
    'tele/air/SENSOR {"Time":"2020-01-01T00:00:00","IAQ":{"eCO2":450,"TVOC":125,"Resistance":76827}}',
    {
      readings: [{ deviceId: "tasmota:air", metrics: { "IAQ.eCO2": 450, "IAQ.TVOC": 125, "IAQ.Resistance": 76827 } }],
    },
  ],
  ['tele/mq/SENSOR {"MQX":412}', { readings: [{ deviceId: "tasmota:mq", metrics: { MQX: 412 } }] }],
  [
    'tele/tasmota/STATE {"Time":"2019-10-31T11:14:59","Uptime":"0T18:36:12","UptimeSec":66972,"Vcc":3.423,"Heap":28,"SleepMode":"Dynamic","Sleep":50,"LoadAvg":19,"MqttCount":6,"POWER":"OFF","Wifi":{"AP":1,"SSId":"Tasmota","BSSId":"00:00:00:00:00:00","Channel":13,"RSSI":100,"LinkCount":1,"Downtime":"0T00:00:06"}}',
    {
      attributes: {
        "tasmota:tasmota": {
          SleepMode: "Dynamic",
          Sleep: 50,
          "Wifi.AP": 1,
          "Wifi.SSId": "Tasmota",
          "Wifi.BSSId": "00:00:00:00:00:00",
          "Wifi.Channel": 13,
        },
      },
      readings: [
        {
          deviceId: "tasmota:tasmota",
          metrics: {
            UptimeSec: 66972,
            Vcc: 3.423,
            Heap: 28,
            LoadAvg: 19,
            MqttCount: 6,
            POWER: false,
            "Wifi.RSSI": 100,
            "Wifi.LinkCount": 1,
          },
        },
      ],
    },
  ],
  [
    'tele/wemos2/INFO1 {"Module":"Generic","Version":"7.0.0.3(tasmota)","FallbackTopic":"cmnd/DVES_15568C_fb/","GroupTopic":"cmnd/sonoffs/"}',
    { attributes: { "tasmota:wemos2": { model: "Generic", firmware: "7.0.0.3(tasmota)" } } },
  ],
  [
    'tele/wemos2/INFO2 {"Info2":{"WebServerMode":"Admin","Hostname":"wemos2","IPAddress":"192.168.2.191"}}',
    { attributes: { "tasmota:wemos2": { hostname: "wemos2", ip: "192.168.2.191" } } },
  ],
  [
    'tele/wemos2/INFO3 {"Info3":{"RestartReason":"Software/System restart","BootCount":5}}',
    { attributes: { "tasmota:wemos2": { restartReason: "Software/System restart", bootCount: 5 } } },
  ],
  [
    'stat/tasmota_switch/RESULT {"POWER":"OFF"}',
    { readings: [{ deviceId: "tasmota:tasmota_switch", metrics: { POWER: false } }] },
  ],
  ["stat/tasmota_switch/POWER OFF", { readings: [{ deviceId: "tasmota:tasmota_switch", metrics: { POWER: false } }] }],
  ["stat/strip/POWER4 ON", { readings: [{ deviceId: "tasmota:strip", metrics: { POWER4: true } }] }],
  ["tele/tasmota/LWT Online", { status: { "tasmota:tasmota": true } }],
  ["tele/tasmota/LWT Offline", { status: { "tasmota:tasmota": false } }],
  // Topic and prefix exchanged.
  [
    'tasmota_49A3BC/tele/SENSOR {"Shutter1":{"Position":54,"Direction":-1}}',
    {
      readings: [
        { deviceId: "tasmota:tasmota_49A3BC", metrics: { "Shutter1.Position": 54, "Shutter1.Direction": -1 } },
      ],
    },
  ],
  ["tasmota_49A3BC/tele/LWT Online", { status: { "tasmota:tasmota_49A3BC": true } }],
  ["tasmota_49A3BC/stat/POWER1 ON", { readings: [{ deviceId: "tasmota:tasmota_49A3BC", metrics: { POWER1: true } }] }],
  // A plug with a meter, and one with three phases.
  [
    'tele/pow1/SENSOR {"Time":"2018-02-15T17:37:10","ENERGY":{"TotalStartTime":"2018-11-14T18:39:40","Total":6.294,"Yesterday":5.340,"Today":0.954,"Period":217,"Power":2635,"ApparentPower":2650,"ReactivePower":282,"Factor":0.99,"Voltage":227,"Current":11.661}}',
    {
      readings: [
        {
          deviceId: "tasmota:pow1",
          metrics: {
            "ENERGY.Total": 6.294,
            "ENERGY.Yesterday": 5.34,
            "ENERGY.Today": 0.954,
            "ENERGY.Period": 217,
            "ENERGY.Power": 2635,
            "ENERGY.ApparentPower": 2650,
            "ENERGY.ReactivePower": 282,
            "ENERGY.Factor": 0.99,
            "ENERGY.Voltage": 227,
            "ENERGY.Current": 11.661,
          },
        },
      ],
    },
  ],
  [
    'tele/meter/SENSOR {"ENERGY":{"Voltage":[230,231,229],"Power":[10,0,5]}}',
    {
      readings: [
        {
          deviceId: "tasmota:meter",
          metrics: {
            "ENERGY.Voltage.1": 230,
            "ENERGY.Voltage.2": 231,
            "ENERGY.Voltage.3": 229,
            "ENERGY.Power.1": 10,
            "ENERGY.Power.2": 0,
            "ENERGY.Power.3": 5,
          },
        },
      ],
    },
  ],
  [
    'stat/pow1/STATUS8 {"StatusSNS":{"Time":"2018-11-15T08:54:18","ENERGY":{"Total":6.404,"Power":2629}}}',
    { readings: [{ deviceId: "tasmota:pow1", metrics: { "ENERGY.Total": 6.404, "ENERGY.Power": 2629 } }] },
  ],
  [
    'stat/pow1/STATUS10 {"StatusSNS":{"ANALOG":{"A0":1024}}}',
    { readings: [{ deviceId: "tasmota:pow1", metrics: { "ANALOG.A0": 1024 } }] },
  ],
  [
    'stat/pow1/STATUS11 {"StatusSTS":{"POWER":"ON","Wifi":{"RSSI":86,"Signal":-57}}}',
    { readings: [{ deviceId: "tasmota:pow1", metrics: { POWER: true, "Wifi.RSSI": 86, "Wifi.Signal": -57 } }] },
  ],
  // Several sensors of one kind have identifiers.
  [
    'tele/heating/SENSOR {"Time":"2021-01-02T09:09:44","DS18B20-1":{"Id":"00000566CC39","Temperature":13.3},"DS18B20-2":{"Id":"0000059352D4","Temperature":1.2},"TempUnit":"C"}',
    {
      attributes: { "tasmota:heating": { "DS18B20-1.Id": "00000566CC39", "DS18B20-2.Id": "0000059352D4" } },
      readings: [
        { deviceId: "tasmota:heating", metrics: { "DS18B20-1.Temperature": 13.3, "DS18B20-2.Temperature": 1.2 } },
      ],
    },
  ],
  // A light: colors look like numbers, and are none.
  [
    'stat/bulb/RESULT {"POWER":"ON","Dimmer":50,"Color":"0,255,100","HSBColor":"120,100,50","White":0,"CT":326,"Channel":[0,50,0]}',
    {
      readings: [
        {
          deviceId: "tasmota:bulb",
          metrics: {
            POWER: true,
            Dimmer: 50,
            Color: "0,255,100",
            HSBColor: "120,100,50",
            White: 0,
            CT: 326,
            "Channel.1": 0,
            "Channel.2": 50,
            "Channel.3": 0,
          },
        },
      ],
    },
  ],
  // Buttons, switches, infrared light, radio, cards: what happens.
  [
    'stat/wall/RESULT {"Button1":{"Action":"DOUBLE"}}',
    { readings: [{ deviceId: "tasmota:wall", metrics: { "Button1.Action": "DOUBLE" } }] },
  ],
  [
    'stat/wall/RESULT {"Switch1":{"Action":"ON"}}',
    { readings: [{ deviceId: "tasmota:wall", metrics: { "Switch1.Action": "ON" } }] },
  ],
  [
    'tele/wall/SENSOR {"Time":"2021-01-01T00:00:00","Switch1":"OFF"}',
    { readings: [{ deviceId: "tasmota:wall", metrics: { Switch1: false } }] },
  ],
  [
    'tele/sonoffIRBridge_1/RESULT {"IrReceived":{"Protocol":"NEC","Bits":32,"Data":"0x20DF10EF"}}',
    {
      readings: [
        {
          deviceId: "tasmota:sonoffIRBridge_1",
          metrics: { "IrReceived.Protocol": "NEC", "IrReceived.Bits": 32, "IrReceived.Data": "0x20DF10EF" },
        },
      ],
    },
  ],
  [
    'tele/rf/RESULT {"Time":"2020-05-27T18:59:06","RfReceived":{"Data":"0x7028D2","Bits":24,"Protocol":1,"Pulse":238}}',
    {
      readings: [
        {
          deviceId: "tasmota:rf",
          metrics: {
            "RfReceived.Data": "0x7028D2",
            "RfReceived.Bits": 24,
            "RfReceived.Protocol": 1,
            "RfReceived.Pulse": 238,
          },
        },
      ],
    },
  ],
  [
    'tele/rfid-test/SENSOR {"Time":"2021-01-23T13:10:50","RC522":{"UID":"BA839D07","Data":"","Type":"MIFARE 1KB"}}',
    { readings: [{ deviceId: "tasmota:rfid-test", metrics: { "RC522.UID": "BA839D07" } }] },
  ],
  [
    'stat/mcp/RESULT {"Time":"2018-08-19T16:04:50","MCP230XX_INT":{"D0":1,"MS":301}}',
    { readings: [{ deviceId: "tasmota:mcp", metrics: { "MCP230XX_INT.D0": 1 } }] },
  ],
  // A device behind a Zigbee bridge.
  [
    'tele/zbbridge/SENSOR {"ZbReceived":{"THERMO1":{"Device":"0x5480","Name":"THERMO1","Temperature":20.9,"Endpoint":1,"LinkQuality":76}}}',
    { readings: [{ deviceId: "tasmota:zbbridge.0x5480", metrics: { Temperature: 20.9, LinkQuality: 76 } }] },
  ],
  [
    'tele/zbbridge/FF74/SENSOR {"ZbReceived":{"0xFF74":{"Device":"0xFF74","Click":"single","Endpoint":2,"LinkQuality":90}}}',
    {
      readings: [
        { deviceId: "tasmota:zbbridge.0xFF74", metrics: { LinkQuality: 90 } },
        { deviceId: "tasmota:zbbridge.0xFF74", metrics: { Click: "single" } },
      ],
    },
  ],
];

test.each(EXAMPLES)("%s", (line, heard) => {
  const [answer] = createSession(createTasmota).play(line);
  expect(answer).toEqual(heard);
});

/** Answers to commands: nothing of them is stored. */
const NOT_READ = [
  'stat/tasmota_4B3316/RESULT {"MqttPassword":"YknLuSd2tBY2HodwI/7RqA=="}',
  'stat/tasmota_4B3316/RESULT {"SetOption3":"ON"}',
  'stat/tasmota_4B3316/RESULT {"SSId1":"home","Password1":"very secret"}',
  'stat/zb/RESULT {"ZbConfig":{"Channel":11,"KeyL":"0x0F0D0B0907050301","KeyH":"0x0D0C0A0806040200"}}',
  'stat/plug/RESULT {"Timer1":{"Enable":1,"Mode":0,"Time":"12:00","Window":0,"Days":"1111111","Repeat":1,"Output":1,"Action":1}}',
  'stat/plug/RESULT {"SwitchMode1":2}',
  'stat/plug/RESULT {"ENERGY":{"Total":1,"Yesterday":0,"Today":0}}',
  'tele/plug/RESULT {"Ping":{"192.168.1.203":{"Reachable":true,"Success":4}}}',
  'tele/zb/RESULT {"ZbState":{"Status":0,"Message":"Started"}}',
];

test.each(NOT_READ)("of %s nothing is kept", (line) => {
  const session = createSession(createTasmota);
  expect(session.play(line)).toEqual([{}]);
  expect(session.stored()).toEqual([]);
});

const ELSEWHERE = [
  "cmnd/plug/POWER ON",
  "stat/plug/POWERONSTATE 3",
  "stat/plug/STATUS5 {}",
  "tele/plug/UPTIME {}",
  "tele/home/plug/SENSOR {}",
  "home/plug/tele/SENSOR {}",
  "tele//SENSOR {}",
  "zigbee2mqtt/tele/STATE {}",
  "tasmota/discovery/kitchen/config {}",
];

test.each(ELSEWHERE)("%s is not a topic of Tasmota that the hub reads", (line) => {
  expect(createSession(createTasmota).play(line)).toEqual([{ elsewhere: true }]);
});

test("a payload that is no JSON is refused with the place of the fault", () => {
  const line =
    'tele/tasmota/SENSOR {"Time":"2018-08-18T16:13:47","MCP230XX": "D0":0,"D1":0,"D2":1,"D3":0,"D4":0,"D5":0,"D6":0,"D7":1}}';
  expect(createSession(createTasmota).play(line)).toEqual([
    {
      faults: [
        {
          code: "PAYLOAD_NOT_JSON",
          detail: "at character 47",
          location: { before: '{"Time":"2018-08-18T16:13:47","MCP230XX": "D0"', from: ':0,"D1":0,"D2":1,"D3' },
        },
      ],
    },
  ]);
});

const REFUSED = [
  ["tele/plug/LWT Gone", "STATUS_INVALID"],
  ["stat/plug/POWER POWER", "METRIC_WRONG_TYPE"],
  ["stat/plug/STATUS8 {}", "PAYLOAD_WRONG_SHAPE"],
  ["tele/plug/STATE 5", "PAYLOAD_WRONG_SHAPE"],
  ['tele/plug/SENSOR {"SR04":{"Distance":1e999}}', "METRIC_VALUE_INVALID"],
  ["tasmota/discovery/AABBCCF17F56/config {}", "PAYLOAD_WRONG_SHAPE"],
  ["tasmota/discovery/AABBCCF17F56/sensors [", "PAYLOAD_NOT_JSON"],
] as const;

test.each(REFUSED)("%s is refused: %s", (line, code) => {
  const [heard] = createSession(createTasmota).play(line);
  expect(heard?.faults?.map((fault) => fault.code)).toEqual([code]);
  expect(heard?.readings).toBeUndefined();
});
