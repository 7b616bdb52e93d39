/** Reads the topics of discovery documents: `<prefix>/<component>/[<node>/]<object>/config`. */

export interface DiscoveryTopic {
  /** `sensor`, `switch`; `device`: the document describes several. */
  readonly component: string;
  readonly node: string | undefined;
  readonly object: string;
  /** The topic without the prefix: what its document is kept under. */
  readonly key: string;
}

export const DEVICE_FORM = "device";

const COMPONENT = /^\w+$/;
const ID = /^[A-Za-z0-9_-]+$/;

/** Undefined: it is none. */
export function discoveryTopicOf(topic: string, prefix: string): DiscoveryTopic | undefined {
  if (!topic.startsWith(`${prefix}/`) || !topic.endsWith("/config")) return undefined;
  const key = topic.slice(prefix.length + 1);
  const levels = key.split("/");
  const [component = "", ...ids] = levels.slice(0, -1);
  const object = ids.at(-1);
  if (object === undefined || ids.length > 2 || !COMPONENT.test(component) || !ids.every((id) => ID.test(id))) {
    return undefined;
  }
  return { component, node: ids.length === 2 ? ids[0] : undefined, object, key };
}
