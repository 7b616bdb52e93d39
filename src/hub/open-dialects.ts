/** Opens the dialects with what was learned about devices before. */
import type { TopicHolder } from "../core/access/topic-claims.ts";
import { createDescriptions, type Descriptions } from "../core/dialects/descriptions.ts";
import type { Dialects } from "../core/dialects/dialect.ts";
import { createLearnedBook, type LearnedBook } from "../core/dialects/learned-book.ts";
import { ownerMetricsOf } from "../core/dialects/owner-metrics.ts";
import type { HardwareBook } from "../core/hardware/hardware-book.ts";
import { createMappingBook, type MappingBook } from "../core/mappings/mapping-book.ts";
import { createTrial, type Trial } from "../core/mappings/trial.ts";
import { createUnmapped, type Unmapped } from "../core/mappings/unmapped.ts";
import { createDialects } from "../dialects/dialects.ts";
import { FAMILY_DIALECTS } from "../dialects/families.ts";
import { createMappingDialect } from "../dialects/mapping/mapping.ts";
import { inflate } from "../platform/inflate.ts";
import type { PartOptions } from "./hub-options.ts";
import type { Storage } from "./open-storage.ts";

export interface DialectParts {
  readonly dialects: Dialects;
  /** What is known of names and metrics. */
  readonly descriptions: Descriptions;
  readonly learned: LearnedBook;
  readonly mappingParts: MappingParts;
}

export interface MappingParts {
  readonly mappings: MappingBook;
  readonly tryMapping: Trial;
  /** Topics that nobody reads. */
  readonly unmapped: Unmapped;
}

export interface DialectsOptions extends Pick<PartOptions, "clock" | "log"> {
  readonly storage: Pick<Storage, "hubFile" | "keptOfHub">;
  readonly hardware: HardwareBook;
}

export function openDialects({ clock, log, storage, hardware }: DialectsOptions): DialectParts {
  const { hubFile, keptOfHub } = storage;
  const { learned: stored } = keptOfHub;
  const dialect = createMappingDialect();
  const dialects = createDialects([...FAMILY_DIALECTS.map((create) => create({ inflate })), dialect]);
  const descriptions = createDescriptions(dialects, hardware);
  for (const each of stored) {
    const metrics = ownerMetricsOf(each);
    if (metrics !== undefined) descriptions.setByOwner(each.deviceId, metrics);
  }
  const learned = createLearnedBook({ dialects, descriptions, stored });
  const kept = keptOfHub.mappings;
  const mappings = createMappingBook({ dialect, dialects, descriptions, hubFile, stored: kept, clock, log });
  const unmapped = createUnmapped({
    isRead: (topic) => dialects.claimedBy(topic) !== undefined,
    isFree: (fields) => mappings.faultOf(fields) === undefined,
  });
  const tryMapping = createTrial({ dialect, unmapped, clock });
  return { dialects, descriptions, learned, mappingParts: { mappings, unmapped, tryMapping } };
}

/** Topics that no board's credential is given. */
export const topicHoldersIn = (dialects: Pick<Dialects, "baseTopics">): TopicHolder[] =>
  dialects
    .baseTopics()
    .map((topic) => ({ label: `the bridge ${topic}`, topics: { own: [`${topic}/#`], discovery: [], groups: [] } }));
