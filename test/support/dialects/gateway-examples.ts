/** Messages of ThingsBoard's interface, Zigbee2MQTT and Sparkplug B; most are from their documents. */
import type { ExampleGroup } from "./dialect-example.ts";

export const GATEWAY_EXAMPLES: readonly ExampleGroup[] = [
  {
    title: "ThingsBoard, user name kitchen",
    userName: "kitchen",
    examples: [
      ["v1/devices/me/telemetry", '{"temperature":42}', 'thingsboard:kitchen {"temperature":42}'],
      [
        "v1/devices/me/telemetry",
        '[{"key1":"value1"},{"key2":true}]',
        'thingsboard:kitchen {"key1":"value1"}',
        'thingsboard:kitchen {"key2":true}',
      ],
      [
        "v1/devices/me/telemetry",
        '{"ts":1451649600512,"values":{"stringKey":"value1","booleanKey":true,"doubleKey":42.0,"longKey":73,"jsonKey":{"someNumber":42,"someArray":[1,2,3],"someNestedObject":{"key":"value"}}}}',
        'thingsboard:kitchen {"stringKey":"value1","booleanKey":true,"doubleKey":42,"longKey":73,"jsonKey.someNumber":42,"jsonKey.someArray.1":1,"jsonKey.someArray.2":2,"jsonKey.someArray.3":3,"jsonKey.someNestedObject.key":"value"} at 1451649600512',
      ],
      ["v2/t", '{"temperature":42}', 'thingsboard:kitchen {"temperature":42}'],
      ["v1/devices/me/attributes", '{"firmware":"1.2"}', 'thingsboard:kitchen attributes {"firmware":"1.2"}'],
      ["v1/devices/me/rpc/request/1", '{"method":"getSessionLimits","params":{}}'],
      ["v1/devices/me/claim", '{"secretKey":"value","durationMs":60000}'],
    ],
  },
  {
    title: "ThingsBoard gateway",
    userName: "gateway",
    examples: [
      [
        "v1/gateway/connect",
        '{"device":"Device A"}',
        "thingsboard:Device_A~d2d03d described",
        "thingsboard:Device_A~d2d03d online",
      ],
      [
        "v1/gateway/telemetry",
        '{"Device A":[{"ts":1483228800000,"values":{"temperature":42}}],"DeviceB":[{"humidity":73}]}',
        'thingsboard:Device_A~d2d03d {"temperature":42} at 1483228800000',
        'thingsboard:DeviceB {"humidity":73}',
      ],
      ["v1/gateway/disconnect", '{"device":"Device A"}', "thingsboard:Device_A~d2d03d offline"],
    ],
  },
  {
    title: "ThingsBoard, no user name",
    examples: [
      [
        "/provision/request",
        '{"deviceName":"DEVICE_NAME","provisionDeviceKey":"u7piawkboq8v32dmcmpp","provisionDeviceSecret":"jpmwdn8ptlswmf4m29bw"}',
      ],
      ["v1/devices/me/telemetry", '{"temperature":42}', "no device refused: DEVICE_NOT_NAMED"],
    ],
  },
  {
    title: "Zigbee2MQTT",
    examples: [
      ["zigbee2mqtt/bridge/state", '{"state":"online"}'],
      [
        "zigbee2mqtt/bridge/devices",
        '[{"ieee_address":"0x00158d0001a2b3c4","friendly_name":"living_sensor","type":"EndDevice","supported":true,"disabled":false,"interview_completed":true,"power_source":"Battery","definition":{"model":"WSDCGQ11LM","vendor":"Aqara","description":"Temperature and humidity sensor","exposes":[{"type":"numeric","name":"temperature","label":"Temperature","property":"temperature","access":1,"unit":"°C"},{"type":"numeric","name":"humidity","label":"Humidity","property":"humidity","access":1,"unit":"%"},{"type":"numeric","name":"battery","label":"Battery","property":"battery","access":1,"unit":"%","value_min":0,"value_max":100}]}},{"ieee_address":"0x00158d0001d4e5f6","friendly_name":"motion1","type":"EndDevice","supported":true,"disabled":false,"interview_completed":true,"power_source":"Battery","definition":{"model":"RTCGQ11LM","vendor":"Aqara","description":"Motion sensor","exposes":[{"type":"binary","name":"occupancy","label":"Occupancy","property":"occupancy","access":1,"value_on":true,"value_off":false}]}},{"ieee_address":"0x0fffffffffffffff","friendly_name":"0x0fffffffffffffff","type":"Router","supported":true,"disabled":false,"interview_completed":true,"power_source":"Mains (single phase)","definition":{"model":"LED1545G12","vendor":"IKEA","description":"Bulb","exposes":[{"type":"light","features":[{"type":"binary","name":"state","label":"State","property":"state","access":7,"value_on":"ON","value_off":"OFF"},{"type":"numeric","name":"brightness","label":"Brightness","property":"brightness","access":7,"value_min":0,"value_max":254},{"type":"numeric","name":"color_temp","label":"Color temp","property":"color_temp","access":7,"unit":"mired","value_min":250,"value_max":454}]}]}}]',
        "zigbee:0x00158d0001a2b3c4 described",
        "zigbee:0x00158d0001d4e5f6 described",
        "zigbee:0x0fffffffffffffff described",
      ],
      [
        "zigbee2mqtt/living_sensor",
        '{"temperature":27.34,"humidity":44.72}',
        'zigbee:0x00158d0001a2b3c4 {"temperature":27.34,"humidity":44.72}',
        'zigbee:0x00158d0001a2b3c4 attributes {"model":"WSDCGQ11LM","vendor":"Aqara","description":"Temperature and humidity sensor","powerSource":"Battery"}',
      ],
      [
        "zigbee2mqtt/living_sensor",
        '{"temperature":27.5,"humidity":44.72,"battery":"100.00"}',
        'zigbee:0x00158d0001a2b3c4 {"temperature":27.5,"battery":100}',
      ],
      [
        "zigbee2mqtt/living_sensor",
        '{"temperature":27.6,"humidity":44.72,"battery":255}',
        'zigbee:0x00158d0001a2b3c4 {"temperature":27.6}',
        "zigbee:0x00158d0001a2b3c4 without battery: METRIC_OUT_OF_RANGE",
      ],
      [
        "zigbee2mqtt/motion1",
        '{"occupancy":true}',
        'zigbee:0x00158d0001d4e5f6 {"occupancy":true}',
        'zigbee:0x00158d0001d4e5f6 attributes {"model":"RTCGQ11LM","vendor":"Aqara","description":"Motion sensor","powerSource":"Battery"}',
      ],
      [
        "zigbee2mqtt/0x0fffffffffffffff",
        '{"state":"ON","brightness":215,"color_temp":325}',
        'zigbee:0x0fffffffffffffff {"state":true,"brightness":215,"color_temp":325}',
        'zigbee:0x0fffffffffffffff attributes {"model":"LED1545G12","vendor":"IKEA","description":"Bulb","powerSource":"Mains (single phase)"}',
      ],
      ["zigbee2mqtt/living_sensor/availability", '{"state":"online"}', "zigbee:0x00158d0001a2b3c4 online"],
      ["zigbee2mqtt/motion1/availability", "offline", "zigbee:0x00158d0001d4e5f6 offline"],
      ["zigbee2mqtt/living_sensor/set", '{"state":"OFF"}'],
      ["zigbee2mqtt/removed_long_ago", '{"temperature":19.43}'],
    ],
  },
  {
    title: "Sparkplug B",
    examples: [
      [
        "spBv1.0/Sparkplug B Devices/NBIRTH/Raspberry Pi",
        {
          timestamp: 1486144502122,
          metrics: [
            {
              name: "bdSeq",
              timestamp: 1486144502122,
              value: 0,
              type: "Int64",
            },
            {
              name: "Node Control/Rebirth",
              timestamp: 1486144502122,
              value: false,
              type: "Boolean",
            },
            {
              name: "Properties/Hardware Model",
              timestamp: 1486144502122,
              value: "Pi 3 Model B",
              type: "String",
            },
            {
              name: "Supply Voltage",
              timestamp: 1486144502122,
              value: 12.1,
              type: "Float",
            },
          ],
          seq: 0,
        },
        "sparkplug:Sparkplug_B_Devices.Raspberry_Pi~2fc599 described",
        "sparkplug:Sparkplug_B_Devices.Raspberry_Pi~2fc599 online",
        'sparkplug:Sparkplug_B_Devices.Raspberry_Pi~2fc599 {"Supply_Voltage":12.1} at 1486144502122',
        'sparkplug:Sparkplug_B_Devices.Raspberry_Pi~2fc599 attributes {"Properties.Hardware_Model":"Pi 3 Model B"}',
      ],
      [
        "spBv1.0/Sparkplug B Devices/NDATA/Raspberry Pi",
        {
          timestamp: 1486144502122,
          metrics: [
            {
              name: "Supply Voltage",
              timestamp: 1486144502122,
              value: 12.3,
              type: "Float",
            },
          ],
          seq: 1,
        },
        'sparkplug:Sparkplug_B_Devices.Raspberry_Pi~2fc599 {"Supply_Voltage":12.3} at 1486144502122',
      ],
      [
        "spBv1.0/Sparkplug B Devices/DBIRTH/Raspberry Pi/Pibrella",
        {
          timestamp: 1486144502122,
          metrics: [
            {
              name: "Inputs/A",
              timestamp: 1486144502122,
              value: true,
              type: "Boolean",
            },
            {
              name: "Inputs/C",
              timestamp: 1486144502122,
              value: true,
              type: "Boolean",
            },
          ],
          seq: 2,
        },
        "sparkplug:Sparkplug_B_Devices.Raspberry_Pi.Pibrella~651dce described",
        "sparkplug:Sparkplug_B_Devices.Raspberry_Pi.Pibrella~651dce online",
        'sparkplug:Sparkplug_B_Devices.Raspberry_Pi.Pibrella~651dce {"Inputs.A":true,"Inputs.C":true} at 1486144502122',
      ],
      [
        "spBv1.0/Sparkplug B Devices/DDATA/Raspberry Pi/Pibrella",
        {
          timestamp: 1486144502122,
          metrics: [
            {
              name: "Inputs/A",
              timestamp: 1486144502122,
              value: true,
              type: "Boolean",
            },
            {
              name: "Inputs/C",
              timestamp: 1486144502122,
              value: true,
              type: "Boolean",
            },
          ],
          seq: 3,
        },
        'sparkplug:Sparkplug_B_Devices.Raspberry_Pi.Pibrella~651dce {"Inputs.A":true,"Inputs.C":true} at 1486144502122',
      ],
      [
        "spBv1.0/Sparkplug B Devices/NDATA/Raspberry Pi",
        '{"temperature":21.5}',
        "sparkplug:Sparkplug_B_Devices.Raspberry_Pi~2fc599 refused: PAYLOAD_WRONG_SHAPE",
      ],
      ["spBv1.0/STATE/host1", '{"online":true,"timestamp":1486144502122}'],
      [
        "spBv1.0/Sparkplug B Devices/NDEATH/Raspberry Pi",
        {
          timestamp: 1486144502122,
          metrics: [
            {
              name: "bdSeq",
              timestamp: 1486144502122,
              value: 0,
              type: "UInt64",
            },
          ],
        },
        "sparkplug:Sparkplug_B_Devices.Raspberry_Pi~2fc599 offline",
        "sparkplug:Sparkplug_B_Devices.Raspberry_Pi.Pibrella~651dce offline",
      ],
    ],
  },
];
