/** Recognizes the family of a board by the topics that it tries to publish and subscribe to. */
import { type TopicOptions, topicOptions } from "../../contract/access.ts";
import { type CredentialFamily, FAMILY_NAMES } from "../../contract/families.ts";
import type { Suggestion } from "../../contract/refusal.ts";
import { type MqttIdentity, maySubscribe, publishRight } from "./mqtt-access.ts";
import { sharedTopicsOf } from "./shared-topics.ts";
import { faultOf } from "./topic-claims.ts";
import { type CredentialSpec, deviceIdOf, topicsOf } from "./topics-of.ts";

/** What one topic says. */
interface Sign {
  readonly family: Exclude<CredentialFamily, "native">;
  readonly name?: string | undefined;
  readonly options?: TopicOptions;
  /** The name is the board's own, and not the end of its prefix. */
  readonly isCertain?: boolean;
}

type Levels = readonly string[];

/** Asked in this order. `levels` are of a topic, or of a filter. */
const SIGNS: readonly ((levels: Levels, topic: string) => Sign | undefined)[] = [
  thingsboardSign,
  homieSign,
  shelliesSign,
  esphomeSign,
  tasmotaSign,
  shellySign,
  componentSign,
];

export function signOf(topic: string): Sign | undefined {
  const levels = topic.split("/", MAX_LEVELS);
  for (const sign of SIGNS) {
    const found = sign(levels, topic);
    if (found !== undefined) return found;
  }
  return undefined;
}

const MAX_LEVELS = 12;

/**
 * A credential with which the board could use these topics; undefined: they are of no family. `fallback`: what it is called where no
 * topic says so.
 */
export function recognizedBoard(topics: Iterable<string>, fallback: string): CredentialSpec | undefined {
  const signs = [...topics].flatMap((topic) => signOf(topic) ?? []);
  const family = mostOf(signs);
  if (family === undefined) return undefined;
  const its = signs.filter((sign) => sign.family === family);
  const named = its.find(({ name, isCertain }) => name !== undefined && isCertain) ?? its.find((sign) => sign.name);
  const name = named?.name ?? fallback;
  const { prefix, ...options }: TopicOptions = Object.assign({}, ...its.map((sign) => sign.options));
  const spec = { family, name, options: prefix === undefined || prefix === name ? options : { ...options, prefix } };
  return topicOptions.safeParse(spec.options).success && faultOf(spec) === undefined ? spec : undefined;
}

/** What would let this client use a topic, or a filter, that it is refused; undefined: nothing that could be offered. */
export type Suggest = (who: MqttIdentity, topic: string, use: "publish" | "subscribe") => Suggestion | undefined;

/** `isTaken`: the device has a credential. */
export function createSuggest(isTaken: (deviceId: string) => boolean): Suggest {
  return (who, topic, use) => {
    if (who.kind !== "board" || topic.length > LONGEST_TOPIC || mayUse(who, topic, use)) return undefined;
    const spec = recognizedBoard([topic], who.foreign?.name ?? who.deviceId);
    if (spec === undefined || spec.family === "native") return undefined;
    const deviceId = deviceIdOf(spec);
    if (deviceId !== who.deviceId && isTaken(deviceId)) return undefined;
    const { family, name } = spec;
    const then: MqttIdentity = { kind: "board", deviceId, foreign: { family, name, topics: topicsOf(spec) } };
    const own = sharedTopicsOf(then)?.toHub(topic) ?? topic;
    const text = `Its topics are those of ${FAMILY_NAMES[family]}: let it use these topics`;
    return mayUse(then, own, use) ? { text, deviceId: who.deviceId, ...spec } : undefined;
  };
}

const mayUse = (who: MqttIdentity, topic: string, use: "publish" | "subscribe"): boolean =>
  use === "publish" ? publishRight(who, topic) !== "none" : maySubscribe(who, topic);

const LONGEST_TOPIC = 200;

