/** Messages of Aerie's own boards, of Tasmota, Shelly and Homie; most are from documents and logs of these firmwares. */
import type { ExampleGroup } from "./dialect-example.ts";

export const BOARD_EXAMPLES: readonly ExampleGroup[] = [
  {
    title: "Aerie's own",
    examples: [
      ["devices/kitchen/telemetry", '{"temperature":21.5,"humidity":44}', 'kitchen {"temperature":21.5,"humidity":44}'],
      ["devices/kitchen/telemetry/temperature", "21.5", 'kitchen {"temperature":21.5}'],
      ["devices/kitchen/status", "online", "kitchen online"],
      ["devices/kitchen/attributes", '{"model":"ESP32"}', 'kitchen attributes {"model":"ESP32"}'],
      ["devices/kitchen/telemetry", "temperature=21.5", "kitchen refused: PAYLOAD_NOT_JSON"],
    ],
  },
  {
    title: "Tasmota",
    examples: [
      ["tele/tasmota/LWT", "Online", "tasmota:tasmota online"],
      [
        "tele/tasmota/SENSOR",
        '{"Time":"2017-02-16T10:13:52", "DS18B20":{"Temperature":20.6}}',
        'tasmota:tasmota {"DS18B20.Temperature":20.6}',
      ],
      [
        "tele/tasmota/SENSOR",
        '{"Time":"2019-11-03T19:34:28","BME280":{"Temperature":21.7,"Humidity":66.6,"Pressure":988.6},"PressureUnit":"hPa","TempUnit":"C"}',
        "tasmota:tasmota described",
        'tasmota:tasmota {"BME280.Temperature":21.7,"BME280.Humidity":66.6,"BME280.Pressure":988.6}',
      ],
      [
        "tele/tasmota/SENSOR",
        '{"Time":"2023-05-28T20:04:27","SCD40":{"CarbonDioxide":618,"eCO2":623,"Temperature":23.8,"Humidity":61.1,"DewPoint":15.8},"TempUnit":"C"}',
        'tasmota:tasmota {"SCD40.CarbonDioxide":618,"SCD40.eCO2":623,"SCD40.Temperature":23.8,"SCD40.Humidity":61.1,"SCD40.DewPoint":15.8}',
      ],
      [
        "tele/tasmota/SENSOR",
        '{"Time":"2020-01-01T00:00:00","IAQ":{"eCO2":450,"TVOC":125,"Resistance":76827}}',
        'tasmota:tasmota {"IAQ.eCO2":450,"IAQ.TVOC":125,"IAQ.Resistance":76827}',
      ],
      [
        "tele/tasmota/SENSOR",
        '{"Time":"2026-11-22T10:00:00","MQ2":{"MQX":412.5}}',
        'tasmota:tasmota {"MQ2.MQX":412.5}',
      ],
      [
        "tele/tasmota/STATE",
        '{"Time":"2019-10-31T11:14:59","Uptime":"0T18:36:12","UptimeSec":66972,"Vcc":3.423,"Heap":28,"SleepMode":"Dynamic","Sleep":50,"LoadAvg":19,"MqttCount":6,"POWER":"OFF","Wifi":{"AP":1,"SSId":"Tasmota","BSSId":"00:00:00:00:00:00","Channel":13,"RSSI":100,"LinkCount":1,"Downtime":"0T00:00:06"}}',
        'tasmota:tasmota attributes {"SleepMode":"Dynamic","Sleep":50,"Wifi.AP":1,"Wifi.SSId":"Tasmota","Wifi.BSSId":"00:00:00:00:00:00","Wifi.Channel":13}',
        'tasmota:tasmota {"UptimeSec":66972,"Vcc":3.423,"Heap":28,"LoadAvg":19,"MqttCount":6,"POWER":false,"Wifi.RSSI":100,"Wifi.LinkCount":1}',
      ],
      [
        "tele/wemos2/INFO1",
        '{"Module":"Generic","Version":"7.0.0.3(tasmota)","FallbackTopic":"cmnd/DVES_15568C_fb/","GroupTopic":"cmnd/sonoffs/"}',
        'tasmota:wemos2 attributes {"model":"Generic","firmware":"7.0.0.3(tasmota)"}',
      ],
      ["stat/tasmota_switch/RESULT", '{"POWER":"OFF"}', 'tasmota:tasmota_switch {"POWER":false}'],
      ["stat/tasmota_switch/POWER", "OFF", 'tasmota:tasmota_switch {"POWER":false}'],
      ["stat/tasmota_switch/RESULT", '{"MqttHost":"192.168.1.10"}'],
      [
        "tasmota/discovery/AABBCCF17F56/config",
        '{"ip":"192.0.2.71","dn":"Tasmota","fn":["Tasmota",null,null,null,null,null,null,null],"hn":"tasmota-F17F56-8022","mac":"AABBCCF17F56","md":"Athom Plug V2","ty":0,"if":0,"ofln":"Offline","onln":"Online","state":["OFF","ON","TOGGLE","HOLD"],"sw":"10.1.0","t":"tasmota_F17F56","ft":"%prefix%/%topic%/","tp":["cmnd","stat","tele"],"rl":[1,0,0,0,0,0,0,0],"swc":[-1,-1,-1,-1,-1,-1,-1,-1],"swn":[null,null,null,null,null,null,null,null],"btn":[0,0,0,0,0,0,0,0],"so":{"4":0,"11":0,"13":0,"17":0,"20":0,"30":0,"68":0,"73":0,"82":0,"114":0,"117":0},"lk":0,"lt_st":0,"sho":[0,0,0,0],"ver":1}',
        "tasmota:tasmota_F17F56 described",
        'tasmota:tasmota_F17F56 attributes {"ip":"192.0.2.71","hostname":"tasmota-F17F56-8022","mac":"AABBCCF17F56","model":"Athom Plug V2","firmware":"10.1.0"}',
      ],
      [
        "tasmota/discovery/AABBCCF17F56/sensors",
        '{"sn":{"Time":"2023-06-24T08:39:31","ENERGY":{"TotalStartTime":"2023-06-24T08:32:22","Total":0.000,"Yesterday":0.000,"Today":0.000,"Power": 0,"ApparentPower": 0,"ReactivePower": 0,"Factor":0.00,"Voltage":233,"Current":0.000}},"ver":1}',
      ],
      [
        "tele/tasmota_F17F56/SENSOR",
        '{"Time":"2023-06-24T08:40:00","ENERGY":{"Total":0.012,"Power":41,"Voltage":233,"Current":0.182}}',
        'tasmota:tasmota_F17F56 {"ENERGY.Total":0.012,"ENERGY.Power":41,"ENERGY.Voltage":233,"ENERGY.Current":0.182}',
      ],
      [
        "tele/tasmota/SENSOR",
        '{"Time":"2018-08-18T16:13:47","MCP230XX": "D0":0,"D1":0}',
        "tasmota:tasmota refused: PAYLOAD_NOT_JSON",
      ],
      ["tele/tasmota/LWT", "Offline", "tasmota:tasmota offline"],
    ],
  },
  {
    title: "Shelly",
    examples: [
      ["shellies/shelly1-40F520/online", "true", "shelly:shelly1-40F520 described", "shelly:shelly1-40F520 online"],
      ["shellies/shelly1-40F520/relay/0", "on", 'shelly:shelly1-40F520 {"relay.0":true}'],
      ["shellies/shelly1pm-40F520/relay/0/power", "61.5", 'shelly:shelly1pm-40F520 {"relay.0.power":61.5}'],
      ["shellies/shelly1pm-40F520/relay/0/energy", "7205", 'shelly:shelly1pm-40F520 {"relay.0.energy":120.083}'],
      ["shellies/shelly1-40F520/input/0", "1", 'shelly:shelly1-40F520 {"input.0":true}'],
      ["shellies/shellyht-F401D6/sensor/temperature", "22.0", 'shelly:shellyht-F401D6 {"sensor.temperature":22}'],
      ["shellies/shellyht-F401D6/sensor/battery", "-1", "shelly:shellyht-F401D6 refused: METRIC_OUT_OF_RANGE"],
      [
        "shellies/announce",
        '{"id":"shelly-diskmaskin","model":"SHPLG-S","mac":"3C6105DE91AE","ip":"10.0.0.211","new_fw":false,"fw_ver":"20230913-113421/v1.14.0-gcb84623"}',
        "shelly:shelly-diskmaskin described",
        'shelly:shelly-diskmaskin attributes {"model":"SHPLG-S","mac":"3C6105DE91AE","ip":"10.0.0.211","firmware":"20230913-113421/v1.14.0-gcb84623"}',
      ],
      ["shellies/shelly1-40F520/relay/0/command", "toggle"],
      [
        "shellyplusht-c049ef8bc088/online",
        "true",
        "shelly:shellyplusht-c049ef8bc088 described",
        "shelly:shellyplusht-c049ef8bc088 online",
      ],
      [
        "shellyplusht-c049ef8bc088/events/rpc",
        '{"src":"shellyplusht-c049ef8bc088","dst":"shellyplusht-c049ef8bc088/events","method":"NotifyFullStatus","params":{"ts":1669541352.21,"ble":{},"cloud":{"connected":false},"devicepower:0":{"id": 0,"battery":{"V":0.43, "percent":0},"external":{"present":true}},"ht_ui":{},"humidity:0":{"id": 0,"rh":57.6},"mqtt":{"connected":true},"sys":{"mac":"C049EF8BC088","restart_required":false,"time":null,"unixtime":null,"uptime":0,"ram_size":235712,"ram_free":166028,"fs_size":458752,"fs_free":167936,"cfg_rev":14,"kvs_rev":0,"webhook_rev":0,"available_updates":{},"wakeup_reason":{"boot":"deepsleep_wake","cause":"status_update"},"wakeup_period":600},"temperature:0":{"id": 0,"tC":19.0, "tF":66.2},"wifi":{"sta_ip":"192.168.1.43","status":"got ip","ssid":"MyWifi","rssi":-60},"ws":{"connected":false}}}',
        'shelly:shellyplusht-c049ef8bc088 attributes {"cloud.connected":false,"mac":"C049EF8BC088","sys.restart_required":false,"sys.ram_size":235712,"sys.ram_free":166028,"sys.fs_size":458752,"sys.fs_free":167936,"sys.cfg_rev":14,"sys.kvs_rev":0,"sys.webhook_rev":0,"sys.wakeup_reason.boot":"deepsleep_wake","sys.wakeup_reason.cause":"status_update","sys.wakeup_period":600,"ip":"192.168.1.43","wifi.status":"got ip","wifi.ssid":"MyWifi"}',
        'shelly:shellyplusht-c049ef8bc088 {"devicepower.0.battery.V":0.43,"devicepower.0.battery.percent":0,"devicepower.0.external.present":true,"humidity.0.rh":57.6,"sys.uptime":0,"temperature.0.tC":19,"temperature.0.tF":66.2,"wifi.rssi":-60} at 1669541352.21',
        "the hub sends shellyplusht-c049ef8bc088/command",
      ],
      [
        "shelly1pmminig3-5432044edbc0/events/rpc",
        '{"src":"shelly1pmminig3-5432044edbc0","dst":"shelly1pmminig3-5432044edbc0/events","method":"NotifyStatus","params":{"ts":1788945292.88,"switch:0":{"apower":11.5,"current":0.071}}}',
        "shelly:shelly1pmminig3-5432044edbc0 described",
        'shelly:shelly1pmminig3-5432044edbc0 {"switch.0.apower":11.5,"switch.0.current":0.071} at 1788945292.88',
        "the hub sends shelly1pmminig3-5432044edbc0/command",
      ],
      [
        "shelly1pmmini-Solarthermie/status/switch:0",
        '{"id":0, "source":"MQTT", "output":true, "apower":3.8, "voltage":231.0, "freq":50.1, "current":0.030, "aenergy":{"total":26064.252,"by_minute":[198.422,0.000,0.000],"minute_ts":1698999933},"temperature":{"tC":42.0, "tF":107.6}}',
        "shelly:shelly1pmmini-Solarthermie described",
        'shelly:shelly1pmmini-Solarthermie {"switch.0.output":true,"switch.0.apower":3.8,"switch.0.voltage":231,"switch.0.freq":50.1,"switch.0.current":0.03,"switch.0.aenergy.total":26064.252,"switch.0.temperature.tC":42,"switch.0.temperature.tF":107.6}',
        "the hub sends shelly1pmmini-Solarthermie/command",
      ],
      [
        "st1820-8cbfeaa6eba0/status/boolean:200",
        '{"value":false,"source":"rpc","last_update_ts":1759928007}',
        "shelly:st1820-8cbfeaa6eba0 described",
        'shelly:st1820-8cbfeaa6eba0 {"boolean.200.value":false}',
        "the hub sends st1820-8cbfeaa6eba0/command",
      ],
    ],
  },
  {
    title: "Homie 4",
    examples: [
      ["homie/super-car/$homie", "2.1.0", "homie:super-car described", 'homie:super-car attributes {"homie":"2.1.0"}'],
      ["homie/super-car/$nodes", "wheels,engine,lights"],
      ["homie/super-car/engine/temperature/$unit", "°C", "homie:super-car described"],
      ["homie/super-car/engine/temperature/$datatype", "float", "homie:super-car described"],
      ["homie/super-car/engine/temperature/$format", "-20:120", "homie:super-car described"],
      ["homie/super-car/engine/temperature", "21.5", 'homie:super-car {"engine.temperature":21.5}'],
      ["homie/super-car/engine/temperature", "warm", "homie:super-car without engine.temperature: METRIC_WRONG_TYPE"],
      ["homie/super-car/engine/temperature/set", "20"],
      ["homie/super-car/$state", "lost", "homie:super-car offline"],
    ],
  },
  {
    title: "Homie 5",
    examples: [
      ["homie/5/super-car/$state", "init", "homie:super-car described", "homie:super-car online"],
      [
        "homie/5/super-car/$description",
        '{"homie":"5.0","name":"Supercar","version":7,"nodes":{"engine":{"name":"Car engine","properties":{"temperature":{"name":"Engine temperature","unit":"°C","datatype":"float","format":"-20:120"}}}}}',
        "homie:super-car described",
        'homie:super-car attributes {"homie":"5.0"}',
      ],
      ["homie/5/super-car/engine/temperature", "21.5", 'homie:super-car {"engine.temperature":21.5}'],
      [
        "homie/5/mydevid/$alert/battery",
        "Battery is low, at 8%",
        'homie:mydevid attributes {"alert.battery":"Battery is low, at 8%"}',
      ],
      ["homie/5/my-device/$log/warn", "battery low", 'homie:my-device {"log.warn":"battery low"}'],
      ["homie/5/super-car/$state", "", "homie:super-car offline", "homie:super-car is described no longer"],
    ],
  },
];
