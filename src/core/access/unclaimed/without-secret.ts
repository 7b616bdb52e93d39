/** The devices that came while nobody needed a secret, and cannot come back without one. */
import { CREDENTIAL_FAMILIES } from "../../../contract/families.ts";
import { hasFamilyPrefix } from "../../model/device-id.ts";

interface Heard {
  readonly deviceId: string;
  readonly lastHeardAtMs: number | undefined;
}

export interface WithoutSecretOptions {
  /** When the first account was made; undefined: there is none. */
  readonly claimedAtMs: number | undefined;
  readonly hasSecret: (deviceId: string) => boolean;
}

/** A list for a person. */
const MOST = 100;

export function devicesWithoutSecret(
  devices: Iterable<Heard>,
  { claimedAtMs, hasSecret }: WithoutSecretOptions,
): string[] {
  const found: string[] = [];
  if (claimedAtMs === undefined) return found;
  for (const { deviceId, lastHeardAtMs } of devices) {
    if (found.length === MOST) break;
    const isSilent = lastHeardAtMs !== undefined && lastHeardAtMs < claimedAtMs;
    if (isSilent && mayHaveSecret(deviceId) && !hasSecret(deviceId)) found.push(deviceId);
  }
  return found;
}

/** What stands behind a bridge or a gateway has none: its messages come with the bridge's. */
function mayHaveSecret(deviceId: string): boolean {
  if (!hasFamilyPrefix(deviceId)) return true;
  const [family = "", name = ""] = deviceId.split(":", 2);
  return CREDENTIAL_FAMILIES.some((each) => each === family) && !name.includes(".");
}
