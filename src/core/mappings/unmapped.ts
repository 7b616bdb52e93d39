/** Collects the topics that nobody reads and that have numbers, so that an owner can map them. */
import type { MappingFields, UnmappedTopic } from "../../contract/mappings.ts";
import { setCached } from "../model/bounded-map.ts";
import type { Sample } from "./mapping-dialect.ts";
import { proposalsOf } from "./proposals.ts";
import { factsOf, type SampleFacts } from "./sample-facts.ts";
import { isCommandLevel } from "./topic-pattern.ts";

export interface Unmapped {
  /** A message that no dialect reads. Costs next to nothing where the topic was looked at a short time ago. */
  note(topic: string, payload: Uint8Array, atMs: number): void;
  /** Those that nobody reads now, in the order in which they were first seen, without their samples. */
  list(): UnmappedTopic[];
  sampleOf(topic: string): string | undefined;
  /** The last payloads, those of topics that are read by now included. Without what was longer than is kept. */
  samples(): Sample[];
}

export interface UnmappedOptions {
  /** Something reads the topic by now. */
  readonly isRead: (topic: string) => boolean;
  /** Whether a mapping could be added. */
  readonly isFree: (fields: MappingFields) => boolean;
}

interface Entry {
  readonly topic: string;
  readonly root: string;
  count: number;
  readonly firstAtMs: number;
  lastAtMs: number;
  lookedAtMs: number;
  sample: Uint8Array;
  isWhole: boolean;
  facts: SampleFacts;
  hasSeveralIds: boolean;
  /** When it was last asked. */
  isRead: boolean;
}

export const MAX_TOPICS = 1_000;
/** Random addresses of passing phones, below one level, must not take all that there is. */
export const MAX_TOPICS_OF_ROOT = 50;
export const MAX_SAMPLE_BYTES = 4 * 1024;
const LOOK_EVERY_MS = 10_000;
/** A look at so many bytes is one; a second has so many. */
const BYTES_OF_LOOK = 4 * 1024;
const LOOKS_A_SECOND = 200;
const MAX_NOTHING_IN = 10_000;
const MAX_TOPIC_CHARS = 512;
const MAX_LEVELS = 32;
/** A topic that was heard so often is not replaced by another one … */
const SETTLED_COUNT = 3;
/** … nor is one that was heard lately … */
const RECENT_MS = 60_000;
/** … unless it was not heard for so long. */
const GONE_MS = 24 * 3_600_000;

/** A few messages at once say nothing about the rate. */
const RATE_AFTER_MS = 10_000;

/** A level that says that the payload is for people who look for a fault. */
const LOGS: ReadonlySet<string> = new Set("log logs logging logger debug syslog trace".split(" "));

