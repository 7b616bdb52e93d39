/** A figure's numbers as a table, from the same series as the plot. */

import { hubNowMs } from "../hub/clock.ts";
import type { DescribedMetric } from "../hub/described-metric.ts";
import { spanOf } from "../range/range-moves.ts";
import { noReadingWords, rangeWords } from "../range/range-words.ts";
import type { FigureProps } from "../series/chart-context.ts";
import { fullTime, rowWords } from "../ui/time-words.ts";
import { booleanWords, countWords, digitsBetween, metricLabel, metricUnit, numberWords } from "../ui/value-words.ts";
import { type TableRow, tableRows } from "./table-rows.ts";

export function ChartTable({ metric, boolean, context }: FigureProps & { boolean: boolean }) {
  const buffer = context.feed.series(metric);
  const window = context.feed.still.value;
  if (!context.feed.covered.value) return <p class="quiet">Loading…</p>;
  const rows = buffer === undefined ? [] : tableRows(buffer, window);
  if (!rows.some(({ count }) => count > 0)) return <p class="quiet">{noReadingWords(window)}</p>;
  const described = context.device.described(metric);
  const unit = metricUnit(described);
  const filled = rows.filter(({ count }) => count > 0);
  const digits = digitsBetween(
    described,
    Math.min(...filled.map(({ min }) => min)),
    Math.max(...filled.map(({ max }) => max)),
  );
  return (
    <div
      class="table-scroll chart-table"
      {...{ tabIndex: 0, role: "region", "aria-label": `${metricLabel(described)}, table` }}
    >
      <table
        aria-label={`${metricLabel(described)}, ${rangeWords(window, hubNowMs.peek())}${unit === "" ? "" : `, in ${unit}`}`}
      >
        <thead>
          <tr>
            <th scope="col">Time</th>
            {boolean ? (
              <th scope="col">State</th>
            ) : (
              ["Mean", "Min", "Max"].map((word) => (
                <th scope="col" class="number" key={word}>
                  {word}
                </th>
              ))
            )}
            <th scope="col" class="number">
              Readings
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.fromMs}
              row={row}
              digits={digits}
              metric={described}
              boolean={boolean}
              spanMs={spanOf(window)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  row: TableRow;
  digits: number;
  metric: DescribedMetric;
  boolean: boolean;
  spanMs: number;
}

function Row({ row, digits, metric, boolean, spanMs }: RowProps) {
  return (
    <tr>
      <th scope="row" title={fullTime(row.fromMs)}>
        {rowWords(row.fromMs, row.toMs, spanMs)}
      </th>
      {row.count === 0 ? (
        <td colSpan={boolean ? 2 : 4} class="quiet">
          no data
        </td>
      ) : (
        <>
          {boolean ? <td>{states(metric, row)}</td> : <Numbers metric={metric} row={row} digits={digits} />}
          <td class="number">{countWords(row.count)}</td>
        </>
      )}
    </tr>
  );
}

function Numbers({ metric, row, digits }: Pick<RowProps, "metric" | "row" | "digits">) {
  return (
    <>
      {[row.mean, row.min, row.max].map((value, index) => (
        <td class="number" key={index}>
          {numberWords(metric, value, digits)}
        </td>
      ))}
    </>
  );
}

const states = (metric: DescribedMetric, { min, max }: TableRow): string =>
  min === max ? booleanWords(metric, max > 0) : `${booleanWords(metric, true)} and ${booleanWords(metric, false)}`;
