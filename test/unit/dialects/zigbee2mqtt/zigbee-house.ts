/** A bridge and its devices, as Zigbee2MQTT announces them. */

export const COORDINATOR = {
  ieee_address: "0x00124b00120144ae",
  type: "Coordinator",
  network_address: 0,
  supported: true,
  friendly_name: "Coordinator",
  disabled: false,
  interview_completed: true,
};

export interface ZigbeeDevice {
  readonly ieee_address: string;
  readonly friendly_name: string;
  readonly [key: string]: unknown;
}

export const numeric = (name: string, unit?: string, more: object = {}) => ({
  type: "numeric",
  name,
  label: sentence(name),
  property: name,
  access: 1,
  ...(unit !== undefined && { unit }),
  ...more,
});

export const binary = (name: string, value_on: unknown, value_off: unknown, access = 1) => ({
  type: "binary",
  name,
  label: sentence(name),
  property: name,
  access,
  value_on,
  value_off,
});

export const enumeration = (name: string, values: readonly string[], access = 1) => ({
  type: "enum",
  name,
  label: sentence(name),
  property: name,
  access,
  values,
});

export const BATTERY = numeric("battery", "%", { value_min: 0, value_max: 100 });
export const LINK = numeric("linkquality", "lqi", { value_min: 0, value_max: 255 });

/** A device of the list, with the parts that the hub does not read too. */
export const device = (
  address: string,
  friendly_name: string,
  exposes: readonly object[],
  more: object = {},
): ZigbeeDevice => ({
  ieee_address: address,
  type: "EndDevice",
  network_address: 29159,
  supported: true,
  friendly_name,
  disabled: false,
  definition: {
    source: "native",
    model: "MODEL",
    vendor: "VENDOR",
    description: "A device",
    exposes,
    supports_ota: true,
    options: [{ type: "numeric", name: "debounce", property: "debounce", access: 2, value_min: 0 }],
  },
  power_source: "Battery",
  software_build_id: "3000-0001",
  model_id: "lumi.weather",
  interviewing: false,
  interview_completed: true,
  manufacturer: "LUMI",
  endpoints: {
    "1": { bindings: [], clusters: { input: ["genBasic"], output: [] }, configured_reportings: [], scenes: [] },
  },
  ...more,
});

export const SENSOR = device("0x00158d0001a2b3c4", "living_sensor", [
  BATTERY,
  numeric("temperature", "°C"),
  numeric("humidity", "%"),
  numeric("pressure", "hPa"),
  numeric("voltage", "mV"),
  LINK,
]);

export const LAMP = device(
  "0x000b57fffec6a5b2",
  "kitchen/lamp",
  [
    {
      type: "light",
      features: [
        { ...binary("state", "ON", "OFF", 7), value_toggle: "TOGGLE" },
        numeric("brightness", undefined, { access: 7, value_min: 0, value_max: 254 }),
        {
          type: "composite",
          name: "color_xy",
          label: "Color (X/Y)",
          property: "color",
          access: 7,
          features: [numeric("x", undefined, { access: 7 }), numeric("y", undefined, { access: 7 })],
        },
      ],
    },
    enumeration("effect", ["blink", "breathe"], 2),
    enumeration("power_on_behavior", ["off", "on", "toggle", "previous"], 7),
    LINK,
  ],
  { type: "Router", power_source: "Mains (single phase)" },
);

export const REMOTE = device("0x90fd9ffffe0bcb51", "remote", [
  BATTERY,
  enumeration("action", ["on", "off", "single", "double"]),
  numeric("action_duration", "s"),
  LINK,
]);

export const BRIDGE_INFO = {
  version: "2.12.1",
  commit: "aa909a8",
  coordinator: { ieee_address: COORDINATOR.ieee_address, type: "zStack3x0", meta: {} },
  network: { pan_id: 6754, channel: 11, extended_pan_id: "0xdddddddddddddddd" },
  log_level: "info",
  permit_join: false,
  config: { mqtt: { base_topic: "zigbee2mqtt", server: "mqtt://localhost" } },
  config_schema: {},
};

function sentence(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
