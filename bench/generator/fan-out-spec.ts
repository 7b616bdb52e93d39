/** What one fan-out is asked for, and what it answers. */
import type { Latency } from "./drive-spec.ts";

export interface FanOutSpec {
  host: string;
  port: number;
  subscribers: number;
  /** Of the messages and of the subscriptions. */
  qos: 0 | 1;
  warmUpMs: number;
  /** Of each of the two stretches. */
  measuredMs: number;
  /** Messages that are on their way to some subscriber at the same time, in the stretch of full speed. */
  inFlight: number;
  targetPid: number;
}

export interface FanOutResult {
  /** Full speed. */
  deliveriesPerSecond: number;
  targetCpuUsADelivery: number;
  /** From a message's write to its arrival at the last subscriber, one message at a time. */
  latency: Latency;
  /** Both stretches and the warm-up. */
  published: number;
  deliveries: number;
  /** Deliveries that were not the next message for their subscriber: lost, doubled or out of order. */
  wrong: number;
  targetResidentMiB: number;
}
