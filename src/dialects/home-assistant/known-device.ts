/** What is known of one device: its documents, its availability, its name and metrics. */
import type { MetricInfo } from "../../contract/metrics.ts";
import type { AttributeValue, DeviceId } from "../../contract/readings.ts";
import { type Availability, availabilityOf, type FoundAvailability, type HeardAvailability } from "./availability.ts";
import { COMPONENTS } from "./components.ts";
import { wordsIn } from "./config.ts";
import { DEVICE_FORM, type DiscoveryTopic } from "./discovery-topic.ts";
import { type DiscoveryDocument, documentOf } from "./document.ts";
import { buildEntity, type Entity } from "./entity.ts";
import { ATTRIBUTE_NAMES, aboutDevice, deviceNameOf } from "./identity.ts";
import type { EntityDecision, LearnedDocument } from "./learned-document.ts";
import { suffixed } from "./metric-names.ts";

export interface KnownEntity extends Entity {
  readonly id: string;
  readonly uniqueId: string | undefined;
  readonly decision: EntityDecision;
}

export interface KnownDocument {
  readonly deviceId: DeviceId;
  readonly key: string;
  readonly learned: LearnedDocument;
  readonly document: DiscoveryDocument;
  readonly entities: readonly KnownEntity[];
  readonly availabilities: readonly Availability[];
  readonly notUnderstood: readonly string[];
}

export interface KnownAvailability extends HeardAvailability {
  readonly availability: Availability;
  /** Documents that have it. */
  documents: number;
}

export interface KnownDevice {
  readonly id: DeviceId;
  /** By key. */
  readonly documents: Map<string, KnownDocument>;
  /** By their own keys. */
  readonly availabilities: Map<string, KnownAvailability>;
  /** Undefined: nothing was heard of it. */
  wasOnline: boolean | undefined;
  /** The attributes that were answered last; undefined: none yet. */
  shown: Shown | undefined;
  /** Attributes of its entities that were answered last. */
  readonly versions: Map<string, AttributeValue>;
  /** Found out when asked for; undefined: something was learned since. */
  infos: ReadonlyMap<string, MetricInfo> | undefined;
  about: ReadonlyMap<string, AttributeValue | null> | undefined;
}

interface Shown {
  readonly about: ReadonlyMap<string, AttributeValue | null>;
  readonly json: string;
  readonly atMs: number;
}

export const newDevice = (id: DeviceId): KnownDevice => ({
  id,
  documents: new Map(),
  availabilities: new Map(),
  wasOnline: undefined,
  shown: undefined,
  versions: new Map(),
  infos: undefined,
  about: undefined,
});

/** Everything in it is read again, so that a newer Aerie understands more of what was announced to an older one. */
export function knownDocument(deviceId: DeviceId, topic: DiscoveryTopic, learned: LearnedDocument): KnownDocument {
  const document = documentOf(learned.document, topic);
  const denied = new Set(learned.denied);
  const deviceName = deviceNameOf(document.device);
  const entities: KnownEntity[] = [];
  const known = new Map<string, FoundAvailability>();
  for (const entity of document.entities) {
    const decision = learned.entities.get(entity.id);
    if (decision === undefined) continue;
    const { observed } = decision;
    const built = buildEntity({ entity, observed, deviceName, denied }, COMPONENTS.get(entity.component));
    entities.push({ ...built, id: entity.id, uniqueId: wordsIn(entity.config, "unique_id"), decision });
    availabilityOf(entity.config, denied, known);
  }
  const found = [...known.values()];
  const availabilities = found.flatMap(({ availability }) => availability ?? []);
  const notUnderstood = [
    ...entities.flatMap((entity) => entity.notUnderstood),
    ...found.flatMap((each) => each.notUnderstood),
  ];
  return { deviceId, key: topic.key, learned, document, entities, availabilities, notUnderstood };
}

/** The name that the device gives itself. A document of one entity without a device names the entity. */
export function nameOfDevice({ documents }: KnownDevice): string | undefined {
  let name: string | undefined;
  for (const { document, key } of documents.values()) {
    const [only] = key.startsWith(`${DEVICE_FORM}/`) ? [] : document.entities;
    const ofEntity = document.device.size === 0 && only !== undefined ? wordsIn(only.config, "name") : undefined;
    name = deviceNameOf(document.device) ?? ofEntity ?? name;
  }
  return name;
}

export function infoOfMetric(device: KnownDevice, metric: string): MetricInfo | undefined {
  device.infos ??= new Map(
    [...device.documents.values()].flatMap(({ entities }) =>
      entities.flatMap(({ infos, decision }) =>
        [...infos].map(([suffix, info]) => [suffixed(decision.name, suffix), info] as const),
      ),
    ),
  );
  return device.infos.get(metric);
}

/** Of all that is not understood; together with all else it has to find room in a device's attributes. */
const MAX_NOT_UNDERSTOOD = 24;
const MAX_CHARS = 240;

/** Attributes; `null`: it has none of this name. */
export function attributesOf(device: KnownDevice): ReadonlyMap<string, AttributeValue | null> {
  if (device.about !== undefined) return device.about;
  const about = new Map<string, AttributeValue | null>(ATTRIBUTE_NAMES.map((name) => [name, null]));
  const notUnderstood = new Set<string>();
  for (const each of device.documents.values()) {
    for (const [name, value] of aboutDevice(each.document.device)) about.set(name, value);
    for (const what of each.notUnderstood) notUnderstood.add(what.slice(0, MAX_CHARS));
  }
  const shown = [...notUnderstood].slice(0, MAX_NOT_UNDERSTOOD);
  const more = notUnderstood.size - shown.length;
  if (more > 0) shown.push(`and ${more} more`);
  device.about = about.set("notUnderstood", shown.length === 0 ? null : shown);
  return device.about;
}
