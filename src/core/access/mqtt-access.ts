/** What an MQTT client may publish and subscribe to. */
import { filterCovers } from "./filter-cover.ts";

export type MqttIdentity =
  /** There are no accounts. */
  | { readonly kind: "anybody" }
  /** One board: its own topics, and nothing else. */
  | { readonly kind: "board"; readonly deviceId: string }
  /** A program, with what it was given. */
  | {
      readonly kind: "application";
      readonly id: string;
      readonly publish: readonly string[];
      readonly subscribe: readonly string[];
    };

export const ANYBODY: MqttIdentity = { kind: "anybody" };

/** `topic` is one that a message may have: no wildcards. [MQTT-3.3.2-2] */
export function mayPublish(who: MqttIdentity, topic: string): boolean {
  switch (who.kind) {
    case "anybody":
      return true;
    case "board":
      return isOwn(who.deviceId, topic);
    case "application":
      return who.publish.some((granted) => filterCovers(granted, topic));
  }
}

/** A shared subscription is one of the filter behind its group. [MQTT-4.8.2-4] */
export function maySubscribe(who: MqttIdentity, filter: string): boolean {
  const wanted = filter.startsWith("$share/") ? filter.split("/").slice(2).join("/") : filter;
  switch (who.kind) {
    case "anybody":
      return true;
    case "board":
      return isOwn(who.deviceId, wanted);
    case "application":
      return who.subscribe.some((granted) => filterCovers(granted, wanted));
  }
}

/** A device id has neither `+` nor `#` nor `/` in it, so a filter that begins with it stays below it. */
const isOwn = (deviceId: string, topic: string): boolean => topic.startsWith(`devices/${deviceId}/`);
