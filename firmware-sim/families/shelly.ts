/** Shelly devices: a Gen1 plug (shelly-api-docs.shelly.cloud/gen1) and a Gen2 relay (shelly-api-docs.shelly.cloud/gen2). */
import { rounded, type SimulatedFamily, shortMac } from "./family.ts";

export const SHELLY_1: SimulatedFamily = {
  about: "Shelly plugs of the first generation: shellies/<id>/relay/0",
  isBridge: false,
  create: ({ name, devices: [device], send }) => {
    const id = name ?? `shellyplug-s-${shortMac(device.mac)}`;
    let isOn = true;

    const announcement = (): string =>
      JSON.stringify({
        id,
        model: "SHPLG-S",
        mac: device.mac,
        ip: `192.0.2.${device.number % 250}`,
        new_fw: false,
        fw_ver: "20230913-113421/v1.14.0-gcb84623",
      });

    function announce(): void {
      send({ topic: "shellies/announce", payload: announcement() });
      send({ topic: `shellies/${id}/announce`, payload: announcement() });
    }

    function state(): void {
      const watts = isOn ? device.powerW() : 0;
      const { temperature } = device.sense();
      const values: readonly (readonly [string, string])[] = [
        ["relay/0", isOn ? "on" : "off"],
        ["relay/0/power", watts.toFixed(2)],
        ["relay/0/energy", String(Math.round(device.energyWh() * 60))],
        ["temperature", (temperature + 8).toFixed(2)],
        ["overtemperature", "0"],
      ];
      for (const [below, payload] of values) {
        send({ topic: `shellies/${id}/${below}`, payload, retain: true, qos: 0, readings: 1 });
      }
    }

    return {
      clientId: id,
      keepAliveSeconds: 60,
      will: { topic: `shellies/${id}/online`, payload: "false", qos: 0, retain: true },
      subscriptions: ["shellies/command", `shellies/${id}/command`, `shellies/${id}/relay/0/command`],
      opened: () => {
        send({ topic: `shellies/${id}/online`, payload: "true", retain: true });
        announce();
      },
      tick: state,
      received: (topic, payload) => {
        const word = payload.toString();
        if (topic.endsWith("/relay/0/command")) {
          isOn = word === "toggle" ? !isOn : word === "on";
          send({ topic: `shellies/${id}/relay/0`, payload: isOn ? "on" : "off", retain: true, readings: 1 });
        } else if (word === "announce") announce();
        else if (word === "update") state();
      },
    };
  },
};

export const SHELLY_2: SimulatedFamily = {
  about: "Shelly relays of the second generation: <id>/events/rpc, <id>/status/switch:0",
  isBridge: false,
  create: ({ name, devices: [device], now, send }) => {
    const id = name ?? `shellyplus1pm-${device.mac.toLowerCase()}`;
    let isOn = true;

    function switchStatus(): object {
      const watts = isOn ? device.powerW() : 0;
      const tC = rounded(device.sense().temperature + 15, 1);
      return {
        id: 0,
        source: "MQTT",
        output: isOn,
        apower: rounded(watts, 1),
        voltage: 231.2,
        current: rounded(watts / 231.2, 3),
        aenergy: { total: rounded(device.energyWh(), 3), by_minute: [0, 0, 0], minute_ts: Math.floor(now() / 1_000) },
        temperature: { tC, tF: rounded(tC * 1.8 + 32, 1) },
      };
    }

    const notify = (method: string, params: object): void =>
      send({
        topic: `${id}/events/rpc`,
        payload: JSON.stringify({
          src: id,
          dst: `${id}/events`,
          method,
          params: { ts: rounded(now() / 1_000, 2), ...params },
        }),
        qos: 1,
        readings: 1,
      });

    /** Its name and model, which it says when it is asked. */
    function announce(): void {
      const about = { name: `Relay ${device.number}`, id, mac: device.mac, slot: 0, model: "SNSW-001P16EU", gen: 2 };
      const payload = JSON.stringify({
        ...about,
        fw_id: "20240223-142031/1.2.2-g7c39781",
        ver: "1.2.2",
        app: "Plus1PM",
      });
      send({ topic: "shellies/announce", payload });
      send({ topic: `${id}/announce`, payload });
    }

    function respond(request: { id?: unknown; src?: unknown; method?: unknown; params?: { on?: unknown } }): void {
      const was = isOn;
      if (request.method === "Switch.Set") isOn = request.params?.on === true;
      const result = request.method === "Switch.Set" ? { was_on: was } : switchStatus();
      if (typeof request.src === "string") {
        send({
          topic: `${request.src}/rpc`,
          payload: JSON.stringify({ id: request.id, src: id, dst: request.src, result }),
        });
      }
      if (was !== isOn) notify("NotifyStatus", { "switch:0": { id: 0, output: isOn, source: "MQTT" } });
    }

    return {
      clientId: id,
      keepAliveSeconds: 60,
      will: { topic: `${id}/online`, payload: "false", qos: 1, retain: true },
      subscriptions: [`${id}/rpc`, `${id}/command`, "shellies/command"],
      opened: () => {
        send({ topic: `${id}/online`, payload: "true", retain: true });
        notify("NotifyFullStatus", {
          ble: {},
          cloud: { connected: false },
          "input:0": { id: 0, state: false },
          mqtt: { connected: true },
          "switch:0": switchStatus(),
          sys: {
            mac: device.mac,
            restart_required: false,
            ram_size: 259_000,
            ram_free: 128_000,
            cfg_rev: 12,
            available_updates: {},
          },
          wifi: { sta_ip: `192.0.2.${device.number % 250}`, status: "got ip", ssid: "home", rssi: -58 },
        });
      },
      tick: () => {
        send({ topic: `${id}/status/switch:0`, payload: JSON.stringify(switchStatus()), readings: 1 });
        notify("NotifyStatus", { "switch:0": { id: 0, apower: rounded(isOn ? device.powerW() : 0, 1) } });
      },
      received: (topic, payload) => {
        if (payload.toString() === "announce") return announce();
        if (!topic.endsWith("/rpc")) return;
        try {
          respond(JSON.parse(payload.toString()));
        } catch {
          // The firmware is silent about what it cannot read.
        }
      },
    };
  },
};
