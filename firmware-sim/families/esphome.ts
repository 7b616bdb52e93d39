/** An ESPHome node with discovery for Home Assistant and plain states. esphome.io/components/mqtt */
import { type SimulatedFamily, shortMac } from "./family.ts";

export const ESPHOME: SimulatedFamily = {
  about: "ESPHome nodes: discovery, <node>/sensor/<name>/state",
  isBridge: false,
  create: ({ name, devices: [device], send }) => {
    const node = name ?? `esphome-${shortMac(device.mac).toLowerCase()}`;
    let isOn = false;
    const dev = {
      ids: device.mac.toLowerCase(),
      name: `Node ${device.number}`,
      sw: "2026.10.0",
      mdl: "esp32dev",
      mf: "Espressif",
      cns: [["mac", device.mac]],
    };
    const availability = { avty_t: `${node}/status`, pl_avail: "online", pl_not_avail: "offline" };

    function announce(component: string, object: string, entity: object): void {
      const config = {
        stat_t: `${node}/${component}/${object}/state`,
        uniq_id: `${device.mac.toLowerCase()}-${component}-${object}`,
        ...availability,
        ...entity,
        dev,
      };
      send({
        topic: `homeassistant/${component}/${node}/${object}/config`,
        payload: JSON.stringify(config),
        retain: true,
      });
    }

    const state = (component: string, object: string, payload: string): void =>
      send({ topic: `${node}/${component}/${object}/state`, payload, retain: true, readings: 1 });

    return {
      clientId: `${node}-client`,
      keepAliveSeconds: 15,
      will: { topic: `${node}/status`, payload: "offline", qos: 0, retain: true },
      subscriptions: [`${node}/switch/relay/command`, "homeassistant/status"],
      opened: () => {
        announce("sensor", "temperature", {
          name: "Temperature",
          dev_cla: "temperature",
          unit_of_meas: "°C",
          stat_cla: "measurement",
          sug_dsp_prc: 1,
        });
        announce("sensor", "humidity", {
          name: "Humidity",
          dev_cla: "humidity",
          unit_of_meas: "%",
          stat_cla: "measurement",
        });
        announce("binary_sensor", "motion", { name: "Motion", dev_cla: "motion" });
        announce("switch", "relay", { name: "Relay", cmd_t: `${node}/switch/relay/command` });
        send({ topic: `${node}/status`, payload: "online", retain: true });
      },
      tick: () => {
        const { temperature, humidity, co2 } = device.sense();
        state("sensor", "temperature", temperature.toFixed(1));
        state("sensor", "humidity", humidity.toFixed(1));
        state("binary_sensor", "motion", co2 > 700 ? "ON" : "OFF");
        state("switch", "relay", isOn ? "ON" : "OFF");
      },
      received: (topic, payload) => {
        if (!topic.endsWith("/command")) return;
        isOn = payload.toString() === "ON";
        state("switch", "relay", isOn ? "ON" : "OFF");
      },
      leaving: () => send({ topic: `${node}/status`, payload: "offline", retain: true }),
    };
  },
};
