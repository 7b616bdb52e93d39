/** The fields of a mapping for one number of a topic: those that the hub proposes, narrowed to that number. */
import type { MappingFields, UnmappedTopic } from "../../../../src/contract/mappings.ts";

export interface Making {
  readonly topic: string;
  /** Of the number in the payload; empty: the payload is the number. */
  readonly path: string;
}

const METRIC = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;

export function fieldsFor(
  { topic, path }: Making,
  topics: readonly Pick<UnmappedTopic, "topic" | "proposal">[],
): MappingFields {
  const proposal: MappingFields = topics.find((each) => each.topic === topic)?.proposal ?? {
    topic,
    payload: path === "" ? "value" : "json",
  };
  if (path === "" || proposal.payload !== "json") return proposal;
  const below = proposal.values === undefined ? "" : `${proposal.values}.`;
  const name = path.startsWith(below) ? path.slice(below.length) : path;
  const metric = proposal.rename?.[name] ?? name;
  return METRIC.test(metric) ? { ...proposal, only: [metric] } : proposal;
}
