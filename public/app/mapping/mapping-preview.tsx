/** What a mapping would make of the last messages: a table of devices, metrics and values. */
import type { MappingFields, TryAnswer } from "../../../src/contract/mappings.ts";
import { METRICS } from "../../../src/contract/metrics.ts";
import { fullTime } from "../ui/time-words.ts";
import { countWords, inHubUnit, type Metric, metricLabel, withUnit } from "../ui/value-words.ts";

const MOST_ROWS = 100;
const MOST_REFUSED = 10;

export function MappingPreview({ fields, answer }: { fields: MappingFields; answer: TryAnswer }) {
  const rows = answer.readings.flatMap(({ deviceId, metrics, timestamp }) =>
    Object.entries(metrics).map(([metric, value]) => ({ deviceId, metric, value, timestamp })),
  );
  const hasTimes = rows.some(({ timestamp }) => timestamp !== undefined);
  if (answer.topics === 0) {
    return <p class="quiet">No message came yet that this mapping would read, so there is nothing to show.</p>;
  }
  return (
    <>
      {rows.length > 0 && (
        <div class="table-scroll">
          <table class="preview" aria-label="What the last messages become">
            <thead>
              <tr>
                <th scope="col">Device</th>
                <th scope="col">Metric</th>
                <th scope="col" class="number">
                  Value
                </th>
                {hasTimes && <th scope="col">Time</th>}
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, MOST_ROWS).map(({ deviceId, metric, value, timestamp }, at) => (
                <tr key={at}>
                  <td class="mono">{deviceId}</td>
                  <td>
                    <Name metric={metric} />
                  </td>
                  <td class="number">{withUnit(inHubUnit(describedBy(fields, metric)), value)}</td>
                  {hasTimes && <td>{timestamp === undefined ? "when it came" : fullTime(Date.parse(timestamp))}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.length > MOST_ROWS && <p class="quiet">and {countWords(rows.length - MOST_ROWS)} more</p>}
      {rows.length === 0 && answer.refused.length === 0 && (
        <p class="quiet">The last messages have no values that this mapping would keep.</p>
      )}
      <Refused refused={answer.refused} />
    </>
  );
}

/** The label and, where it says something else, the name. */
function Name({ metric }: { metric: string }) {
  const label = metricLabel(metric);
  if (label === metric) return <span class="mono">{metric}</span>;
  if (label.toLowerCase() === metric.toLowerCase()) return label;
  return (
    <>
      {label} <span class="mono quiet">{metric}</span>
    </>
  );
}

/** As the device's page will show it. */
function describedBy({ units }: MappingFields, metric: string): Metric {
  const unit = units?.[metric];
  if (unit === undefined) return metric;
  return { name: metric, info: { label: metric, kind: "number", ...METRICS.get(metric), unit } };
}

function Refused({ refused }: Pick<TryAnswer, "refused">) {
  if (refused.length === 0) return null;
  return (
    <ul class="not-read" aria-label="What cannot be read">
      {refused.slice(0, MOST_REFUSED).map(({ topic, reason }) => (
        <li key={`${topic} ${reason}`}>
          <span class="mono">{topic}</span>: {reason}
        </li>
      ))}
      {refused.length > MOST_REFUSED && <li>and {countWords(refused.length - MOST_REFUSED)} more</li>}
    </ul>
  );
}
