/** What the probe of retained messages is asked for, and what it answers. */
import type { Latency } from "./drive-spec.ts";

export interface RetainedSpec {
  host: string;
  port: number;
  /** Each gets one retained message that says its topic. */
  topics: readonly string[];
  filters: readonly { filter: string; matches: number }[];
  /** SUBSCRIBEs of each filter, one after the other. */
  repeats: number;
}

export interface FilterResult {
  filter: string;
  matches: number;
  /** All from the SUBSCRIBE's write. */
  suback: Latency;
  firstRetained: Latency;
  lastRetained: Latency;
  /** Of each SUBSCRIBE the longest round trip among an unrelated client's pings until the last retained message. */
  ping: Latency;
  /** SUBSCRIBEs that were not sent each matching message once, with its payload and the retain flag. */
  wrong: number;
}

export interface RetainedResult {
  loadedPerSecond: number;
  /** The same client's round trip while nobody subscribes. */
  quietPing: Latency;
  filters: FilterResult[];
}
