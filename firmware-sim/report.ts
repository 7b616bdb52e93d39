/** The simulator's output: the line while it runs and the table at its end. */
import { durationText } from "./helpers/duration.ts";
import { type Cause, MESSAGE_KINDS, type Summary } from "./helpers/tally.ts";

const NOTES: Partial<Record<string, string>> = {
  backlog: "arrays of readings kept while offline",
  redelivery: "the same message sent again (DUP=1), stored once",
  malformed: "wrong on purpose; the hub refuses them with a reason",
};

/** `earlier` is the summary of the line before; the rate is of what lies between. */
export function summaryLine(summary: Summary, earlier: Summary | undefined): string {
  const sinceMs = summary.elapsedMs - (earlier?.elapsedMs ?? 0);
  const readings = readingsOf(summary) - (earlier === undefined ? 0 : readingsOf(earlier));
  const rate = sinceMs > 0 ? (readings * 1_000) / sinceMs : 0;
  const total = (pick: (kind: (typeof MESSAGE_KINDS)[number]) => number) =>
    MESSAGE_KINDS.reduce((sum, kind) => sum + pick(kind), 0);
  const refused = total((kind) => summary.kinds[kind].refused);
  return [
    `${summary.connected}/${summary.clients} clients connected`,
    `${total((kind) => summary.kinds[kind].messages)} sent`,
    `${total((kind) => summary.kinds[kind].acknowledged)} acknowledged`,
    ...(refused > 0 ? [`${refused} refused`] : []),
    `${rate.toFixed(1)} readings/s`,
    `${summary.errors.reduce((sum, { count }) => sum + count, 0)} errors`,
  ].join(" · ");
}

export function finalTable(summary: Summary): string {
  const refusals = summary.refused.length > 0;
  const header = ["", "messages", "readings", "acknowledged", ...(refusals ? ["refused"] : []), "unacknowledged", ""];
  const rows = MESSAGE_KINDS.filter((kind) => summary.kinds[kind].messages > 0).map((kind) => {
    const { messages, readings, acknowledged, refused, unacknowledged, unacknowledgeable } = summary.kinds[kind];
    const quietly = unacknowledgeable > 0 ? `${unacknowledgeable} with QoS 0, which has no acknowledgement` : "";
    const note = [NOTES[kind] ?? "", quietly].filter((text) => text !== "").join("; ");
    const answered = refusals ? [acknowledged, refused] : [acknowledged];
    return [kind, messages, readings === 0 ? "" : readings, ...answered, unacknowledged, note].map(String);
  });
  const again =
    summary.retransmitted > 0 ? [`\n${summary.retransmitted} sent again after a lost connection (DUP=1)`] : [];
  return [
    `${summary.devices} ${summary.devices === 1 ? "station" : "stations"}, ${durationText(summary.elapsedMs)}`,
    "",
    ...(rows.length === 0 ? ["nothing was sent"] : aligned([header, ...rows])),
    ...again,
    ...causeLines("refused by the hub", summary.refused),
    ...causeLines("not sent", summary.notSent),
    ...causeLines("errors", summary.errors),
    "",
  ].join("\n");
}

const readingsOf = ({ kinds }: Summary): number =>
  kinds.telemetry.readings + kinds.backlog.readings + kinds.redelivery.readings;

function causeLines(title: string, causes: readonly Cause[]): string[] {
  if (causes.length === 0) return [];
  const lines = causes
    .toSorted((a, b) => b.count - a.count)
    .map(({ text, count }) => `${String(count).padStart(8)} × ${text}`);
  return ["", `${title}:`, ...lines];
}

/** First and last column to the left, numbers to the right. */
function aligned(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 || column === row.length - 1
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}
