/** Splits a file's bytes into records: lines, or CSV records whose quoted cells may hold line ends. */
import { isUtf8 } from "node:buffer";

export interface FileRecord {
  readonly text: string;
  /** Bytes of the file up to the end of this record. */
  readonly endByte: number;
  /** Number of its first line, from 1. */
  readonly line: number;
  /** Larger than a record may be: the text is its beginning. */
  readonly isCut: boolean;
  /** False: invalid bytes are U+FFFD in the text. */
  readonly isUtf8: boolean;
}

export interface RecordSplitter {
  push(bytes: Uint8Array): FileRecord[];
  /** What stands behind the last line end. */
  end(): FileRecord[];
}

export interface SplitterOptions {
  /** A line end between quotes is part of a cell. */
  readonly quotes: boolean;
  readonly maxRecordBytes: number;
}

const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;

export function createRecordSplitter({ quotes, maxRecordBytes }: SplitterOptions): RecordSplitter {
  /** The beginning of the record that is not complete yet, at most `maxRecordBytes`. */
  let held: Buffer = Buffer.alloc(0);
  let heldCut = false;
  let isQuoted = false;
  let doneBytes = 0;
  let line = 1;
  /** Line ends in the record that is not complete yet. */
  let linesWithin = 0;

  /** Where the record ends that begins or continues at `from`; −1: not in these bytes. */
  function recordEnd(bytes: Buffer, from: number): number {
    if (!quotes) return bytes.indexOf(NEWLINE, from);
    for (let at = from; at < bytes.length; at++) {
      const code = bytes[at];
      if (code === QUOTE) isQuoted = !isQuoted;
      else if (code === NEWLINE) {
        if (!isQuoted) return at;
        linesWithin++;
      }
    }
    return -1;
  }

  function hold(bytes: Buffer): void {
    const free = maxRecordBytes - held.length;
    if (bytes.length > free) heldCut = true;
    held = Buffer.concat([held, bytes.subarray(0, Math.max(0, free))]);
  }

  function take(last: Buffer, end: number): FileRecord {
    let bytes = last;
    if (held.length > 0 || last.length > maxRecordBytes) {
      hold(last);
      bytes = held;
    }
    const to = bytes.at(-1) === RETURN ? bytes.length - 1 : bytes.length;
    const text = bytes.toString("utf8", 0, to);
    const record = { text, endByte: end, line, isCut: heldCut, isUtf8: isUtf8(bytes) };
    line += 1 + linesWithin;
    linesWithin = 0;
    held = Buffer.alloc(0);
    heldCut = false;
    isQuoted = false;
    return record;
  }

  return {
    push: (given) => {
      const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
      const records: FileRecord[] = [];
      let from = 0;
      for (let end = recordEnd(bytes, 0); end >= 0; end = recordEnd(bytes, from)) {
        records.push(take(bytes.subarray(from, end), doneBytes + end + 1));
        from = end + 1;
      }
      if (from < bytes.length) hold(bytes.subarray(from));
      doneBytes += bytes.length;
      return records;
    },
    end: () => (held.length === 0 ? [] : [take(Buffer.alloc(0), doneBytes)]),
  };
}
