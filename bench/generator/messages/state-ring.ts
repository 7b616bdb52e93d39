/** Holds the PUBLISH packets of one client that says something other than readings: no stamp, nothing a hub would store. */
import type { PublishRing } from "./publish-ring.ts";
import { layUnits } from "./unit-row.ts";

export interface StateRingOptions {
  boardNumber: number;
  units: number;
  messagesPerUnit: number;
  qos: 1 | 2;
}

/** Matches the topics of all boards. */
export const STATE_FILTER = "plant/#";
const PAYLOAD_BYTES = 200;

export function createStateRing({ boardNumber, ...row }: StateRingOptions): PublishRing {
  let number = 0;
  const nextPayload = (): string => {
    number += 1;
    return `{"machine":${boardNumber},"step":${number},"note":"`.padEnd(PAYLOAD_BYTES - 2, "running ").concat('"}');
  };
  const { bytes } = layUnits({ ...row, topic: `plant/${boardNumber}/state`, nextPayload });
  return { stamp: () => {}, bytes };
}
