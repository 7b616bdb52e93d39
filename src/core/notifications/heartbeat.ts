/** Calls an address once a minute while the hub is well, so that somebody else notices when it is dead. */
import type { SendOutcome } from "../ports/alert-channel.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";

export interface HeartbeatOptions {
  /** Never rejects. */
  readonly call: () => Promise<SendOutcome>;
  readonly isWell: () => boolean;
  readonly clock: Pick<Clock, "every">;
  readonly log: Log;
}

const EVERY_MS = 60_000;

export function createHeartbeat({ call, isWell, clock, log }: HeartbeatOptions): { close(): void } {
  let isUnderWay = false;
  let fails = false;

  async function beat(): Promise<void> {
    if (isUnderWay || !isWell()) return;
    isUnderWay = true;
    const outcome = await call();
    isUnderWay = false;
    const nowFails = outcome.kind !== "sent";
    if (nowFails && !fails) log.warn("the heartbeat cannot be sent", { reason: outcome.reason });
    if (!nowFails && fails) log.info("the heartbeat is sent again");
    fails = nowFails;
  }

  return { close: clock.every(EVERY_MS, () => void beat()) };
}
