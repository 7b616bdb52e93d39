/** Puts topics that one mapping would read into one group. */
import type { MappingFields, UnmappedTopic } from "../../../src/contract/mappings.ts";

export interface TopicGroup {
  /** The same while the list changes, so that what is open stays open. */
  readonly key: string;
  readonly proposal: MappingFields;
  readonly topics: readonly UnmappedTopic[];
  readonly count: number;
  readonly perMinute: number;
}

/** In the order in which their first topics were heard: a list that is read again does not jump. */
export function groupsOf(topics: readonly UnmappedTopic[]): TopicGroup[] {
  const groups = new Map<string, UnmappedTopic[]>();
  for (const topic of topics) {
    const key = `${topic.proposal.payload} ${topic.proposal.topic}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [topic]);
    else group.push(topic);
  }
  return [...groups].flatMap(([key, some]) => {
    const [first] = some;
    if (first === undefined) return [];
    const total = (of: (topic: UnmappedTopic) => number): number => some.reduce((sum, each) => sum + of(each), 0);
    const perMinute = total((topic) => topic.perMinute);
    return [{ key, proposal: first.proposal, topics: some, count: total(({ count }) => count), perMinute }];
  });
}
