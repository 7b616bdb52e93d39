/** Offers the charts' data as files: the points of each figure as drawn, or all readings from the hub. */
import { csvName, csvText } from "../chart/csv-text.ts";
import type { TimeWindow } from "../range/chart-range.ts";
import type { ChartContext } from "../series/chart-context.ts";
import { Icon } from "../ui/icon.tsx";
import { saveFile } from "../ui/save-file.ts";
import { metricLabel } from "../ui/value-words.ts";
import { DropPanel } from "./drop-panel.tsx";

interface DownloadProps {
  context: ChartContext;
  /** Of the figures that are shown. */
  metrics: readonly string[];
}

export const DownloadMenu = (props: DownloadProps) => (
  <DropPanel
    class="download"
    button={
      <>
        <Icon name="download" /> Download
      </>
    }
  >
    {() => <Choices {...props} />}
  </DropPanel>
);

function Choices({ context, metrics }: DownloadProps) {
  const { device, feed } = context;
  const window = feed.still.value;
  const save = (metric: string) => {
    const buffer = feed.series(metric);
    if (buffer === undefined) return;
    const now = feed.window.peek();
    const text = csvText(buffer, now, device.about.peek().stepMs);
    saveFile(csvName(device.id, metric, now), text, "text/csv;charset=utf-8");
  };
  return (
    <>
      <h3>As shown, CSV</h3>
      <ul>
        {metrics.map((metric) => (
          <li key={metric}>
            <button
              type="button"
              disabled={feed.points(metric) === 0 || !feed.covered.value}
              onClick={() => save(metric)}
            >
              {metricLabel(device.described(metric))}
            </button>
          </li>
        ))}
      </ul>
      <h3>All readings of this range</h3>
      <p class="quiet">Every metric, as the device sent it.</p>
      <p class="buttons">
        {(["csv", "ndjson"] as const).map((format) => (
          <a key={format} href={exportHref(device.id, window, format)} download>
            {format.toUpperCase()}
          </a>
        ))}
      </p>
    </>
  );
}

function exportHref(id: string, { fromMs, toMs }: TimeWindow, format: "csv" | "ndjson"): string {
  const iso = (ms: number) => new Date(ms).toISOString();
  return `/api/export?${new URLSearchParams({ devices: id, from: iso(fromMs), to: iso(toMs), format })}`;
}
