/** Makes the records of a file into lines for the hub, with their positions in the file. */
import { MAX_LINE_BYTES } from "../../contract/control/control.ts";
import { CommandFault } from "../shared/command-fault.ts";
import { type CsvOptions, createCsvReadings } from "./csv-readings.ts";
import type { ImportSource } from "./import-source.ts";
import { createRecordSplitter, type FileRecord } from "./record-splitter.ts";

export interface ImportLine {
  /** Of NDJSON; undefined: the record is refused already. */
  readonly line: string | undefined;
  readonly reason: string | undefined;
  /** What exactly: the column. */
  readonly detail?: string | undefined;
  /** As it stands in the file. */
  readonly record: FileRecord;
}

/** The lines of each part of the file behind byte `fromByte` (0: all). Throws a CommandFault where it is not a file of readings. */
export async function* readImportLines(
  source: ImportSource,
  { fromByte, ...csv }: CsvOptions & { readonly fromByte: number },
): AsyncGenerator<ImportLine[]> {
  const isCsv = source.format === "csv";
  const splitter = createRecordSplitter({ quotes: isCsv, maxRecordBytes: MAX_LINE_BYTES });
  let readCsv: ReturnType<typeof createCsvReadings> | undefined;

  function read(record: FileRecord): ImportLine | undefined {
    const text = record.line === 1 ? record.text.replace(/^\uFEFF/, "") : record.text;
    if (text.trim() === "") return undefined;
    if (isCsv) {
      if (record.isCut)
        throw new CommandFault(
          `The record that begins at line ${record.line} does not end. Probably a quote (") in it is not closed.`,
        );
      if (readCsv === undefined) {
        readCsv = createCsvReadings(text, csv);
        return undefined;
      }
    }
    if (record.endByte <= fromByte) return undefined;
    if (record.isCut) return { line: undefined, reason: `The line is longer than ${MAX_LINE_BYTES} bytes`, record };
    if (!record.isUtf8) return { line: undefined, reason: "The line is not UTF-8 text", record };
    if (readCsv === undefined) return { line: text, reason: undefined, record };
    const read = readCsv(text);
    return "line" in read
      ? { line: read.line, reason: undefined, record }
      : { line: undefined, reason: read.reason, detail: read.detail, record };
  }

  const readAll = (records: FileRecord[]): ImportLine[] => records.map(read).filter((line) => line !== undefined);

  for await (const bytes of source.bytes) yield readAll(splitter.push(bytes));
  yield readAll(splitter.end());
  if (isCsv && readCsv === undefined)
    throw new CommandFault(`${source.file} is empty. A CSV file needs a header line.`);
}
