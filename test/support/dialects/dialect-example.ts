/** What an example of the table in docs/devices.md is: a message of a board, and what the hub makes of it. Types only. */
import type { UPayload } from "sparkplug-payload/lib/sparkplugbpayload.js";
import type { MappingFields } from "../../../src/contract/mappings.ts";

/** An object: a payload of Sparkplug B, as its specification writes it. */
export type ExamplePayload = string | UPayload;

/** `becomes`: one line for each part; none: it is carried to subscribers, and nothing of it is stored. */
export type DialectExample = readonly [topic: string, payload: ExamplePayload, ...becomes: string[]];

/** Messages to one hub, in their order. It has heard nothing before. */
export interface ExampleGroup {
  readonly title: string;
  /** That the board gives in its CONNECT. */
  readonly userName?: string;
  /** Of the owner. */
  readonly mappings?: readonly MappingFields[];
  readonly examples: readonly DialectExample[];
}
