/** Everything that was learned of devices with discovery, and which topics are theirs. */
import type { DeviceId } from "../../contract/readings.ts";
import { discoveryTopicOf } from "./discovery-topic.ts";
import type { Source } from "./entity.ts";
import {
  type KnownAvailability,
  type KnownDevice,
  type KnownDocument,
  type KnownEntity,
  knownDocument,
  newDevice,
} from "./known-device.ts";
import { readLearned } from "./learned-document.ts";
import { createTopicIndex, type TopicEntry } from "./topic-index.ts";

/** What a topic is for. */
export type TopicUse =
  | {
      readonly kind: "state";
      readonly device: KnownDevice;
      readonly document: KnownDocument;
      readonly entity: KnownEntity;
      readonly source: Source;
    }
  /** `index`: of the availability's topics. */
  | {
      readonly kind: "availability";
      readonly device: KnownDevice;
      readonly heard: KnownAvailability;
      readonly index: number;
    };

export interface DeviceMemory {
  /** True: topics came or went. */
  learn(deviceId: DeviceId, key: string, data: string | undefined): boolean;
  device(deviceId: DeviceId): KnownDevice | undefined;
  /** The document of this discovery topic. */
  document(key: string): KnownDocument | undefined;
  /** What is done with a message of this topic; it changes with what is learned. */
  uses(topic: string): readonly TopicEntry<TopicUse>[];
}

export function createDeviceMemory(prefix: string): DeviceMemory {
  const devices = new Map<DeviceId, KnownDevice>();
  const documents = new Map<string, KnownDocument>();
  const index = createTopicIndex<TopicUse>();
  /** What each document brought into the index. */
  const usesOf = new Map<KnownDocument, readonly (readonly [topic: string, use: TopicUse])[]>();

  function learn(deviceId: DeviceId, key: string, data: string | undefined): boolean {
    const topic = discoveryTopicOf(`${prefix}/${key}`, prefix);
    const learned = data === undefined ? undefined : readLearned(data);
    const device = devices.get(deviceId) ?? newDevice(deviceId);
    const former = device.documents.get(key);
    const isRead = topic !== undefined && learned !== undefined;
    // The new one comes before the former goes: topics that both have stay where they are.
    const hasNew = isRead && add(device, knownDocument(deviceId, topic, learned));
    const hasLost = former !== undefined && drop(device, former);
    device.infos = undefined;
    device.about = undefined;
    if (device.documents.size === 0) devices.delete(deviceId);
    else devices.set(deviceId, device);
    return hasNew || hasLost;
  }

  function add(device: KnownDevice, document: KnownDocument): boolean {
    device.documents.set(document.key, document);
    documents.set(document.key, document);
    const uses = [...statesOf(device, document), ...availabilitiesOf(device, document)];
    usesOf.set(document, uses);
    let hasNew = false;
    for (const [topic, use] of uses) hasNew = index.add(topic, use) || hasNew;
    return hasNew;
  }

  function drop(device: KnownDevice, document: KnownDocument): boolean {
    if (device.documents.get(document.key) === document) device.documents.delete(document.key);
    if (documents.get(document.key) === document) documents.delete(document.key);
    let hasLost = false;
    for (const [topic, use] of usesOf.get(document) ?? []) hasLost = index.remove(topic, use) || hasLost;
    usesOf.delete(document);
    for (const { key } of document.availabilities) {
      const heard = device.availabilities.get(key);
      if (heard === undefined) continue;
      heard.documents -= 1;
      if (heard.documents === 0) device.availabilities.delete(key);
    }
    return hasLost;
  }

  return {
    learn,
    device: (deviceId) => devices.get(deviceId),
    document: (key) => documents.get(key),
    uses: index.match,
  };
}

const statesOf = (device: KnownDevice, document: KnownDocument): [string, TopicUse][] =>
  document.entities.flatMap((entity) =>
    entity.sources.map((source): [string, TopicUse] => [
      source.topic,
      { kind: "state", device, document, entity, source },
    ]),
  );

function availabilitiesOf(device: KnownDevice, document: KnownDocument): [string, TopicUse][] {
  return document.availabilities.flatMap((availability) => {
    const heard = device.availabilities.get(availability.key) ?? {
      availability,
      said: new Map(),
      latest: undefined,
      documents: 0,
    };
    heard.documents += 1;
    device.availabilities.set(availability.key, heard);
    return availability.topics.map(({ topic }, index): [string, TopicUse] => [
      topic,
      { kind: "availability", device, heard, index },
    ]);
  });
}
