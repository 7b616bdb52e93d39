/** Proposes a mapping for each topic that nobody reads: which level is the device, which the metric, and what the payload is. */
import type { MappingFields } from "../../contract/mappings.ts";
import { proposedNames } from "./proposed-names.ts";
import { mostGeneral, patternOf, patternsOf, rootsOf, treePattern } from "./proposed-pattern.ts";
import { type KnownTopic, type SplitTopic, splitTopic } from "./split-topic.ts";

/** What no pattern can say. */
const UNUSABLE = /[+#{}\p{Cc}]/u;

/** `isFree`: whether nothing reads topics of this mapping yet. Topics that belong together have the same mapping. */
export function proposalsOf(
  known: readonly KnownTopic[],
  isFree: (fields: MappingFields) => boolean,
): Map<string, MappingFields> {
  const topics = known.filter(({ topic }) => !UNUSABLE.test(topic)).map(splitTopic);
  const proposals = new Map<string, MappingFields>();
  for (const members of grouped(
    [...patternsFor(topics)],
    ([
      {
        known: { facts },
      },
      pattern,
    ]) => `${facts.payload} ${pattern}`,
  ).values()) {
    const some = members.map(([topic]) => topic);
    const fields = fieldsOf(members[0]?.[1] ?? "", some);
    const isUsable = isFree(fields);
    for (const topic of some)
      proposals.set(topic.known.topic, isUsable ? fields : fieldsOf(topic.known.topic, [topic]));
  }
  return proposals;
}

function patternsFor(topics: readonly SplitTopic[]): Map<SplitTopic, string> {
  const patterns = new Map<SplitTopic, string>();
  for (const ofRoot of grouped(topics, rootKey).values()) {
    const tree = treePattern(ofRoot);
    if (tree !== undefined) for (const topic of ofRoot) patterns.set(topic, tree);
  }
  const roots = rootsOf(topics);
  const rest = topics.filter((topic) => !patterns.has(topic));
  for (const alike of grouped(rest, (topic) => `${rootKey(topic)} ${topic.levels.length}`).values()) {
    const own = new Map<SplitTopic, string>();
    for (const peers of grouped(alike, ({ quantityAt }) => `${quantityAt}`).values()) {
      for (const topic of peers) own.set(topic, patternOf(topic, peers, roots));
    }
    const all = patternsOf(own.values());
    for (const [topic, pattern] of own) patterns.set(topic, mostGeneral(topic, pattern, all));
  }
  return patterns;
}

/** Of topics that one mapping could read. */
const rootKey = ({ levels, root, isNamed, known: { facts, hasSeveralIds } }: SplitTopic): string =>
  `${levels[root]} ${facts.payload} ${isNamed} ${hasSeveralIds}`;

function grouped<T>(all: readonly T[], keyOf: (each: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const key = keyOf(each);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return groups;
}

/** `topics` are of this pattern. */
function fieldsOf(pattern: string, topics: readonly SplitTopic[]): MappingFields {
  const all = topics.map(({ known }) => known.facts);
  const [first] = all;
  const time = all.find((facts) => facts.time !== undefined)?.time;
  const values = all.every((facts) => facts.values === first?.values) ? first?.values : undefined;
  const device = topics.every(({ known }) => known.hasSeveralIds) ? first?.device : undefined;
  const fields: MappingFields = {
    topic: pattern,
    payload: first?.payload ?? "value",
    ...(device !== undefined && { device }),
    ...(time !== undefined && { time }),
    ...(values !== undefined && { values }),
  };
  const { rename, units } = proposedNames(fields, topics);
  return {
    ...fields,
    ...(Object.keys(rename).length > 0 && { rename }),
    ...(Object.keys(units).length > 0 && { units }),
  };
}
