/** First levels of topics that belong to a family, to the hub or to the broker, whatever a board announces. */

const ROOTS: ReadonlySet<string> = new Set([
  "",
  "aerie",
  "devices",
  "homeassistant",
  "homie",
  "shellies",
  "spBv1.0",
  "v1",
  "v2",
  "zigbee2mqtt",
]);

export function hasFixedRoot(topic: string): boolean {
  const end = topic.indexOf("/");
  const root = end < 0 ? topic : topic.slice(0, end);
  return root.startsWith("$") || ROOTS.has(root);
}
