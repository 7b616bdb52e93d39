/** Turns what was measured of the dashboard into the table that a person reads. */
import { figure } from "../helpers/figure.ts";
import { table } from "../helpers/table.ts";
import { ranged } from "../run/compared.ts";
import type { DashboardResult } from "../sections/dashboard/dashboard.ts";

export function dashboardTable({
  firstDataMs,
  page,
  firesMs,
  shareWithout,
  shareWith,
  watchedSeconds,
}: DashboardResult): string {
  const longest = page.longTasksMs.length === 0 ? 0 : Math.max(...page.longTasksMs);
  return table([
    [`the overview of 10,000 devices, 1,000 readings/s, watched for ${figure(watchedSeconds)} s`, "", "budget"],
    ["first data on a phone (4 × slower CPU, 1.6 Mbit/s, 150 ms), ms", ranged(firstDataMs, 0), "1,500"],
    ["a fire on any of them is shown, ms after PUBACK", ranged(firesMs, 0), "1,000"],
    ["tasks of more than 50 ms; the longest, ms", `${page.longTasksMs.length}; ${figure(longest, 0)}`, "0"],
    ["layout shift", figure(page.layoutShift, 4), "0.02"],
    ["frames a second while scrolling", figure(page.framesPerSecond, 0), "50"],
    ["DOM nodes", figure(page.nodes), "3,000"],
    [
      "hub's main thread, % without and with the page",
      `${figure(100 * shareWithout, 1)}; ${figure(100 * shareWith, 1)}`,
      "+ 3",
    ],
  ]);
}
