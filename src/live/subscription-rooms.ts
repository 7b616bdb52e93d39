/** Rooms of Socket.IO: `sensorData` of all devices, `sensorData` of one device, and batches. */
import type { LiveSubscription } from "./subscribe-options.ts";

export const EACH = "each";
export const eachOf = (deviceId: string): string => `each:${deviceId}`;
export const BATCHES = "batches";

interface Member {
  readonly id: string;
  readonly rooms: ReadonlySet<string>;
  join(room: string): unknown;
  leave(room: string): unknown;
}

/** Those of this subscription, and no others. */
export function enterRooms(member: Member, { devices, batch }: LiveSubscription): void {
  for (const room of member.rooms) if (room !== member.id) void member.leave(room);
  if (batch) void member.join(BATCHES);
  else if (devices === undefined) void member.join(EACH);
  else for (const deviceId of devices) void member.join(eachOf(deviceId));
}
