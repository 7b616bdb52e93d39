/** Remembers the devices whose writes are refused because their stored data lies in a damaged page. */
import { setCached } from "../../../core/model/bounded-map.ts";
import type { NoteDamage } from "./damage-note.ts";

export interface DamagedDevices {
  /** `device`: all its writes are refused; `fields`: only its status and attributes. */
  add(deviceId: string, what: "device" | "fields"): void;
  of(deviceId: string): "device" | "fields" | undefined;
  clear(): void;
}

const MOST = 10_000;

export function createDamagedDevices(note: NoteDamage): DamagedDevices {
  const known = new Map<string, "device" | "fields">();
  return {
    add: (deviceId, what) => {
      if (known.get(deviceId) === "device") return;
      setCached(known, deviceId, what, MOST);
      const which = what === "device" ? ", without which nothing from it can be stored," : " beside its readings";
      note({ what: `the stored data of the device ${deviceId}${which}` });
    },
    of: (deviceId) => known.get(deviceId),
    clear: () => known.clear(),
  };
}
