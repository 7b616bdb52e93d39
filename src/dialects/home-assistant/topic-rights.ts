/** Which topics of a discovery document its publisher may not use itself: of these nothing is honoured. */
import type { Publisher } from "../../core/dialects/dialect.ts";
import { type Config, textIn } from "./config.ts";
import type { DiscoveryDocument } from "./document.ts";
import { MAX_TOPIC_CHARS } from "./topic-index.ts";

/** Each once. Topics that a board listens to it must be able to subscribe to; to all others it publishes. */
export function deniedTopics({ entities }: DiscoveryDocument, publisher: Publisher): string[] {
  const published = new Set<string>();
  const subscribed = new Set<string>();
  for (const { config } of entities) {
    for (const [key, value] of config) {
      if (!key.endsWith("topic") || typeof value !== "string") continue;
      (isCommandKey(key) ? subscribed : published).add(value);
    }
    for (const entry of availabilityEntries(config)) published.add(textIn(entry, "topic") ?? "");
  }
  published.delete("");
  // Nothing is read of a topic that is too long for one.
  const isLong = (topic: string): boolean => topic.length > MAX_TOPIC_CHARS;
  const denied = new Set([...published].filter((topic) => isLong(topic) || !publisher.mayPublish(topic)));
  for (const topic of subscribed) if (isLong(topic) || !publisher.maySubscribe(topic)) denied.add(topic);
  return [...denied];
}

export const isCommandKey = (key: string): boolean => key.endsWith("command_topic") || key.startsWith("set_");

export function availabilityEntries(config: Config): Config[] {
  const entries = config.get("availability");
  return Array.isArray(entries) ? entries.filter((entry): entry is Config => entry instanceof Map) : [];
}
