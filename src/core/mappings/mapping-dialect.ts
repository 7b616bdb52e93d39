/** What the list of mappings asks of the dialect that reads by them. Types only. */
import type { Mapping, MappingFields } from "../../contract/mappings.ts";
import type { Part } from "../dialects/parsed-message.ts";

/** A message of the past, for a mapping that is tried. */
export interface Sample {
  readonly topic: string;
  readonly payload: Uint8Array;
}

export interface MappingDialect {
  /** From now on these are read, the first that fits a topic. */
  set(mappings: readonly Mapping[]): void;
  /** What this mapping would make of a message; undefined: its topic is not of the mapping. Nothing is remembered. */
  tryOn(fields: MappingFields): (sample: Sample) => readonly Part[] | undefined;
  /** The last messages of some topics that mappings read. */
  samples(): readonly Sample[];
}
