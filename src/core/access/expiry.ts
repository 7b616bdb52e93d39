/** When a token or an application's credential expires: so long after it was created, by the hub's time. */
import type { TrustedTime } from "../time/trusted-time.ts";

interface Credential {
  readonly createdAtMs: number;
  readonly expiresAtMs?: number;
}

/** Certainly expired: what belongs to it may be deleted. */
export const isExpired = (credential: Credential, time: Pick<TrustedTime, "sinceMs">): boolean =>
  time.sinceMs(credential.createdAtMs) >= lifetimeMsOf(credential);

/** Expired if the wall clock is right, which is in doubt: meanwhile the credential is not accepted. */
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
