/** Decides which clients have been silent, unfinished or unread for too long. */
import { REASON } from "../../contract/reason-codes.ts";
import type { RefusalCode } from "../../contract/refusals.ts";
import type { ClientState } from "./client-state.ts";

/** How long a client may be silent, in keep-alives. [MQTT-3.1.2-22] */
const KEEP_ALIVE_GRACE = 1.5;
/** While the budget for large packets is full, a client that sends nothing more of its packet for so long is cut off. */
const UNFINISHED_MS = 10_000;
/** A client that reads nothing for so long is cut off. */
const READER_TIMEOUT_MS = 20_000;

export interface Overdue {
  readonly code: RefusalCode;
  readonly reasonCode: number;
  /** It would not read the reason. */
  readonly readsNothing: boolean;
}

/** What of a connection it depends on. */
export interface ConnectionTimes {
  readonly heardMs: number;
  readonly behindSinceMs: number | undefined;
  readonly isGathering: boolean;
  readonly isHeld: boolean;
}

export interface OverdueRules {
  readonly nowMs: number;
  readonly connectTimeoutMs: number;
  /** The budget for packets that are not complete yet is full. */
  readonly isGatheringFull: boolean;
}

/** Why the client is to be ended now; undefined: it is not. */
export function overdueOf(state: ClientState, times: ConnectionTimes, rules: OverdueRules): Overdue | undefined {
  switch (state.kind) {
    case "connecting":
    case "checking":
      return rules.nowMs - state.sinceMs >= rules.connectTimeoutMs ? overdue("CONNECT_TIMEOUT", 0) : undefined;
    case "connected":
      return ofConnected(state.login.keepAliveMs, times, rules);
    case "waiting for pairing": // pairing ends it after two minutes
    case "admitting": // the handshake lets it in after a second
    case "ended":
      return undefined;
  }
}

function ofConnected(
  keepAliveMs: number,
  { heardMs, behindSinceMs, isGathering, isHeld }: ConnectionTimes,
  { nowMs, isGatheringFull }: OverdueRules,
): Overdue | undefined {
  const silentMs = nowMs - heardMs;
  const isSilent = keepAliveMs > 0 && silentMs > keepAliveMs * KEEP_ALIVE_GRACE;
  const isIdling = isGatheringFull && isGathering && silentMs > UNFINISHED_MS;
  if (isIdling && !isHeld) return overdue("PACKET_UNFINISHED", REASON.quotaExceeded);
  if (isSilent && !isHeld) return overdue("KEEP_ALIVE_EXPIRED", REASON.keepAliveTimeout);
  if (nowMs - (behindSinceMs ?? nowMs) <= READER_TIMEOUT_MS) return undefined;
  return { code: "READER_TOO_SLOW", reasonCode: REASON.quotaExceeded, readsNothing: true };
}

const overdue = (code: RefusalCode, reasonCode: number): Overdue => ({ code, reasonCode, readsNothing: false });
