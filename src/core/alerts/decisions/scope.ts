/** Which devices a rule is about. */
import type { Scope } from "../../../contract/alerts.ts";
import { FAMILIES } from "../../../contract/families.ts";
import type { DeviceId } from "../../../contract/readings.ts";

export function createScope({ all, devices, families }: Scope): (deviceId: DeviceId) => boolean {
  if (all === true) return () => true;
  const ids = new Set<string>(devices);
  const ofFamilies = new Set<string>(families);
  return (deviceId) => ids.has(deviceId) || (ofFamilies.size > 0 && ofFamilies.has(familyOfId(deviceId)));
}

/** By the beginning of its id; Aerie's own boards have none. */
const familyOfId = (deviceId: DeviceId): string =>
  FAMILIES.find((family) => deviceId.startsWith(`${family}:`)) ?? "native";
