/** Turns what was measured of alerts into the tables that a person reads. */
import { figure } from "../helpers/figure.ts";
import { table } from "../helpers/table.ts";
import { type Comparison, compared, difference, ratio } from "../run/compared.ts";
import type { AlertsResult } from "../sections/alerts/alerts.ts";
import { BOARDS, PER_SECOND, RULES } from "../sections/alerts/rules-cost.ts";

const HEAD = ["alerts", "without rules", "with", "with to without, by pair"];
/** A share of the main thread, in %. */
const points: Comparison = { ...difference, digits: 2 };

export function alertsTable({ fire, rulesCost, defaultRules, hall }: AlertsResult): string {
  const { p50Ms, p99Ms, maxMs, count } = fire.latency;
  const costs = rulesCost.map(({ rulesOfADevice, pairs }) =>
    compared(
      `${RULES} rules, ${rulesOfADevice} a board: % of the main thread`,
      pairs,
      ({ mainThreadShare }) => 100 * mainThreadShare,
      2,
      points,
    ),
  );
  return [
    table([
      ["PUBACK → webhook, ms", "p50", "p99", "max", "fires"],
      [
        `beside ${figure(fire.besidePerSecond)} readings/s`,
        figure(p50Ms, 1),
        figure(p99Ms, 1),
        figure(maxMs, 1),
        figure(count),
      ],
    ]),
    table([
      HEAD,
      ...costs,
      compared(
        "on from the start: CPU µs a reading",
        defaultRules,
        ({ result }) => result.targetCpuUsAMessage,
        2,
        ratio,
      ),
      compared("on from the start: readings a second", defaultRules, ({ result }) => result.perSecond, 0, ratio),
    ]),
    `  ${figure(BOARDS)} boards, ${figure(PER_SECOND)} readings/s with ${figure(RULES)} rules; at full speed with those that are on from the start\n\n`,
    table([
      [`${figure(hall.devices)} alerts in a second`, "nothing changes", "all fire", "to"],
      [
        "PUBACK p99 ms of other boards",
        figure(hall.calm.latency.p99Ms, 1),
        figure(hall.firing.latency.p99Ms, 1),
        `× ${figure(hall.firing.latency.p99Ms / hall.calm.latency.p99Ms, 2)}`,
      ],
      ["messages that notified of them", "", figure(hall.messages), ""],
    ]),
  ].join("");
}
