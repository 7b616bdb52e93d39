/** Reads what a Shelly announces of itself: name, model, firmware, addresses. */
import type { DeviceId } from "../../contract/readings.ts";
import type { DialectMessage } from "../../core/dialects/dialect.ts";
import type { LearnedPart, ParsedMessage, Part } from "../../core/dialects/parsed-message.ts";
import { fault, ok, type Result } from "../../core/model/result.ts";
import { deviceIdOf } from "../payload/names.ts";
import { ownDeviceOf } from "../payload/own-device.ts";
import { type JsonObject, jsonObjectOf } from "../payload/payload-text.ts";
import type { ShellyParts } from "./gen1-messages.ts";
import { type Identified, identify } from "./identify.ts";
import { KEYS, type ShellyMemory, textOf } from "./shelly-memory.ts";
import { ROOT } from "./shelly-topic.ts";

/** `prefix`: of the topic; undefined: it came on `shellies/announce`, which all share. */
export type AnnouncementReader = (prefix: string | undefined, message: DialectMessage) => ParsedMessage;

const MAX_NAME_CHARS = 128;

export function createAnnouncementReader({ memory, attributes }: Omit<ShellyParts, "recent">): AnnouncementReader {
  function read(prefix: string | undefined, json: JsonObject, message: DialectMessage): readonly (Part | undefined)[] {
    const identified = deviceOf(memory, prefix, json, message);
    if (!identified.ok) return [{ kind: "refused", deviceId: undefined, fault: identified.fault }];
    const { deviceId, learned } = identified.value;
    const about: [string, unknown][] = [
      ["model", json["model"]],
      ["mac", json["mac"]],
      ["ip", json["ip"]],
      ["firmware", json["fw_ver"] ?? json["ver"]],
      ["app", json["app"]],
      ["profile", json["profile"] ?? json["mode"]],
    ];
    return [learned, nameLearned(deviceId, json), attributes.partOf(deviceId, about, message.receivedAtMs)];
  }

  /** `null`: it has no name any more. Generation 1 does not say its name. */
  function nameLearned(deviceId: DeviceId, json: JsonObject): LearnedPart | undefined {
    const said = json["name"];
    if (said === undefined) return undefined;
    const name = textOf(
      textOf(said)
        ?.replaceAll(/\p{Cc}/gu, "")
        .slice(0, MAX_NAME_CHARS),
    );
    if (name === memory.ownNameOf(deviceId)) return undefined;
    const data = name === undefined ? undefined : JSON.stringify({ name });
    return { kind: "learned", family: "shelly", deviceId, key: KEYS.name, data };
  }

  return (prefix, message) => {
    if (message.payload.length === 0) return { kind: "parts", parts: [] };
    const json = jsonObjectOf(message.payload);
    const parts = json.ok
      ? read(prefix, json.value, message)
      : [{ kind: "refused" as const, deviceId: undefined, fault: json.fault }];
    return { kind: "parts", parts: parts.filter((part) => part !== undefined) };
  };
}

function deviceOf(
  memory: ShellyMemory,
  prefix: string | undefined,
  json: JsonObject,
  { publisher }: DialectMessage,
): Result<Identified> {
  const id = textOf(json["id"]);
  if (id === undefined || id.length > MAX_NAME_CHARS) return fault("PAYLOAD_WRONG_SHAPE", "its id is missing");
  const own = ownDeviceOf("shelly", publisher);
  if (own !== undefined) return ok({ deviceId: own, learned: undefined });
  const isGen1 = json["gen"] === undefined;
  const publishesTo = prefix ?? (isGen1 ? `${ROOT}${id}` : laterPrefix(memory, id));
  // On the topic that all share, everybody could speak for everybody.
  return publisher.mayPublish(`${publishesTo}/online`)
    ? identify(memory, publishesTo, isGen1 ? undefined : id, publisher)
    : fault("TOPIC_NOT_OWN", `it announces ${id.slice(0, 80)}, and may not publish its topics`);
}

/** Until it is heard elsewhere it is where every board is that has the default prefix. */
const laterPrefix = (memory: ShellyMemory, id: string): string =>
  memory.identityOf(memory.deviceOfSrc(id) ?? deviceIdOf("shelly", id))?.prefix ?? id;
