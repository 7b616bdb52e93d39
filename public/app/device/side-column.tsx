/** What stands beside the charts: limits and attributes. A part without anything is not there, nor is a column of none. */
import type { Bound } from "../series/alert-spans.ts";
import type { ChartContext } from "../series/chart-context.ts";
import { boundWords, metricLabel } from "../ui/value-words.ts";
import { AttributesTable } from "./attributes-table.tsx";

interface SideProps {
  context: ChartContext;
  charted: readonly string[];
}

export function SideColumn({ context, charted }: SideProps) {
  const { attributes } = context.device.about.value;
  context.alerts.version.value; // the marks are no signal; this is
  const limits = charted.flatMap((metric) => context.alerts.of(metric).bounds.map((bound) => ({ metric, bound })));
  if (limits.length + Object.keys(attributes).length === 0) return null;
  return (
    <div class="side">
      {limits.length > 0 && <Limits context={context} limits={limits} />}
      <AttributesTable attributes={attributes} />
    </div>
  );
}

function Limits({
  context: { device },
  limits,
}: {
  context: ChartContext;
  limits: readonly { metric: string; bound: Bound }[];
}) {
  return (
    <section class="attributes" aria-labelledby="limits">
      <h2 id="limits">Limits</h2>
      <table aria-labelledby="limits">
        <tbody>
          {limits.map(({ metric, bound: { side, value, severity } }) => (
            <tr key={`${metric} ${side} ${value}`}>
              <th scope="row" class="attribute-key">
                {metricLabel(device.described(metric))}
              </th>
              <td>
                {side} {boundWords(device.described(metric), value)} <span class="quiet">{severity}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
