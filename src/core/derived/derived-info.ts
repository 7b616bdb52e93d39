/** What is known of a derived metric: its definition says it. */
import type { MetricInfo } from "../../contract/metrics.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { DerivedBook } from "./derived-book.ts";

export function createDerivedInfo(book: Pick<DerivedBook, "ofDevice">) {
  return (deviceId: DeviceId, metric: string): MetricInfo | undefined => {
    const definition = book.ofDevice(deviceId).find((each) => each.metric === metric);
    if (definition === undefined) return undefined;
    const { label = metric, unit = "", digits, read } = definition;
    return { label, kind: read.kind, unit, ...(digits !== undefined && { digits }) };
  };
}
