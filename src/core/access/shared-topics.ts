/** Topics that all clients of a family share, made one board's own and back: `v1/devices/me/…` and `v2/…` of ThingsBoard. */
import type { MqttIdentity } from "./mqtt-access.ts";

export interface SharedTopics {
  /** Of a topic or filter as the client says it, the one that the hub knows. */
  toHub(topic: string): string;
  toClient(topic: string): string;
}

/** Undefined: its topics are its own as they are. */
export function sharedTopicsOf(who: MqttIdentity): SharedTopics | undefined {
  if (who.kind !== "board" || who.foreign?.family !== "thingsboard") return undefined;
  const { deviceId } = who;
  /** As the client says it, and as the hub knows it. */
  const pairs = [
    ["v1/devices/me", `v1/devices/${deviceId}`],
    ["v2", `v2/${deviceId}`],
  ] as const;
  const toHub = (topic: string): string => {
    if (topic.startsWith("$share/")) return shared(topic);
    for (const [shared, own] of pairs) if (isBelow(topic, shared)) return own + topic.slice(shared.length);
    return topic;
  };
  /** `$share/<group>/<filter>`: the group is of its filter, so that each board has its own. [MQTT 5.0, 4.8.2] */
  const shared = (filter: string): string => {
    const [root, group, ...levels] = filter.split("/");
    return [root, group, toHub(levels.join("/"))].join("/");
  };
  return {
    toHub,
    toClient: (topic) => {
      for (const [shared, own] of pairs) if (isBelow(topic, own)) return shared + topic.slice(own.length);
      return topic;
    },
  };
}

/** `v2/#` matches `v2`, too. [MQTT-4.7.1-2] */
const isBelow = (topic: string, root: string): boolean => topic === root || topic.startsWith(`${root}/`);
