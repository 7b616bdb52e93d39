/** How fast a client may send: the limits of its credential and of its address. */
import { createPaces, type Pace } from "../../core/limits/pace.ts";
import type { Clock } from "../../core/ports/clock.ts";

/** 0: no limit. */
export interface PaceLimits {
  readonly maxMessagesPerSecond: number;
  readonly maxBytesPerSecond: number;
  readonly maxMessagesPerSecondPerAddress: number;
  readonly maxBytesPerSecondPerAddress: number;
}

/** Answers the paces that bind a client: none, one or both. */
export function createClientPaces(
  clock: Pick<Clock, "monotonicMs">,
  limits: PaceLimits,
): (owner: string | undefined, address?: string) => readonly Pace[] {
  const credentials = createPaces({
    clock,
    messagesPerS: limits.maxMessagesPerSecond,
    bytesPerS: limits.maxBytesPerSecond,
  });
  const addresses = createPaces({
    clock,
    messagesPerS: limits.maxMessagesPerSecondPerAddress,
    bytesPerS: limits.maxBytesPerSecondPerAddress,
  });
  return (owner, address = "") =>
    [owner === undefined ? undefined : credentials.of(owner), addresses.of(address)].filter(
      (pace) => pace !== undefined,
    );
}