export function createUnmapped({ isRead, isFree }: UnmappedOptions): Unmapped {
  const entries = new Map<string, Entry>();
  const roots = new Map<string, Set<Entry>>();
  /** Topics with nothing in them, by when they were looked at. */
  const nothingIn = new Map<string, number>();
  let secondMs = 0;
  let looks = 0;

  function note(topic: string, payload: Uint8Array, atMs: number): void {
    const entry = entries.get(topic);
    if (entry !== undefined) {
      entry.count++;
      entry.lastAtMs = atMs;
      if (isDue(entry.lookedAtMs, atMs) && mayLook(payload, atMs)) lookAgain(entry, payload, atMs);
      return;
    }
    const lookedAtMs = nothingIn.get(topic);
    if ((lookedAtMs !== undefined && !isDue(lookedAtMs, atMs)) || !mayLook(payload, atMs)) return;
    const facts = isCollected(topic) ? factsOf(payload, atMs) : undefined;
    if (facts === undefined || !add(topic, facts, payload, atMs)) setCached(nothingIn, topic, atMs, MAX_NOTHING_IN);
    else nothingIn.delete(topic);
  }

  /** Also where the clock was set back. */
  const isDue = (lookedAtMs: number, atMs: number): boolean => Math.abs(atMs - lookedAtMs) >= LOOK_EVERY_MS;

  function mayLook({ length }: Uint8Array, atMs: number): boolean {
    if (Math.abs(atMs - secondMs) >= 1_000) {
      secondMs = atMs;
      looks = 0;
    }
    if (looks >= LOOKS_A_SECOND) return false;
    looks += 1 + length / BYTES_OF_LOOK;
    return true;
  }

  function lookAgain(entry: Entry, payload: Uint8Array, atMs: number): void {
    entry.lookedAtMs = atMs;
    const facts = factsOf(payload, atMs);
    if (facts === undefined) return;
    if (entry.facts.deviceId !== undefined && facts.deviceId !== undefined && facts.deviceId !== entry.facts.deviceId) {
      entry.hasSeveralIds = true;
    }
    Object.assign(entry, { facts, ...sampleOf(payload) });
  }

  function add(topic: string, facts: SampleFacts, payload: Uint8Array, atMs: number): boolean {
    const root = rootOf(topic);
    if (!makeSpaceFor(root, atMs)) return false;
    const entry: Entry = {
      topic,
      root,
      count: 1,
      firstAtMs: atMs,
      lastAtMs: atMs,
      lookedAtMs: atMs,
      ...sampleOf(payload),
      facts,
      hasSeveralIds: false,
      isRead: false,
    };
    entries.set(topic, entry);
    const ofRoot = roots.get(root);
    if (ofRoot === undefined) roots.set(root, new Set([entry]));
    else ofRoot.add(entry);
    return true;
  }

  /** One that is hardly heard goes for it. */
  function makeSpaceFor(root: string, atMs: number): boolean {
    const ofRoot = roots.get(root);
    if (ofRoot !== undefined && ofRoot.size >= MAX_TOPICS_OF_ROOT) return removeOne(ofRoot, atMs);
    return entries.size < MAX_TOPICS || removeOne(entries.values(), atMs);
  }

  function removeOne(some: Iterable<Entry>, atMs: number): boolean {
    let least: Entry | undefined;
    for (const entry of some) {
      const silentMs = atMs - entry.lastAtMs;
      const mayGo = entry.isRead || silentMs > GONE_MS || (silentMs > RECENT_MS && entry.count < SETTLED_COUNT);
      if (mayGo && (least === undefined || entry.lastAtMs < least.lastAtMs)) least = entry;
    }
    if (least === undefined) return false;
    entries.delete(least.topic);
    const ofRoot = roots.get(least.root);
    ofRoot?.delete(least);
    if (ofRoot?.size === 0) roots.delete(least.root);
    return true;
  }

  function list(): UnmappedTopic[] {
    for (const entry of entries.values()) entry.isRead = isRead(entry.topic);
    const unread = [...entries.values()].filter((entry) => !entry.isRead);
    const proposals = proposalsOf(unread, isFree);
    return unread.flatMap((entry) => {
      const { topic, count, firstAtMs, lastAtMs } = entry;
      const proposal = proposals.get(topic);
      if (proposal === undefined) return [];
      return [
        {
          topic,
          count,
          perMinute: perMinuteOf(entry),
          firstAt: new Date(firstAtMs).toISOString(),
          lastAt: new Date(lastAtMs).toISOString(),
          proposal,
        },
      ];
    });
  }

  return {
    note,
    list,
    sampleOf: (topic) => {
      const entry = entries.get(topic);
      return entry && lenientUtf8.decode(entry.sample);
    },
    samples: () =>
      [...entries.values()].filter(({ isWhole }) => isWhole).map(({ topic, sample }) => ({ topic, payload: sample })),
  };
}

const lenientUtf8 = new TextDecoder("utf-8");

const rootOf = (topic: string): string => topic.slice(0, Math.max(topic.indexOf("/", 1), 0)) || topic;

function isCollected(topic: string): boolean {
  if (topic.length > MAX_TOPIC_CHARS || topic.startsWith("$")) return false;
  const levels = topic.split("/", MAX_LEVELS + 1);
  return levels.length <= MAX_LEVELS && !levels.some((level) => isCommandLevel(level) || LOGS.has(level.toLowerCase()));
}

/** A copy: what came from the network is part of something larger. */
const sampleOf = (payload: Uint8Array): Pick<Entry, "sample" | "isWhole"> => ({
  sample: new Uint8Array(payload.subarray(0, MAX_SAMPLE_BYTES)),
  isWhole: payload.length <= MAX_SAMPLE_BYTES,
});

function perMinuteOf({ count, firstAtMs, lastAtMs }: Entry): number {
  const ms = lastAtMs - firstAtMs;
  return ms >= RATE_AFTER_MS ? Math.round(((count - 1) / ms) * 60_000 * 100) / 100 : 0;
}
