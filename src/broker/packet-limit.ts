/** Cuts a connection that announces a larger packet than is allowed, before its bytes are gathered. Reads no packet. */
import type { Duplex } from "node:stream";

/** The whole packet, fixed header aside. */
export const MAX_PACKET_BYTES = 256 * 1024;

/**
 * Looks at each chunk on its way into the stream, since Aedes' parser knows no limit and gathers up to 256 MB.
 * `onTooLarge` is told the announced size once; the stream takes nothing more.
 */
export function limitPackets(stream: Duplex, onTooLarge: (bytes: number) => void): void {
  const push = stream.push.bind(stream);
  const announced = createFramer();
  let cut = false;
  stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (cut) return false;
    const bytes = chunk instanceof Uint8Array ? announced(chunk) : 0;
    if (bytes <= MAX_PACKET_BYTES) return push(chunk, encoding);
    cut = true;
    onTooLarge(bytes);
    return false;
  };
}

/** Follows fixed headers through the bytes [MQTT-2.2.3]; answers the largest remaining length that a chunk announced. */
function createFramer(): (chunk: Uint8Array) => number {
  let skip = 0;
  let inLength = false;
  let length = 0;
  let factor = 1;
  return (chunk) => {
    let largest = 0;
    let at = 0;
    while (at < chunk.length) {
      if (skip > 0) {
        const step = Math.min(skip, chunk.length - at);
        skip -= step;
        at += step;
        continue;
      }
      const byte = chunk[at++] ?? 0;
      if (!inLength) {
        inLength = true;
        length = 0;
        factor = 1;
        continue;
      }
      length += (byte & 127) * factor;
      factor *= 128;
      if ((byte & 128) !== 0 && factor < 128 ** 4) continue; // a fifth length byte is Aedes' parser's to refuse
      inLength = false;
      skip = length;
      largest = Math.max(largest, length);
    }
    return largest;
  };
}
