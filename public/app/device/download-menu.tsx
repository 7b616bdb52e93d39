/** Offers the charts' data as files: the points of each figure as drawn, or all readings from the hub. */
import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { csvName, csvText } from "../chart/csv-text.ts";
import type { TimeWindow } from "../range/chart-range.ts";
import type { ChartContext } from "../series/chart-context.ts";
import { Icon } from "../ui/icon.tsx";
import { saveFile } from "../ui/save-file.ts";
import { metricLabel } from "../ui/value-words.ts";

interface DownloadProps {
  context: ChartContext;
  /** Of the figures that are shown. */
  metrics: readonly string[];
}

export function DownloadMenu({ context, metrics }: DownloadProps) {
  const open = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useId();
  const close = () => {
    open.value = false;
  };
  useEffect(() => {
    const leave = (event: Event) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) close();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !open.peek()) return;
      close();
      button.current?.focus();
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    document.addEventListener("keydown", key);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
      document.removeEventListener("keydown", key);
    };
  }, []);
  return (
    <div class="download" ref={box}>
      <button
        type="button"
        ref={button}
        aria-expanded={open.value}
        aria-controls={panel}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <Icon name="download" /> Download
      </button>
      <div class="download-panel" id={panel} hidden={!open.value}>
        {open.value && <Choices context={context} metrics={metrics} />}
      </div>
    </div>
  );
}

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