function mostOf(signs: readonly Sign[]): Sign["family"] | undefined {
  const counts = new Map<Sign["family"], number>();
  for (const { family } of signs) counts.set(family, (counts.get(family) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

function thingsboardSign([root, second, third]: Levels): Sign | undefined {
  const isLong = root === "v1" && second === "devices" && third === "me";
  const isShort = root === "v2" && /^(t|a|r|fw|sw)$/.test(second ?? "");
  return isLong || isShort ? { family: "thingsboard" } : undefined;
}

function homieSign([root, second, third]: Levels): Sign | undefined {
  if (root !== "homie" || second === undefined) return undefined;
  const name = second === "5" ? third : second;
  return { family: "homie", isCertain: true, name: name?.startsWith("$") ? undefined : name };
}

function shelliesSign([root, name, ...rest]: Levels): Sign | undefined {
  if (root !== "shellies" || name === undefined) return undefined;
  const isShared = rest.length === 0;
  return { family: "shelly", isCertain: !isShared, name: isShared ? undefined : name };
}

function esphomeSign([root, second, name, fourth, fifth]: Levels): Sign | undefined {
  const isDiscovery = root === "homeassistant" && (second === "device" ? fourth : fifth) === "config";
  const isOwn = root === "esphome" && (second === "discover" || second === "ping");
  return isDiscovery || isOwn ? { family: "esphome", isCertain: true, name } : undefined;
}

const SENT = /^(LWT|STATE|SENSOR|RESULT|UPTIME|INFO\d|STATUS\d*|POWER\d*)$/;

function tasmotaSign(levels: Levels): Sign | undefined {
  const [root = "", name = ""] = levels;
  if (root === "tasmota" && name === "discovery") return { family: "tasmota" };
  const last = levels.at(-1) ?? "";
  const isCommand = last === "#" || /^POWER\d*$/.test(last);
  if (root === "cmnd" && isCommand && levels.length === 3) return commandSign(name);
  const isSent = SENT.test(last);
  if ((root === "tele" || root === "stat") && isSent) return withFullTopic(levels.slice(1, -1), "first");
  const prefix = levels.at(-2);
  const isReversed = (prefix === "tele" || prefix === "stat") && isSent;
  return isReversed || (prefix === "cmnd" && isCommand) ? withFullTopic(levels.slice(0, -2), "last") : undefined;
}

function commandSign(name: string): Sign {
  const clientId = /^(\w+)_fb$/.exec(name)?.[1];
  if (clientId !== undefined) return { family: "tasmota", options: { clientId } };
  return { family: "tasmota", name: name === "tasmotas" ? undefined : name };
}

/** `between`: the levels between the prefix and what is sent, whose last is the board's topic. */
function withFullTopic(between: Levels, prefix: "first" | "last"): Sign | undefined {
  const name = between.at(-1);
  if (name === undefined) return undefined;
  const above = between.slice(0, -1).map((level) => `${level}/`);
  const fullTopic = prefix === "first" ? `%prefix%/${above.join("")}%topic%/` : `${above.join("")}%topic%/%prefix%/`;
  const isDefault = prefix === "first" && above.length === 0;
  return { family: "tasmota", name, isCertain: true, ...(isDefault ? {} : { options: { fullTopic } }) };
}

/** Gen2 and later, which have a prefix of their own. */
function shellySign(_: Levels, topic: string): Sign | undefined {
  const prefix = /^(.+?)\/(events\/rpc|rpc|status\/[a-z_0-9]+:\d+)$/.exec(topic)?.[1];
  if (prefix !== undefined) return withPrefix("shelly", prefix);
  const named = /^(shelly[^/]+)\/online$/.exec(topic)?.[1];
  return named === undefined ? undefined : withPrefix("shelly", named);
}

const COMPONENTS =
  /^(.+?)\/(sensor|binary_sensor|text_sensor|switch|light|fan|cover|climate|number|select|button|lock|text|valve|event)\/[^/]+\/(state|command)$/;

/** ESPHome's topics of a component. */
function componentSign(_: Levels, topic: string): Sign | undefined {
  const prefix = COMPONENTS.exec(topic)?.[1];
  return prefix === undefined ? undefined : withPrefix("esphome", prefix);
}

const withPrefix = (family: "shelly" | "esphome", prefix: string): Sign => ({
  family,
  name: prefix.slice(prefix.lastIndexOf("/") + 1),
  options: { prefix },
});
