/** Refuses a device credential whose topics would be those of something else. */
import type { TopicOptions } from "../../contract/access.ts";
import { type CredentialFamily, FAMILY_NAMES } from "../../contract/families.ts";
import { hasFamilyPrefix, parseDeviceId } from "../model/device-id.ts";
import { filtersOverlap } from "./filter-cover.ts";
import { type CredentialSpec, type CredentialTopics, deviceIdOf, topicsOf } from "./topics-of.ts";

/** Why a credential cannot be made: what it was asked for, and what is wrong with it. */
export interface SpecFault {
  readonly field: string;
  readonly message: string;
}

/** First levels that are the hub's, a family's or a protocol's. */
const ROOTS: ReadonlySet<string> = new Set([
  "devices",
  "aerie",
  "homeassistant",
  "cmnd",
  "stat",
  "tele",
  "tasmota",
  "shellies",
  "esphome",
  "zigbee2mqtt",
  "homie",
  "spBv1.0",
  "STATE",
  "v1",
  "v2",
  "provision",
]);

interface OwnRoots {
  readonly roots: readonly string[];
  /** Levels below a root that are no board's name. */
  readonly taken: RegExp;
}

/** The roots below which a family's boards have topics by their name. */
const OWN_ROOTS: Readonly<Record<CredentialFamily, OwnRoots>> = {
  native: { roots: ["devices"], taken: /^$/ },
  tasmota: {
    roots: ["cmnd", "stat", "tele"],
    taken: /^(LWT|STATE|SENSOR|RESULT|UPTIME|MARGINS|LOGGING|ENERGY|INFO\d*|STATUS\d*|POWER\d*|HASS_STATE)$/i,
  },
  shelly: { roots: ["shellies"], taken: /^(announce|command)$/ },
  esphome: { roots: ["esphome"], taken: /^(discover|ping)$/ },
  homie: { roots: ["homie"], taken: /^$/ },
  thingsboard: { roots: ["v1", "v2"], taken: /^$/ },
};

/** Which options a family has. */
const OPTIONS: Readonly<Record<CredentialFamily, readonly (keyof TopicOptions)[]>> = {
  native: [],
  tasmota: ["fullTopic", "prefixes", "groups", "clientId"],
  shelly: ["prefix"],
  esphome: ["prefix"],
  homie: [],
  thingsboard: [],
};

const NAME = /^[A-Za-z0-9_-]+$/;
/** Of a device id that no hash has to follow (`src/dialects/payload/names.ts`). */
const LONGEST_ID = 57;

/** By itself, whatever other credentials there are. */
export function faultOf(spec: CredentialSpec): SpecFault | undefined {
  const { family, name, options } = spec;
  const nameFault = family === "native" ? nativeNameFault(name) : familyNameFault(spec);
  if (nameFault !== undefined) return { field: family === "native" ? "deviceId" : "name", message: nameFault };
  for (const option of Object.keys(options) as (keyof TopicOptions)[]) {
    if (!OPTIONS[family].includes(option)) {
      return { field: `options.${option}`, message: `${FAMILY_NAMES[family]} has no such option` };
    }
  }
  const { own, groups } = topicsOf(spec);
  for (const filter of [...own, ...groups]) {
    const message = rootFault(family, filter);
    if (message !== undefined) return { field: fieldOf(spec), message };
  }
  const shared = firstOverlap(own, groups);
  if (shared === undefined) return undefined;
  return { field: fieldOf(spec), message: `${shared} belongs to a group of boards` };
}

function nativeNameFault(name: string): string | undefined {
  if (!parseDeviceId(name).ok) return "expected 1 to 64 of A-Z a-z 0-9 . _ : ~ - and not . or ..";
  return hasFamilyPrefix(name) ? "expected a device id that begins with no family, such as tasmota:" : undefined;
}

function familyNameFault(spec: CredentialSpec): string | undefined {
  const most = LONGEST_ID - deviceIdOf({ ...spec, name: "" }).length;
  if (!NAME.test(spec.name) || spec.name.length > most) return `expected 1 to ${most} of A-Z a-z 0-9 _ -`;
  return spec.family === "homie" && spec.name === "5" ? "homie/5/… belongs to all devices of Homie 5" : undefined;
}

/** Whose name or option it is, mostly. */
const fieldOf = ({ options }: CredentialSpec): string => {
  const [option] = Object.keys(options);
  return option === undefined ? "name" : `options.${option}`;
};

/** `filter` has no wildcard before its end. */
function rootFault(family: CredentialFamily, filter: string): string | undefined {
  const [root = "", ...below] = filter.slice(0, -"/#".length).split("/");
  const { roots, taken } = OWN_ROOTS[family];
  if (roots.includes(root)) {
    const level = below.find((each) => taken.test(each));
    if (below.length === 0) return `${filter} belongs to all boards of ${FAMILY_NAMES[family]}`;
    return level === undefined ? undefined : `${level} is no name that a board may have in ${filter}`;
  }
  return root.startsWith("$") || root === "" || ROOTS.has(root) ? `${filter} is reserved` : undefined;
}

/** Another credential, or topics that were found to be of something else, such as a base topic of Zigbee2MQTT. */
export interface TopicHolder {
  /** As a person reads it. */
  readonly label: string;
  readonly topics: Pick<CredentialTopics, "own" | "discovery" | "groups">;
}

/** Why others, the credential itself not among them, keep it from its topics. */
export function conflictOf(spec: CredentialSpec, others: Iterable<TopicHolder>): SpecFault | undefined {
  const { own, discovery, groups } = topicsOf(spec);
  const alone = [...own, ...discovery];
  for (const { label, topics } of others) {
    const theirs = [...topics.own, ...topics.discovery];
    const filter = firstOverlap(alone, theirs) ?? firstOverlap(alone, topics.groups) ?? firstOverlap(groups, theirs);
    if (filter !== undefined) return { field: fieldOf(spec), message: `${filter} overlaps the topics of ${label}` };
  }
  return undefined;
}

const firstOverlap = (filters: readonly string[], others: readonly string[]): string | undefined =>
  filters.find((filter) => others.some((other) => filtersOverlap(filter, other)));
