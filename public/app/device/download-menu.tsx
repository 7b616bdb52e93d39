/** Offers the charts as files: each as drawn, as points or as a picture; or all readings from the hub. */
import { useSignal } from "@preact/signals";
import { csvText, fileName } from "../chart/csv-text.ts";
import type { TimeWindow } from "../range/chart-range.ts";
import type { ChartContext } from "../series/chart-context.ts";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";
import { saveFile } from "../ui/save-file.ts";
import { metricLabel } from "../ui/value-words.ts";

interface DownloadProps {
  context: ChartContext;
  /** Of the figures that are shown. */
  metrics: readonly string[];
  booleans: ReadonlySet<string>;
}

export const DownloadMenu = (props: DownloadProps) => (
  <Menu
    kind="drop"
    class="download"
    panelClass="download-panel"
    button={
      <>
        <Icon name="download" /> Download
      </>
    }
  >
    {() => <Choices {...props} />}
  </Menu>
);

function Choices({ context, metrics, booleans }: DownloadProps) {
  const { device, feed } = context;
  const window = feed.still.value;
  const fault = useSignal(false);
  const saveCsv = (metric: string) => {
    const buffer = feed.series(metric);
    if (buffer === undefined) return;
    const now = feed.window.peek();
    const text = csvText(buffer, now, device.about.peek().stepMs);
    saveFile(fileName(device.id, metric, now, "csv"), text, "text/csv;charset=utf-8");
  };
  const savePng = async (metric: string) => {
    const now = feed.window.peek();
    try {
      // Loaded when a picture is made first.
      const { chartPicture } = await import("../chart/chart-picture.ts");
      const picture = await chartPicture({ metric, boolean: booleans.has(metric), context });
      saveFile(fileName(device.id, metric, now, "png"), picture, "image/png");
      fault.value = false;
    } catch {
      fault.value = true;
    }
  };
  return (
    <>
      <h3>As shown</h3>
      <ul class="download-charts">
        {metrics.map((metric) => {
          const label = metricLabel(device.described(metric));
          const disabled = feed.points(metric) === 0 || !feed.covered.value;
          return (
            <li key={metric}>
              <span>{label}</span>
              <button type="button" disabled={disabled} aria-label={`${label} as CSV`} onClick={() => saveCsv(metric)}>
                CSV
              </button>
              <button
                type="button"
                disabled={disabled}
                aria-label={`${label} as PNG`}
                onClick={() => void savePng(metric)}
              >
                PNG
              </button>
            </li>
          );
        })}
      </ul>
      {fault.value && <p role="alert">The picture could not be made. Reload the page and try again.</p>}
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
