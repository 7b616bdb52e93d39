/** What an MQTT client may publish and subscribe to. */
import type { CredentialFamily } from "../../contract/families.ts";
import type { RefusalCode } from "../../contract/refusals.ts";
import { filterCovers } from "./filter-cover.ts";
import type { CredentialTopics } from "./topics-of.ts";

export type MqttIdentity =
  /** Accounts are off, or there is none yet. */
  | { readonly kind: "anybody" }
  /** One board: its own topics, and nothing else. */
  | {
      readonly kind: "board";
      readonly deviceId: string;
      /** Undefined: native, whose topics are below `devices/<deviceId>/`. */
      readonly foreign?: {
        readonly family: Exclude<CredentialFamily, "native">;
        readonly name: string;
        readonly topics: CredentialTopics;
      };
    }
  /** A program, with what it was given. */
  | {
      readonly kind: "application";
      readonly id: string;
      readonly publish: readonly string[];
      readonly subscribe: readonly string[];
    };

export const ANYBODY: MqttIdentity = { kind: "anybody" };

/** Only the hub publishes to it, such as the state of an alert. */
export const isHubTopic = (topic: string): boolean => topic === "aerie" || topic.startsWith("aerie/");

/** `empty`: only messages without a payload. */
export type PublishRight = "all" | "empty" | "none";

/** `topic` is one that a message may have: no wildcards. [MQTT-3.3.2-2] */
export function publishRight(who: MqttIdentity, topic: string): PublishRight {
  if (isHubTopic(topic)) return "none";
  switch (who.kind) {
    case "anybody":
      return "all";
    case "board":
      if (who.foreign === undefined) return mayPublishNative(who.deviceId, topic) ? "all" : "none";
      if (isCovered(who.foreign.topics.publish, topic)) return "all";
      return who.foreign.topics.cleared.includes(topic) ? "empty" : "none";
    case "application":
      return isCovered(who.publish, topic) ? "all" : "none";
  }
}

/** Of a topic that a client may not publish to. */
export const publishRefusal = (topic: string): RefusalCode => (isHubTopic(topic) ? "TOPIC_OF_HUB" : "TOPIC_NOT_OWN");

/** Whatever the payload. */
export const mayPublish = (who: MqttIdentity, topic: string): boolean => publishRight(who, topic) === "all";

/** A shared subscription is one of the filter behind its group. [MQTT-4.8.2-4] */
export function maySubscribe(who: MqttIdentity, filter: string): boolean {
  const wanted = filter.startsWith("$share/") ? filter.split("/").slice(2).join("/") : filter;
  switch (who.kind) {
    case "anybody":
      return true;
    case "board":
      return who.foreign === undefined ? isOwn(who.deviceId, wanted) : isCovered(who.foreign.topics.subscribe, wanted);
    case "application":
      return isCovered(who.subscribe, wanted);
  }
}

const isCovered = (granted: readonly string[], wanted: string): boolean =>
  granted.some((filter) => filterCovers(filter, wanted));

/** A device id has neither `+` nor `#` nor `/` in it, so a filter that begins with it stays below it. */
const isOwn = (deviceId: string, topic: string): boolean => topic.startsWith(`devices/${deviceId}/`);

const LETTER_C = 0x63;
const LETTER_D = 0x64;

/** Commands, and the settings that it is to have, are sent by others; its replies are its own. */
function mayPublishNative(deviceId: string, topic: string): boolean {
  const own = `devices/${deviceId}/`;
  if (!topic.startsWith(own)) return false;
  const first = topic.charCodeAt(own.length);
  if (first !== LETTER_C && first !== LETTER_D) return true;
  const [channel, , answer, ...deeper] = topic.slice(own.length).split("/");
  return channel === "commands" ? answer === "reply" && deeper.length === 0 : channel !== "desired";
}
