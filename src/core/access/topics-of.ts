/** What a device credential may publish and subscribe to, by the family of its board. The table is in docs/security.md. */
import type { TopicOptions } from "../../contract/access.ts";
import type { CredentialFamily } from "../../contract/families.ts";
import type { DeviceId } from "../../contract/readings.ts";

/** A device credential, as its topics depend on it. */
export interface CredentialSpec {
  readonly family: CredentialFamily;
  /** As the board calls itself in its topics: Tasmota's Topic, Shelly's id, ESPHome's node; a native board's device id. */
  readonly name: string;
  readonly options: TopicOptions;
}

/** Topic filters. */
export interface CredentialTopics {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** Topics to which it publishes empty messages only: they clear a retained command. */
  readonly cleared: readonly string[];
  /** Of the above those that no other credential may have, without a wildcard before their end. */
  readonly own: readonly string[];
  /** Others that no other credential may have: their form is fixed, in a root that boards share. */
  readonly discovery: readonly string[];
  /** Those of its groups, which other boards of its family may have as well. */
  readonly groups: readonly string[];
}

const NOTHING = { cleared: [], discovery: [], groups: [] };

const TOPICS: Readonly<Record<CredentialFamily, (spec: CredentialSpec) => CredentialTopics>> = {
  native: ({ name }) => both([`devices/${name}/#`]),
  tasmota: tasmotaTopics,
  shelly: ({ name, options }) => {
    const own = [...new Set([`shellies/${name}/#`, `${options.prefix ?? name}/#`])];
    return { ...NOTHING, own, publish: [...own, "shellies/announce"], subscribe: [...own, "shellies/command"] };
  },
  esphome: ({ name, options }) => {
    const own = [`${options.prefix ?? name}/#`];
    const described = [
      `homeassistant/+/${name}/+/config`,
      `homeassistant/device/${name}/config`,
      `esphome/discover/${name}`,
    ];
    const asked = `esphome/ping/${name}`;
    return {
      ...NOTHING,
      own,
      discovery: [...described, asked],
      publish: [...own, ...described],
      subscribe: [...own, "homeassistant/status", "esphome/discover", asked],
    };
  },
  homie: ({ name }) => {
    const own = [`homie/${name}/#`, `homie/5/${name}/#`];
    return { ...both(own), subscribe: [...own, "homie/$broadcast/#", "homie/5/$broadcast/#"] };
  },
  // The board itself says `v1/devices/me/…` and `v2/…`.
  thingsboard: (spec) => both([`v1/devices/${deviceIdOf(spec)}/#`, `v2/${deviceIdOf(spec)}/#`]),
};

/** Of a native board `mayPublish` knows the exceptions. */
export const topicsOf = (spec: CredentialSpec): CredentialTopics => TOPICS[spec.family](spec);

const both = (own: readonly string[]): CredentialTopics => ({ ...NOTHING, own, publish: own, subscribe: own });

/** ESPHome's boards describe themselves by Home Assistant's discovery, and are named as everything that does. */
const ID_PREFIXES: Readonly<Partial<Record<CredentialFamily, string>>> = { esphome: "ha" };

/** The device that a credential belongs to. */
export const deviceIdOf = ({ family, name }: Pick<CredentialSpec, "family" | "name">): DeviceId =>
  (family === "native" ? name : `${ID_PREFIXES[family] ?? family}:${name}`) as DeviceId;

/** Families whose usual topics follow from a device id. */
const BY_ID = ["tasmota", "shelly", "homie", "thingsboard"] as const;

/** Filters of the topics that only this device has, as far as its id tells. */
export function topicsOfId(deviceId: string): readonly string[] {
  const family = BY_ID.find((each) => deviceId.startsWith(`${each}:`));
  const name = deviceId.slice((family?.length ?? -1) + 1);
  // An id with other characters was made of another name.
  const isName = family !== undefined && /^[A-Za-z0-9_-]+$/.test(name);
  return isName ? topicsOf({ family, name, options: {} }).own : [`devices/${deviceId}/#`];
}

const FULL_TOPIC = "%prefix%/%topic%/";
const PREFIXES = ["cmnd", "stat", "tele"] as const;
const GROUPS = ["tasmotas"];

function tasmotaTopics({ name, options }: CredentialSpec): CredentialTopics {
  const { fullTopic = FULL_TOPIC, prefixes = PREFIXES, groups = GROUPS, clientId } = options;
  const [command, state, telemetry] = prefixes;
  const below = (prefix: string, topic: string): string =>
    `${fullTopic.replace(/\/$/, "").replaceAll("%prefix%", prefix).replaceAll("%topic%", topic)}/#`;
  const commands = below(command, name);
  const sent = [...new Set([below(telemetry, name), below(state, name)])];
  // The prefix of its fallback topic is the default one, whatever its own is.
  const read = [commands, ...(clientId === undefined ? [] : [`cmnd/${clientId}_fb/#`])];
  const ofGroups = fullTopic.includes("%topic%") ? groups.map((group) => below(command, group)) : [];
  return {
    own: [...new Set([...sent, ...read])],
    discovery: [],
    groups: ofGroups,
    // Whose MAC it is cannot be known from the topic.
    publish: [...sent, "tasmota/discovery/+/config", "tasmota/discovery/+/sensors"],
    subscribe: [...read, ...ofGroups],
    cleared: [`${commands.slice(0, -1)}POWER`],
  };
}
