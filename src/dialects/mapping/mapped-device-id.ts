/** Makes device ids of the names in an owner's topics: without the prefix of a family, and never one that looks like it has one. */
import type { DeviceId } from "../../contract/readings.ts";
import { hasFamilyPrefix } from "../../core/model/device-id.ts";
import { fault, ok, type Result } from "../../core/model/result.ts";
import { plainDeviceIdOf } from "../payload/names.ts";

/** Several levels are joined by a point. */
export function mappedDeviceId(levels: readonly string[]): Result<DeviceId> {
  const id = plainDeviceIdOf(...levels);
  return hasFamilyPrefix(id) ? fault("DEVICE_ID_INVALID", `${id} begins with the name of a family`) : ok(id);
}
