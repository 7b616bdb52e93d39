/** Until when a token or an application's credential is good. It expires so long after it was made, by the hub's time. */
import type { TrustedTime } from "../time/trusted-time.ts";

interface Credential {
  readonly createdAtMs: number;
  readonly expiresAtMs?: number;
}

/** Certainly: what goes with it may be lost. */
export const isExpired = (credential: Credential, time: Pick<TrustedTime, "sinceMs">): boolean =>
  time.sinceMs(credential.createdAtMs) >= lifetimeMsOf(credential);

/** Or it would be if the wall clock is right, which is in doubt: nobody is let in by it meanwhile. */
export const mayBeExpired = (credential: Credential, time: Pick<TrustedTime, "sinceAtMostMs">): boolean =>
  time.sinceAtMostMs(credential.createdAtMs) >= lifetimeMsOf(credential);

/** For people. */
export function datesOf(credential: Credential, time: Pick<TrustedTime, "dateOf">) {
  const createdAt = time.dateOf(credential.createdAtMs);
  const lifetimeMs = lifetimeMsOf(credential);
  const expiresAt = Number.isFinite(lifetimeMs) ? new Date(createdAt.getTime() + lifetimeMs).toISOString() : null;
  return { createdAt: createdAt.toISOString(), expiresAt };
}

const lifetimeMsOf = ({ createdAtMs, expiresAtMs = Number.POSITIVE_INFINITY }: Credential): number =>
  expiresAtMs - createdAtMs;
