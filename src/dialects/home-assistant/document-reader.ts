/** Reads discovery documents: who may announce what, which device it is, how its metrics are called. */

import type { DeviceId } from "../../contract/readings.ts";
import type { DialectMessage, Publisher } from "../../core/dialects/dialect.ts";
import { MAX_ENTRY_CHARS } from "../../core/dialects/learned-limit.ts";
import type { LearnedPart, ParsedMessage, Part } from "../../core/dialects/parsed-message.ts";
import type { Fault } from "../../core/model/result.ts";
import { deviceIdOf } from "../payload/names.ts";
import { mayReplace, ownDeviceOf } from "../payload/own-device.ts";
import { jsonObjectOf, withoutEnd } from "../payload/payload-text.ts";
import { wordsIn } from "./config.ts";
import type { DeviceMemory } from "./device-memory.ts";
import type { DiscoveryTopic } from "./discovery-topic.ts";
import { type DiscoveryDocument, documentOf, type EntityConfig } from "./document.ts";
import { callNamesOf, identifierOf } from "./identity.ts";
import type { KnownDevice, KnownDocument, KnownEntity } from "./known-device.ts";
import { type EntityDecision, withoutUseless, writeLearned } from "./learned-document.ts";
import { metricsOf, nameOfEntity } from "./metric-names.ts";
import { hasWildcard } from "./topic-index.ts";
import { deniedTopics } from "./topic-rights.ts";

/** Topics that a refusal names. */
const MAX_NAMED = 3;

const NOTHING: ParsedMessage = { kind: "parts", parts: [] };

export function readDocument(topic: DiscoveryTopic, message: DialectMessage, memory: DeviceMemory): ParsedMessage {
  const { payload, publisher } = message;
  const former = memory.document(topic.key);
  const owner = former?.learned.by;
  if (former !== undefined && !mayReplace(owner, former.deviceId, publisher)) {
    return refused(former.deviceId, { code: "ANNOUNCED_BY_ANOTHER", detail: `${owner} announced it` });
  }
  // A last will that was kept through a restart: nobody knows its publisher's rights any more.
  if (!publisher.mayPublish(message.topic)) return refused(former?.deviceId, { code: "TOPIC_NOT_OWN" });
  if (withoutEnd(payload).length === 0) return removed(former);
  if (payload.length > MAX_ENTRY_CHARS) return refused(former?.deviceId, { code: "DESCRIPTION_TOO_LARGE" });
  const json = jsonObjectOf(payload);
  if (!json.ok) return refused(former?.deviceId, json.fault);
  const document = documentOf(json.value, topic);
  if (document.isMigration || isOfAerie(document)) return NOTHING;
  if (document.entities.length === 0) return removed(former);
  return announced({ topic, document, json: json.value, publisher, former, memory });
}

const refused = (deviceId: DeviceId | undefined, fault: Fault): ParsedMessage => ({
  kind: "parts",
  parts: [{ kind: "refused", deviceId, fault }],
});

const removed = (former: KnownDocument | undefined): ParsedMessage =>
  former === undefined ? NOTHING : { kind: "parts", parts: [learned(former.deviceId, former.key, undefined)] };

const learned = (deviceId: DeviceId, key: string, data: string | undefined): LearnedPart => ({
  kind: "learned",
  family: "ha",
  deviceId,
  key,
  data,
});

/** Another hub, or this one, announces its own devices: they would come back as others. */
const isOfAerie = ({ originName }: DiscoveryDocument): boolean => /^aerie\b/i.test(originName ?? "");

interface Announcement {
  readonly topic: DiscoveryTopic;
  readonly document: DiscoveryDocument;
  readonly json: Parameters<typeof withoutUseless>[0];
  readonly publisher: Publisher;
  readonly former: KnownDocument | undefined;
  readonly memory: DeviceMemory;
}

function announced(announcement: Announcement): ParsedMessage {
  const { topic, document, json, publisher, former, memory } = announcement;
  const deviceId = deviceOf(announcement);
  const names = former?.deviceId === deviceId ? former.learned.entities : undefined;
  const entities = decided(announcement, names, memory.device(deviceId));
  const denied = deniedTopics(document, publisher);
  const data = writeLearned({ by: publisher.id, denied, entities, document: withoutUseless(json) });
  const parts: Part[] = [];
  if (former !== undefined && former.deviceId !== deviceId) parts.push(learned(former.deviceId, topic.key, undefined));
  parts.push(learned(deviceId, topic.key, data));
  const exact = denied.filter((each) => !hasWildcard(each));
  if (exact.length > 0) parts.push({ kind: "refused", deviceId, fault: deniedFault(exact) });
  return { kind: "parts", parts };
}

function deniedFault(denied: readonly string[]): Fault {
  const named = denied.slice(0, MAX_NAMED).map((topic) => JSON.stringify(topic.slice(0, 80)));
  const more = denied.length > MAX_NAMED ? ` and ${denied.length - MAX_NAMED} more` : "";
  return { code: "TOPIC_NOT_OWN", detail: `the announcement names ${named.join(", ")}${more}` };
}

/** A board with a credential is its own device, whatever it calls itself. */
function deviceOf({ topic, document, publisher, memory }: Announcement): DeviceId {
  const own = ownDeviceOf("ha", publisher);
  if (own !== undefined) return own;
  const identifier = identifierOf(document, topic);
  const deviceId = deviceIdOf("ha", identifier);
  const others = [...(memory.device(deviceId)?.documents.values() ?? [])];
  const isFree = others.every(({ key, learned }) => key === topic.key || mayReplace(learned.by, deviceId, publisher));
  // Nobody speaks for a device that another client announced: what it calls so is a device of its own.
  return isFree ? deviceId : deviceIdOf("ha", identifier, publisher.id);
}

/** Names stay as they were once given. */
function decided(
  { topic, document }: Announcement,
  former: KnownDocument["learned"]["entities"] | undefined,
  device: KnownDevice | undefined,
): Map<string, EntityDecision> {
  const others = [...(device?.documents.values() ?? [])].filter(({ key }) => key !== topic.key);
  const known = others.flatMap(({ entities }) => entities);
  const taken = new Set(known.flatMap(({ component, decision }) => metricsOf(component, decision.name)));
  const callNames = callNamesOf(document, topic);
  const decisions = new Map<string, EntityDecision>();
  for (const entity of document.entities) {
    const decision = former?.get(entity.id) ??
      sameEntity(entity, known)?.decision ?? { name: nameOfEntity(entity, callNames, (metric) => taken.has(metric)) };
    decisions.set(entity.id, decision);
    for (const metric of metricsOf(entity.component, decision.name)) taken.add(metric);
  }
  return decisions;
}

/** It moves from one document to another: from a document of its own into that of its device. */
function sameEntity({ component, config }: EntityConfig, known: readonly KnownEntity[]): KnownEntity | undefined {
  const uniqueId = wordsIn(config, "unique_id");
  if (uniqueId === undefined) return undefined;
  return known.find((each) => each.component === component && each.uniqueId === uniqueId);
}
