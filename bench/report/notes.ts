/** Says under the tables how their figures came about. */
import type { BenchOptions } from "../run/options.ts";

export function notes({ boards, connected, pairs, seconds, warmUpSeconds, cpuProf }: BenchOptions): string {
  const slowed = cpuProf
    ? "  !!! --cpu-prof: the hub was profiled and bare Aedes was not; no figure above compares them\n\n"
    : "";
  return `${slowed}  How this was measured
  - Both peers, one at a time, each a fresh process with an empty store, driven by the same generator in a process of
    its own on the same cores; ${pairs} interleaved pairs, ${warmUpSeconds} s warm-up, ${seconds} s measured. Median (least – greatest).
  - ${boards} boards, one connection each, readings of 14 metrics that vary; half of the boards give their own instants (epoch
    ms and ISO 8601 in turn). Bare Aedes has no option and no hook set, no subscriber, and stores nothing.
  - QoS 1: up to 32 unacknowledged messages a board. QoS 0: every hundredth message of a board is sent at QoS 1, for both
    peers, and at most three such hundreds are under way a board: a PUBACK says that all before it was processed (by
    Aerie: is on disk). A rate is what was acknowledged, from the first message to the last PUBACK.
  - Under full load a PUBACK's latency is mostly the wait behind the other messages of the windows.
  - Programs read: each asks for the next as soon as it has one, charts of all metrics to 10,000 points and pages of 10,000
    readings in turn; the budget of the p99 is 2 × that of the same hub unread + 20 ms.
  - CPU is user and system time of the whole process, all threads, over the same stretch.
  - Publish → browser is from the publisher's write to the page's event handler, all browsers together, in one process.
  - Carried: ${boards} clients publish 200 bytes to plant/<n>/state, QoS 1 and 2 with up to 50 unacknowledged each, QoS 0 as above.
    The subscriber, in the generator's process, takes plant/# at QoS 0; what it is too slow for is dropped by Aerie and has to be counted (bare Aedes slows the publishers).
  - Fan-out: publisher and subscribers are in one process, QoS 1 is acknowledged. The publisher has a bounded number of
    messages under way and waits for the slowest subscriber; "one message" is sent 20 ms after the last had arrived.
  - Boards: ${connected} connections from one address, a hundred at a time; memory is resident memory. Each board sends a reading
    each 5 s, QoS 1, for ${warmUpSeconds + 2 * seconds} s.
  - MongoDB: each peer of a round in turn, mongod alone (no replica set, journalled, w: 1) on the same cores, fresh for each.
    The classic stack is mosquitto, a mqtt.js subscriber at QoS 1, one insertOne a message with the same write concern and a
    Socket.IO event; 12,000 messages as fast as the broker takes them, counted until all are in MongoDB.
  - Retained: another client pings, one ping after the other, until the last retained message has come; of each SUBSCRIBE
    its longest round trip counts.
  - Alerts: a fire is one reading, with a rule and a webhook of its own; its time is from PUBACK to the receipt of the request. Rules that
    cost hold for 1 or 100 of 1,000 boards each and are never reached; the main thread's time is what the kernel counts. Those that are on from
    the start fire whenever a board sees a flame, which is in each hundredth reading of that load, and of no other. The hall's devices send within a second.
  - Dashboard: headless Chromium on the same cores, watched for 5 × the measured time (--seconds 120: ten minutes), while twenty devices
    of 10,000 connect, send and are cut off, in turn each two seconds, and get in and out of an alert.
`;
}
