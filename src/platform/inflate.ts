/** Inflates what was compressed by GZIP or zlib's DEFLATE, within a bound. */
import { unzipSync } from "node:zlib";

/** Undefined: it is of neither format, damaged, or would become more than `maxBytes`. */
export function inflate(bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
  try {
    return unzipSync(bytes, { maxOutputLength: maxBytes });
  } catch {
    return undefined;
  }
}
