/** Knows a large announcement that is sent again by its bytes, so that it is not parsed again. */
import { setNewest } from "../../core/model/bounded-map.ts";

/** Whether the topic's last announcement had the same bytes. It counts as read now. */
export type SamePayload = (topic: string, payload: Uint8Array, receivedAtMs: number) => boolean;

const MAX_TOPICS = 200;
/** After so long it is read again all the same: what it taught may not have reached the disk the first time. */
const READ_AGAIN_MS = 10 * 60_000;

interface Kept {
  readonly bytes: number;
  readonly hash: number;
  readonly readAtMs: number;
}

export function createSamePayload(): SamePayload {
  const topics = new Map<string, Kept>();
  return (topic, payload, receivedAtMs) => {
    const former = topics.get(topic);
    const hash = hashOf(payload);
    const isSame = former?.hash === hash && former.bytes === payload.length;
    if (isSame && Math.abs(receivedAtMs - former.readAtMs) < READ_AGAIN_MS) return true;
    setNewest(topics, topic, { bytes: payload.length, hash, readAtMs: receivedAtMs }, MAX_TOPICS);
    return false;
  };
}

/** 52 bits of two 32-bit hashes that mix differently. */
function hashOf(bytes: Uint8Array): number {
  let one = 0x811c9dc5;
  let two = 0x41c6ce57;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    one = Math.imul(one ^ byte, 0x01000193);
    two = Math.imul((two ^ byte) + 0x3039, 0x5d588b65);
  }
  one ^= one >>> 16;
  two ^= two >>> 15;
  return (one >>> 0) * 0x100000 + ((two >>> 0) & 0xfffff);
}
