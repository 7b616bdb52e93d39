/** What the MQTT standards allow as topic names and topic filters. */
import { plainFilterFault } from "../../contract/topic-filters.ts";

const SHARE = "$share";

/** Why this is not a topic name; undefined: it is one. Its UTF-8 has been checked. */
export function topicFault(topic: string): string | undefined {
  if (topic.length === 0) return "an empty topic name [MQTT-4.7.3-1]";
  if (topic.includes("+") || topic.includes("#")) return "a wildcard in a topic name [MQTT-3.3.2-2]";
  return undefined;
}

/** Why this is not a topic filter; undefined: it is one. Its UTF-8 has been checked. `$share` is checked for every version. */
export function filterFault(filter: string): string | undefined {
  if (filter !== SHARE && !filter.startsWith("$share/")) return plainFilterFault(filter);
  const slash = filter.indexOf("/", SHARE.length + 1);
  const group = filter.slice(SHARE.length + 1, slash === -1 ? undefined : slash);
  if (group === "") return "a shared subscription without a share name [MQTT-4.8.2-1]";
  if (group.includes("+") || group.includes("#")) return "a wildcard in a share name [MQTT-4.8.2-2]";
  if (slash === -1) return "a shared subscription without a topic filter [MQTT-4.8.2-2]";
  return plainFilterFault(filter.slice(slash + 1));
}

/** The two parts of a shared subscription's filter; undefined: the filter is not a valid shared subscription. */
export function parseShare(filter: string): { group: string; filter: string } | undefined {
  if (!filter.startsWith("$share/")) return undefined;
  const slash = filter.indexOf("/", SHARE.length + 1);
  if (slash <= SHARE.length + 1 || slash === filter.length - 1) return undefined;
  return { group: filter.slice(SHARE.length + 1, slash), filter: filter.slice(slash + 1) };
}

/** `a/b` has two levels, and so has `/a`. */
export function levelCount(topic: string): number {
  let levels = 1;
  for (let at = topic.indexOf("/"); at !== -1; at = topic.indexOf("/", at + 1)) levels++;
  return levels;
}
