/** A Tasmota plug with an energy meter and a temperature sensor, as release 14 does it. tasmota.github.io/docs/MQTT */
import { rounded, type SimulatedFamily, shortMac } from "./family.ts";

const GROUP = "tasmotas";

export const TASMOTA: SimulatedFamily = {
  about: "Tasmota plugs: tele/<topic>/SENSOR, STATE, LWT, discovery",
  isBridge: false,
  create: ({ name: given, devices: [device], now, send }) => {
    const name = given ?? `tasmota_${shortMac(device.mac)}`;
    let isOn = true;
    const fallback = `DVES_${shortMac(device.mac)}_fb`;

    /** Local time without a zone, as the firmware writes it. */
    const time = (): string => new Date(now()).toISOString().slice(0, 19);
    const power = (): number => (isOn ? device.powerW() : 0);

    function energy(): object {
      const watts = power();
      return {
        TotalStartTime: "2026-01-01T00:00:00",
        Total: rounded(device.energyWh() / 1_000, 3),
        Yesterday: 0.412,
        Today: 0.128,
        Power: rounded(watts, 0),
        ApparentPower: rounded(watts * 1.05, 0),
        ReactivePower: rounded(watts * 0.2, 0),
        Factor: isOn ? 0.95 : 0,
        Voltage: 231,
        Current: rounded(watts / 231, 3),
      };
    }

    function sensors(): object {
      const { temperature, humidity } = device.sense();
      return {
        Time: time(),
        ENERGY: energy(),
        AM2301: {
          Temperature: temperature,
          Humidity: humidity,
          DewPoint: rounded(temperature - (100 - humidity) / 5, 1),
        },
        TempUnit: "C",
      };
    }

    function discover(): void {
      const config = {
        ip: `192.0.2.${device.number % 250}`,
        dn: `Plug ${device.number}`,
        fn: [`Plug ${device.number}`, null, null, null, null, null, null, null],
        hn: `${name}-1234`,
        mac: device.mac,
        md: "Athom Plug V2",
        ty: 0,
        if: 0,
        ofln: "Offline",
        onln: "Online",
        state: ["OFF", "ON", "TOGGLE", "HOLD"],
        sw: "14.4.1",
        t: name,
        ft: "%prefix%/%topic%/",
        tp: ["cmnd", "stat", "tele"],
        rl: [1, 0, 0, 0, 0, 0, 0, 0],
        so: { "4": 0, "30": 0 },
        lk: 0,
        ver: 1,
      };
      send({ topic: `tasmota/discovery/${device.mac}/config`, payload: JSON.stringify(config), retain: true });
      send({
        topic: `tasmota/discovery/${device.mac}/sensors`,
        payload: JSON.stringify({ sn: sensors(), ver: 1 }),
        retain: true,
      });
    }

    function state(): void {
      const payload = JSON.stringify({
        Time: time(),
        Uptime: "0T00:10:00",
        UptimeSec: 600,
        Heap: 25,
        SleepMode: "Dynamic",
        Sleep: 50,
        LoadAvg: 19,
        MqttCount: 1,
        POWER: isOn ? "ON" : "OFF",
        Wifi: { AP: 1, SSId: "home", BSSId: "00:00:5E:00:53:01", Channel: 6, RSSI: 78, Signal: -61, LinkCount: 1 },
      });
      send({ topic: `tele/${name}/STATE`, payload, readings: 1 });
    }

    function answerPower(): void {
      const word = isOn ? "ON" : "OFF";
      send({ topic: `stat/${name}/RESULT`, payload: JSON.stringify({ POWER: word }), readings: 1 });
      send({ topic: `stat/${name}/POWER`, payload: word, readings: 1 });
    }

    return {
      clientId: `DVES_${shortMac(device.mac)}`,
      keepAliveSeconds: 30,
      will: { topic: `tele/${name}/LWT`, payload: "Offline", qos: 1, retain: true },
      subscriptions: [`cmnd/${name}/#`, `cmnd/${GROUP}/#`, `cmnd/${fallback}/#`],
      opened: () => {
        send({ topic: `tele/${name}/LWT`, payload: "Online", retain: true });
        send({ topic: `cmnd/${name}/POWER`, payload: "" });
        const info = {
          Info1: {
            Module: "Athom Plug V2",
            Version: "14.4.1(tasmota)",
            FallbackTopic: `cmnd/${fallback}/`,
            GroupTopic: `cmnd/${GROUP}/`,
          },
        };
        send({ topic: `tele/${name}/INFO1`, payload: JSON.stringify(info) });
        discover();
      },
      tick: () => {
        state();
        send({ topic: `tele/${name}/SENSOR`, payload: JSON.stringify(sensors()), readings: 1 });
      },
      received: (topic, payload) => {
        if (!topic.toLowerCase().endsWith("/power")) return;
        const word = payload.toString().trim().toUpperCase();
        if (word === "ON" || word === "1") isOn = true;
        else if (word === "OFF" || word === "0") isOn = false;
        else if (word === "TOGGLE" || word === "2") isOn = !isOn;
        answerPower();
      },
      leaving: () => send({ topic: `tele/${name}/LWT`, payload: "Offline", retain: true }),
    };
  },
};
