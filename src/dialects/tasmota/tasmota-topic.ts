/** Finds Tasmota's topics by their form: `tele/<topic>/SENSOR`, the same with topic and prefix exchanged, and its discovery. */
import { hasFixedRoot } from "../payload/fixed-roots.ts";

/** What comes on a topic. */
export type Channel = "SENSOR" | "STATE" | "LWT" | "INFO" | "RESULT" | "STATUS_SENSOR" | "STATUS_STATE" | "POWER";

export interface BoardTopic {
  /** Of the board, as its setting `Topic` says. */
  readonly name: string;
  readonly channel: Channel;
}

export interface DiscoveryTopic {
  /** Twelve capital hex digits. */
  readonly mac: string;
  readonly document: "config" | "sensors";
}

/** Prefix2 and Prefix3 of Tasmota. */
export type Prefix = "stat" | "tele";

const TELE: ReadonlyMap<string, Channel> = new Map([
  ["SENSOR", "SENSOR"],
  ["STATE", "STATE"],
  ["LWT", "LWT"],
  ["INFO1", "INFO"],
  ["INFO2", "INFO"],
  ["INFO3", "INFO"],
  ["RESULT", "RESULT"],
]);
/** Results of other commands carry settings and secrets. */
const STAT: ReadonlyMap<string, Channel> = new Map([
  ["RESULT", "RESULT"],
  ["STATUS8", "STATUS_SENSOR"],
  ["STATUS10", "STATUS_SENSOR"],
  ["STATUS11", "STATUS_STATE"],
]);
export const IS_POWER = /^POWER\d{0,2}$/;

export function channelOf(prefix: Prefix, last: string): Channel | undefined {
  if (prefix === "tele") return TELE.get(last);
  return IS_POWER.test(last) ? "POWER" : STAT.get(last);
}

/** A Zigbee device of a bridge with SetOption89, by its short address. */
const IS_SHORT_ADDRESS = /^[0-9A-F]{4}$/;

/** Of topics with the default prefixes and one level for the board; others are known by discovery only. */
export function boardTopicOf(topic: string): BoardTopic | undefined {
  const [first = "", second = "", third, fourth, ...more] = topic.split("/");
  if (third === undefined || more.length > 0) return undefined;
  if (fourth !== undefined) {
    const isBridge = first === "tele" && fourth === "SENSOR" && IS_SHORT_ADDRESS.test(third) && second !== "";
    return isBridge ? { name: second, channel: "SENSOR" } : undefined;
  }
  if (isPrefix(first)) return named(second, channelOf(first, third));
  return isPrefix(second) && !hasFixedRoot(topic) ? named(first, channelOf(second, third)) : undefined;
}

const isPrefix = (level: string): level is Prefix => level === "tele" || level === "stat";

const named = (name: string, channel: Channel | undefined): BoardTopic | undefined =>
  name === "" || channel === undefined ? undefined : { name, channel };

const DISCOVERY = /^tasmota\/discovery\/([0-9A-Fa-f]{12})\/(config|sensors)$/;

export function discoveryTopicOf(topic: string): DiscoveryTopic | undefined {
  const [, mac, document] = DISCOVERY.exec(topic) ?? [];
  if (mac === undefined) return undefined;
  return { mac: mac.toUpperCase(), document: document === "config" ? "config" : "sensors" };
}
