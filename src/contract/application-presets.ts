/** What programs that speak for many devices need of the broker: topic filters of applications, ready to use. */

export interface PresetParameter {
  /** For a person. */
  readonly label: string;
  /** Undefined: it has to be given. */
  readonly fallback?: string;
}

export interface ApplicationPreset {
  readonly label: string;
  /** What the program may do with it, for a person. */
  readonly meaning: string;
  /** Filters; `{base}` stands for the parameter `base`. */
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  readonly parameters: Readonly<Record<string, PresetParameter>>;
}

const PRESETS = {
  "home-assistant": {
    label: "Home Assistant",
    meaning: "reads all topics, and commands the boards of all families",
    publish: ["#"],
    subscribe: ["#"],
    parameters: {},
  },
  zigbee2mqtt: {
    label: "Zigbee2MQTT",
    meaning: "speaks for the devices of its bridge, and describes them to Home Assistant",
    publish: ["{base}/#", "homeassistant/#"],
    subscribe: ["{base}/#", "homeassistant/#"],
    parameters: { base: { label: "Base topic (mqtt.base_topic)", fallback: "zigbee2mqtt" } },
  },
  "sparkplug-edge-node": {
    label: "Sparkplug edge node",
    meaning: "speaks for one edge node and the devices behind it",
    publish: ["spBv1.0/{group}/+/{edge}/#"],
    subscribe: ["spBv1.0/{group}/NCMD/{edge}/#", "spBv1.0/{group}/DCMD/{edge}/#", "spBv1.0/STATE/#", "STATE/#"],
    parameters: { group: { label: "Group id" }, edge: { label: "Edge node id" } },
  },
  "thingsboard-gateway": {
    label: "ThingsBoard gateway",
    meaning: "speaks for the devices behind it",
    publish: ["v1/gateway/#", "v1/devices/me/#"],
    subscribe: ["v1/gateway/#", "v1/devices/me/#"],
    parameters: {},
  },
  gateway: {
    label: "Gateway",
    meaning: "speaks for devices below devices/, and gets their commands",
    publish: ["devices/#"],
    subscribe: ["devices/#"],
    parameters: {},
  },
  bridge: {
    label: "Bridge of another broker",
    meaning: "reads and publishes everything",
    publish: ["#"],
    subscribe: ["#"],
    parameters: {},
  },
} as const satisfies Record<string, ApplicationPreset>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as [PresetName, ...PresetName[]];
export const APPLICATION_PRESETS: Readonly<Record<PresetName, ApplicationPreset>> = PRESETS;

export type PresetFilters =
  | { readonly ok: true; readonly publish: string[]; readonly subscribe: string[] }
  /** Of a parameter that is missing, unknown or no level of a topic. */
  | { readonly ok: false; readonly parameter: string; readonly message: string };

/** Without what has a meaning in a topic filter. */
const VALUE = /^[^/+#$][^+#]{0,99}$/;

export function filtersOf(name: PresetName, given: Readonly<Record<string, string>>): PresetFilters {
  const { publish, subscribe, parameters } = APPLICATION_PRESETS[name];
  const values = new Map<string, string>();
  for (const [parameter, { fallback }] of Object.entries(parameters)) {
    const value = (Object.hasOwn(given, parameter) ? given[parameter] : undefined) ?? fallback;
    if (value === undefined) return { ok: false, parameter, message: "expected a value" };
    if (!VALUE.test(value)) return { ok: false, parameter, message: "expected a part of a topic, without + and #" };
    values.set(parameter, value);
  }
  const unknown = Object.keys(given).find((parameter) => !values.has(parameter));
  if (unknown !== undefined) return { ok: false, parameter: unknown, message: "this preset has no such parameter" };
  const filled = (filter: string): string =>
    filter.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => values.get(parameter) ?? "");
  return { ok: true, publish: publish.map(filled), subscribe: subscribe.map(filled) };
}
