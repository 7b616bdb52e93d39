/** The tables of what the hub does as a broker for anybody: carrying, fan-out, many boards, retained. */

import type { FilterResult, RetainedResult } from "../generator/retained-spec.ts";
import { figure } from "../helpers/figure.ts";
import { table } from "../helpers/table.ts";
import type { Pair, RunRecord } from "../run/bench-run.ts";
import { compared, comparedHead, difference, ranged, ratio } from "../run/compared.ts";
import type { BoardsResult } from "../sections/boards.ts";
import type { CarryResult } from "../sections/carry.ts";
import type { FanOutOutcome } from "../sections/fan-out.ts";
import type { RetainedOutcome } from "../sections/retained.ts";

const LAST_ACK = ["", "PUBACK", "PUBCOMP"] as const;

export function carryTable({ qos, hasSubscriber, pairs }: CarryResult): string {
  const rows = [
    comparedHead(`carried at QoS ${qos}, ${hasSubscriber ? "one subscriber" : "no subscriber"}`),
    compared("messages a second", pairs, ({ result }) => result.perSecond, 0, ratio),
  ];
  if (hasSubscriber) {
    rows.push(compared("deliveries a second", pairs, ({ result }) => result.taken?.perSecond ?? 0, 0, ratio));
    const lost = ({ result }: RunRecord): number => result.totalAcknowledged - (result.taken?.total ?? 0);
    rows.push(compared("acknowledged and not delivered", pairs, lost, 0));
    rows.push(compared("of these counted as dropped", pairs, ({ dropped }) => dropped ?? Number.NaN, 0));
  }
  rows.push(
    compared("CPU µs a message, its process", pairs, ({ result }) => result.targetCpuUsAMessage, 1, difference),
    compared("CPU µs a message, the generator", pairs, ({ result }) => result.generatorCpuUsAMessage, 1),
    compared("memory after the run, MiB", pairs, ({ result }) => result.targetResidentMiB, 0),
  );
  if (qos > 0) {
    rows.push(compared(`${LAST_ACK[qos]} p50 ms under that load`, pairs, ({ result }) => result.latency.p50Ms, 1));
    rows.push(compared(`${LAST_ACK[qos]} p99 ms under that load`, pairs, ({ result }) => result.latency.p99Ms, 1));
  }
  return table(rows);
}

export function fanOutTable({ qos, subscribers, inFlight, pairs }: FanOutOutcome): string {
  return table([
    comparedHead(`QoS ${qos}, one publisher to ${figure(subscribers)} subscribers`),
    compared(`deliveries a second, ${inFlight} messages under way`, pairs, (run) => run.deliveriesPerSecond, 0, ratio),
    compared("CPU µs a delivery, its process", pairs, (run) => run.targetCpuUsADelivery, 1, difference),
    compared("one message: last delivery p50 ms", pairs, ({ latency }) => latency.p50Ms, 1, ratio),
    compared("one message: last delivery p99 ms", pairs, ({ latency }) => latency.p99Ms, 1),
    compared("deliveries", pairs, (run) => run.deliveries, 0),
    compared("memory after the run, MiB", pairs, (run) => run.targetResidentMiB, 0),
  ]);
}

/** The budget of issue 3: 1.3 × the memory of bare Aedes with the same clients, + 80 MB. */
const allowedMiB = (bareMiB: number): number => 1.3 * bareMiB + 80e6 / 2 ** 20;

/** What the budget leaves, pair by pair. */
function budgetRow(title: string, pairs: readonly Pair<RunRecord>[], read: (run: RunRecord) => number): string[] {
  const allowed = pairs.map(({ bare }) => allowedMiB(read(bare)));
  const left = pairs.map(({ aerie }, index) => (allowed[index] ?? Number.NaN) - read(aerie));
  const verdict = left.every((leftMiB) => leftMiB >= 0) ? "within" : "OVER";
  return [title, "", `≤ ${ranged(allowed, 0)}`, `${verdict}, ${ranged(left, 0)} left`];
}

export function boardsTable({ connected, ratePerSecond, idleSeconds, pairs }: BoardsResult): string {
  const idle = ({ result }: RunRecord): number => result.idleResidentMiB;
  const after = ({ result }: RunRecord): number => result.targetResidentMiB;
  return table([
    comparedHead(`${figure(connected)} connected boards`),
    compared("connects a second", pairs, ({ result }) => result.connectsPerSecond, 0, ratio),
    compared(`memory ${idleSeconds} s after the last, MiB`, pairs, idle, 0, ratio),
    budgetRow("  the budget: 1.3 × bare + 80 MB", pairs, idle),
    compared(`memory after ${figure(ratePerSecond)} readings/s, MiB`, pairs, after, 0, ratio),
    budgetRow("  the budget: 1.3 × bare + 80 MB", pairs, after),
    compared("readings a second", pairs, ({ result }) => result.perSecond, 0),
    compared("CPU µs a reading, its process", pairs, ({ result }) => result.targetCpuUsAMessage, 1, difference),
    compared("bytes written to the disk a reading", pairs, ({ result }) => result.targetWrittenBytesAMessage, 0),
    compared("PUBACK p50 ms", pairs, ({ result }) => result.latency.p50Ms, 1),
    compared("PUBACK p99 ms", pairs, ({ result }) => result.latency.p99Ms, 1),
    compared("messages acknowledged", pairs, ({ result }) => result.totalAcknowledged, 0),
    compared("rows stored", pairs, ({ stored }) => stored ?? Number.NaN, 0),
  ]);
}

function filterRows(pairs: readonly Pair<RetainedResult>[], { filter, matches }: FilterResult): string[][] {
  const read = (time: (result: FilterResult) => number) => (run: RetainedResult) => {
    const found = run.filters.find((result) => result.filter === filter);
    return found === undefined ? Number.NaN : time(found);
  };
  const rows = [
    [`${filter}, ${figure(matches)} retained`],
    compared(
      "  SUBACK p50 ms",
      pairs,
      read(({ suback }) => suback.p50Ms),
      2,
      ratio,
    ),
    compared(
      "  SUBACK p99 ms",
      pairs,
      read(({ suback }) => suback.p99Ms),
      2,
    ),
    compared(
      "  first retained p50 ms",
      pairs,
      read(({ firstRetained }) => firstRetained.p50Ms),
      2,
      ratio,
    ),
  ];
  if (matches > 1) {
    rows.push(
      compared(
        "  last retained p50 ms",
        pairs,
        read(({ lastRetained }) => lastRetained.p50Ms),
        2,
        ratio,
      ),
    );
  }
  rows.push(
    compared(
      "  somebody else's longest ping p50 ms",
      pairs,
      read(({ ping }) => ping.p50Ms),
      2,
    ),
  );
  rows.push(
    compared(
      "  somebody else's longest ping p99 ms",
      pairs,
      read(({ ping }) => ping.p99Ms),
      2,
    ),
  );
  return rows;
}

export function retainedTable({ topics, repeats, pairs }: RetainedOutcome): string {
  const filters = pairs[0]?.aerie.filters ?? [];
  return table([
    comparedHead(`SUBSCRIBE among ${figure(topics)} retained, ${repeats} times`),
    compared("retained messages taken in a second", pairs, (run) => run.loadedPerSecond, 0, ratio),
    compared("ping while nobody subscribes p50 ms", pairs, ({ quietPing }) => quietPing.p50Ms, 2),
    compared("ping while nobody subscribes p99 ms", pairs, ({ quietPing }) => quietPing.p99Ms, 2),
    ...filters.flatMap((filter) => filterRows(pairs, filter)),
  ]);
}
