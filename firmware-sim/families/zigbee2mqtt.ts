/** Zigbee2MQTT 2 with temperature sensors, plugs, contacts and buttons. zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html */
import { rounded, type SimulatedDevice, type SimulatedFamily } from "./family.ts";

const BASE = "zigbee2mqtt";
const PUBLISHED = 1;

const numeric = (name: string, unit: string) => ({
  type: "numeric",
  name,
  label: `${name[0]?.toUpperCase()}${name.slice(1)}`,
  property: name,
  access: PUBLISHED,
  unit,
});
const BATTERY = { ...numeric("battery", "%"), value_min: 0, value_max: 100 };
const LINK = { ...numeric("linkquality", "lqi"), value_min: 0, value_max: 255 };

const SENSOR = {
  definition: {
    model: "WSDCGQ11LM",
    vendor: "Aqara",
    description: "Temperature and humidity sensor",
    exposes: [BATTERY, numeric("temperature", "°C"), numeric("humidity", "%"), LINK],
  },
  power_source: "Battery",
};
const PLUG = {
  definition: {
    model: "TS011F_plug_1",
    vendor: "Tuya",
    description: "Smart plug",
    exposes: [
      {
        type: "switch",
        features: [
          {
            type: "binary",
            name: "state",
            label: "State",
            property: "state",
            access: 7,
            value_on: "ON",
            value_off: "OFF",
            value_toggle: "TOGGLE",
          },
        ],
      },
      numeric("power", "W"),
      numeric("energy", "kWh"),
      LINK,
    ],
  },
  power_source: "Mains (single phase)",
};

const CONTACT = {
  definition: {
    model: "MCCGQ11LM",
    vendor: "Aqara",
    description: "Door and window sensor",
    exposes: [
      BATTERY,
      {
        type: "binary",
        name: "contact",
        label: "Contact",
        property: "contact",
        access: PUBLISHED,
        value_on: false,
        value_off: true,
      },
      LINK,
    ],
  },
  power_source: "Battery",
};
const BUTTON = {
  definition: {
    model: "WXKG11LM",
    vendor: "Aqara",
    description: "Wireless mini switch",
    exposes: [
      BATTERY,
      {
        type: "enum",
        name: "action",
        label: "Action",
        property: "action",
        access: PUBLISHED,
        values: ["single", "double"],
      },
      LINK,
    ],
  },
  power_source: "Battery",
};
const KINDS = { sensor: SENSOR, plug: PLUG, contact: CONTACT, button: BUTTON };
type Kind = keyof typeof KINDS;

const kindOf = ({ number }: SimulatedDevice): Kind => {
  if (number % 3 === 0) return "plug";
  return number % 5 === 4 ? "contact" : number % 5 === 0 ? "button" : "sensor";
};

/** Somebody airs the room from here on, and a little before that presses a button. */
const AIRED_FROM_PPM = { contact: 900, button: 700 };

const ROOMS = ["kitchen", "living room", "Küche/Fenster", "hall", "bath"];

export const ZIGBEE2MQTT: SimulatedFamily = {
  about: "Zigbee2MQTT with sensors, plugs, contacts and buttons: zigbee2mqtt/<friendly name>",
  isBridge: true,
  create: ({ devices, now, send }) => {
    const on = new Map(devices.map((device) => [device, true]));
    const isPlug = (device: SimulatedDevice): boolean => kindOf(device) === "plug";
    /** Of contacts and buttons, which report only when something happens. */
    const wasAired = new Map<SimulatedDevice, boolean>();
    const ieeeOf = ({ mac }: SimulatedDevice): string => `0x${mac.slice(0, 6)}fffe${mac.slice(6)}`.toLowerCase();
    const nameOf = (device: SimulatedDevice): string =>
      `${ROOMS[device.number % ROOMS.length]} ${kindOf(device)} ${device.number}`;

    const bridgeDevices = (): string =>
      JSON.stringify([
        {
          ieee_address: "0x00124b0000000001",
          type: "Coordinator",
          network_address: 0,
          supported: true,
          friendly_name: "Coordinator",
          definition: null,
          interview_completed: true,
          disabled: false,
        },
        ...devices.map((device) => ({
          ieee_address: ieeeOf(device),
          type: isPlug(device) ? "Router" : "EndDevice",
          network_address: 1_000 + device.number,
          supported: true,
          friendly_name: nameOf(device),
          disabled: false,
          interview_completed: true,
          ...KINDS[kindOf(device)],
        })),
      ]);

    function stateOf(device: SimulatedDevice): object {
      const { temperature, humidity } = device.sense();
      const last_seen = new Date(now()).toISOString();
      switch (kindOf(device)) {
        case "sensor":
          return { battery: 87, humidity, last_seen, linkquality: 120, temperature };
        case "contact":
          return { battery: 91, contact: wasAired.get(device) !== true, last_seen, linkquality: 98 };
        case "button":
          return { action: "single", battery: 100, last_seen, linkquality: 105 };
        case "plug":
          break;
      }
      const isOn = on.get(device) === true;
      const power = isOn ? rounded(device.powerW(), 1) : 0;
      return {
        energy: rounded(device.energyWh() / 1_000, 2),
        last_seen,
        linkquality: 156,
        power,
        state: isOn ? "ON" : "OFF",
      };
    }

    function hasNews(device: SimulatedDevice): boolean {
      const kind = kindOf(device);
      if (kind === "sensor" || kind === "plug") return true;
      const isAired = device.sense().co2 > AIRED_FROM_PPM[kind];
      const before = wasAired.get(device);
      wasAired.set(device, isAired);
      return before !== undefined && before !== isAired;
    }

    const report = (device: SimulatedDevice): void =>
      send({ topic: `${BASE}/${nameOf(device)}`, payload: JSON.stringify(stateOf(device)), readings: 1 });

    return {
      clientId: "zigbee2mqtt",
      keepAliveSeconds: 60,
      will: { topic: `${BASE}/bridge/state`, payload: '{"state":"offline"}', qos: 1, retain: true },
      subscriptions: [`${BASE}/#`],
      opened: () => {
        send({ topic: `${BASE}/bridge/state`, payload: '{"state":"online"}', retain: true });
        send({
          topic: `${BASE}/bridge/info`,
          payload: JSON.stringify({ version: "2.1.0", permit_join: false, config: { mqtt: { base_topic: BASE } } }),
          retain: true,
        });
        send({ topic: `${BASE}/bridge/devices`, payload: bridgeDevices(), retain: true });
        for (const device of devices) {
          send({ topic: `${BASE}/${nameOf(device)}/availability`, payload: '{"state":"online"}', retain: true });
        }
      },
      tick: () => {
        for (const device of devices) if (hasNews(device)) report(device);
      },
      received: (topic, payload) => {
        const device = devices.find((each) => topic === `${BASE}/${nameOf(each)}/set`);
        if (device === undefined || !isPlug(device)) return;
        const text = payload.toString().toUpperCase();
        on.set(device, text.includes("TOGGLE") ? on.get(device) !== true : text.includes("ON"));
        report(device);
      },
      leaving: () => send({ topic: `${BASE}/bridge/state`, payload: '{"state":"offline"}', retain: true }),
    };
  },
};
