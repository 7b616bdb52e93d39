/** The Homie dialect: versions 2 to 4 with an attribute a topic, and version 5 with a description. homieiot.github.io */
import type { DeviceId } from "../../contract/readings.ts";
import type { Dialect, DialectPresence, TopicReader } from "../../core/dialects/dialect.ts";
import { createHomieBook } from "./homie-book.ts";
import { createHomieReader, readNothing } from "./homie-reader.ts";
import { addressesIn, announcementIn, type HomieAddress, isFive, usualAddressIn } from "./homie-topic.ts";

/** Below it, Homie devices are only those that said so: it is Aerie's own. */
const NATIVE_BASE = "devices";

export function createHomie(): Dialect {
  const book = createHomieBook();
  const reader = createHomieReader(book);

  function claim(topic: string): TopicReader | undefined {
    const announcement = announcementIn(topic);
    if (announcement !== undefined && isAnnouncement(announcement)) return reader.announcementAt(announcement);
    const known = addressesIn(topic).find((address) => book.idAt(address) !== undefined);
    const usual = known ?? usualAddressIn(topic);
    if (usual === undefined) return topic.startsWith("homie/") ? readNothing : undefined; // such as homie/$broadcast
    return reader.at(usual) ?? (usual.base === NATIVE_BASE ? undefined : readNothing);
  }

  /** In version 5 a description and states announce; `homie/5/$state` is that of a device of version 4 called 5. */
  const isAnnouncement = ({ base, below: [attribute] }: HomieAddress): boolean =>
    isFive(base) === (attribute !== "$homie");

  function presenceOf(deviceId: DeviceId): DialectPresence | undefined {
    const isAsleep = reader.stateOf(deviceId) === "sleeping";
    const root = book.rootOf(deviceId);
    if (root === undefined) return isAsleep ? { isAsleep } : undefined;
    // Its root's last will says nothing of it: where the root is lost, so is the device. [Homie 5, Device hierarchy]
    const ofRoot = reader.stateOf(root);
    const bridge = ofRoot === undefined ? undefined : ofRoot === "lost" ? "offline" : "online";
    return { radio: { bridge, isMainsPowered: false }, isAsleep };
  }

  return {
    family: "homie",
    claim,
    learn: book.learn,
    nameOf: book.nameOf,
    metricInfo: book.metricInfo,
    presenceOf,
  };
}
