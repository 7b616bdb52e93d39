/** Reads `tasmota/discovery/<MAC>/config`: where a board publishes, and how it names itself. */
import type { DeviceId } from "../../contract/readings.ts";
import type { Publisher } from "../../core/dialects/dialect.ts";
import { type Fault, fault, ok, type Result } from "../../core/model/result.ts";
import { hasFixedRoot } from "../payload/fixed-roots.ts";
import { deviceIdOf } from "../payload/names.ts";
import { mayReplace, ownDeviceOf } from "../payload/own-device.ts";
import type { JsonObject } from "../payload/payload-text.ts";
import { type Announcement, type TasmotaMemory, textOf } from "./tasmota-memory.ts";
import { boardTopicOf } from "./tasmota-topic.ts";

export interface ReadAnnouncement {
  readonly deviceId: DeviceId;
  /** The board's name in its topics. */
  readonly topic: string;
  readonly announcement: Announcement;
}

/** Of each topic that a board publishes to. */
interface Topics {
  readonly command: string;
  readonly stat: string;
  readonly tele: string;
  readonly name: string;
}

/** What a board is called before its owner names it. */
const DEFAULT_NAMES: ReadonlySet<string> = new Set(["Tasmota", "Sonoff"]);
const MAX_NAME_CHARS = 128;
const MAX_RELAYS = 32;
const MAX_TOPIC_CHARS = 256;

export function readAnnouncement(
  json: JsonObject,
  mac: string,
  publisher: Publisher,
  memory: TasmotaMemory,
): Result<ReadAnnouncement> {
  const topics = topicsOf(json, mac);
  if (!topics.ok) return topics;
  const { command, stat, tele, name } = topics.value;
  const deviceId = ownDeviceOf("tasmota", publisher) ?? deviceIdOf("tasmota", name);
  const refused =
    rightsFault(deviceId, mac, publisher, memory) ?? topicsFault(topics.value, deviceId, publisher, memory);
  if (refused !== undefined) return { ok: false, fault: refused };
  const [off, on] = [stateWord(json, 0) ?? "OFF", stateWord(json, 1) ?? "ON"];
  const ownName = shortText(json["dn"]);
  const announcement: Announcement = {
    owner: publisher.id,
    mac,
    online: shortText(json["onln"]) ?? "Online",
    offline: shortText(json["ofln"]) ?? "Offline",
    states: [off, on],
    relays: relayNames(json["fn"]),
    ...(ownName !== undefined && !DEFAULT_NAMES.has(ownName) && { name: ownName }),
    ...(boardTopicOf(`${tele}SENSOR`) === undefined && { tele }),
    ...(boardTopicOf(`${stat}RESULT`) === undefined && publisher.mayPublish(`${stat}RESULT`) && { stat }),
    ...(publisher.maySubscribe(`${command}POWER`) && { command }),
  };
  return ok({ deviceId, topic: name, announcement });
}

function topicsOf(json: JsonObject, mac: string): Result<Topics> {
  const { t, ft, tp, hn } = json;
  const prefixes: readonly unknown[] = Array.isArray(tp) ? tp : [];
  const [command, stat, tele] = prefixes.map(topicText);
  const [topic, fullTopic, hostname] = [topicText(t), topicText(ft), topicText(hn)];
  if (
    topic === undefined ||
    fullTopic === undefined ||
    tele === undefined ||
    stat === undefined ||
    command === undefined
  ) {
    return fault("PAYLOAD_WRONG_SHAPE", "t, ft and tp say where a Tasmota publishes");
  }
  const filled = (prefix: string): string =>
    endedBySlash(
      fullTopic
        .replaceAll("%prefix%", () => prefix)
        .replaceAll("%topic%", () => topic)
        .replaceAll("%hostname%", () => hostname ?? "")
        .replaceAll("%id%", mac)
        .replaceAll("#", "")
        .replaceAll("//", "/"),
    );
  const topics = [command, stat, tele].map(filled);
  if (topics.some((each) => each.includes("+") || each.length > MAX_TOPIC_CHARS)) {
    return fault("PAYLOAD_WRONG_SHAPE", `the FullTopic ${shown(fullTopic)} makes no topics`);
  }
  const [ofCommand = "", ofStat = "", ofTele = ""] = topics;
  const name = boardTopicOf(`${ofTele}SENSOR`)?.name ?? topic;
  return ok({ command: ofCommand, stat: ofStat, tele: ofTele, name });
}

const topicText = (value: unknown): string | undefined => {
  const text = textOf(value);
  return text === undefined || text.length > MAX_TOPIC_CHARS ? undefined : text;
};

const endedBySlash = (topic: string): string => (topic.endsWith("/") ? topic : `${topic}/`);

/** The board with this MAC is of whoever announced it first. */
function rightsFault(deviceId: DeviceId, mac: string, publisher: Publisher, memory: TasmotaMemory): Fault | undefined {
  const isFree = (id: DeviceId): boolean => mayReplace(memory.announcementOf(id)?.owner, id, publisher);
  const former = memory.deviceOfMac(mac);
  if (isFree(deviceId) && (former === undefined || isFree(former))) return undefined;
  return { code: "ANNOUNCED_BY_ANOTHER", detail: `the board ${mac}` };
}

function topicsFault(
  { stat, tele }: Topics,
  deviceId: DeviceId,
  publisher: Publisher,
  memory: TasmotaMemory,
): Fault | undefined {
  if (!publisher.mayPublish(`${tele}SENSOR`)) {
    return { code: "TOPIC_NOT_OWN", detail: `it announces ${shown(tele)}, and may not publish there` };
  }
  for (const base of [tele, stat]) {
    if (hasFixedRoot(base)) {
      return { code: "PAYLOAD_WRONG_SHAPE", detail: `${shown(base)} belongs to another family: change FullTopic` };
    }
    const other = memory.baseOf(base)?.deviceId;
    if (other !== undefined && other !== deviceId) {
      return { code: "PAYLOAD_WRONG_SHAPE", detail: `${other} publishes to ${shown(base)}, too: change Topic` };
    }
  }
  return undefined;
}

const stateWord = (json: JsonObject, index: number): string | undefined => {
  const words = json["state"];
  return Array.isArray(words) ? shortText(words[index]) : undefined;
};

function relayNames(names: unknown): (string | null)[] {
  if (!Array.isArray(names)) return [];
  const own = names.slice(0, MAX_RELAYS).map((name) => {
    const text = shortText(name);
    return text === undefined || DEFAULT_NAMES.has(text) || /^(Tasmota|Sonoff)\d+$/.test(text) ? null : text;
  });
  return own.some((name) => name !== null) ? own : [];
}

/** Without control characters. */
const shortText = (value: unknown): string | undefined =>
  textOf(
    textOf(value)
      ?.replaceAll(/\p{Cc}/gu, "")
      .slice(0, MAX_NAME_CHARS),
  );

const shown = (text: string): string => text.slice(0, 80);
