/** Decides whose word counts: a board's own, then that of whoever spoke for it first. */
import type { Family } from "../../contract/families.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { Publisher } from "../../core/dialects/dialect.ts";

/** The device of the publisher's credential; undefined: it has none of this family. */
export const ownDeviceOf = (family: Family, { deviceId }: Publisher): DeviceId | undefined =>
  deviceId?.startsWith(`${family}:`) === true ? deviceId : undefined;

/** What was announced while there were no accounts belongs to nobody. */
const NOBODY = "anybody";

/** Whether the publisher may replace what `owner` (a publisher's id) said of the device; undefined: nobody said anything. */
export const mayReplace = (owner: string | undefined, deviceId: DeviceId, publisher: Publisher): boolean =>
  owner === undefined || owner === NOBODY || owner === publisher.id || publisher.deviceId === deviceId;
