/** Says under the tables how their figures came about. Measures nothing. */
import type { BenchOptions } from "./options.ts";

export function notes({ boards, pairs, seconds, warmUpSeconds }: BenchOptions): string {
  return `  How this was measured
  - Both peers, one at a time, each a fresh process with an empty store, driven by the same generator in a process of
    its own on the same cores; ${pairs} interleaved pairs, ${warmUpSeconds} s warm-up, ${seconds} s measured. Median (least – greatest).
  - ${boards} boards, one connection each, readings of 14 metrics that vary; half of the boards give their own instants (epoch
    ms and ISO 8601 in turn). Bare Aedes has no option and no hook set, no subscriber, and stores nothing.
  - QoS 1: up to 32 unacknowledged messages a board. QoS 0: every hundredth message of a board is sent at QoS 1, for both
    peers, and at most three such hundreds are under way a board: a PUBACK says that all before it was processed (by
    Aerie: is on disk). A rate is what was acknowledged, from the first message to the last PUBACK.
  - Under full load a PUBACK's latency is mostly the wait behind the other messages of the windows.
  - CPU is user and system time of the whole process, all threads, over the same stretch.
  - Publish → browser is from the publisher's write to the page's event handler, all browsers together, in one process.
`;
}
