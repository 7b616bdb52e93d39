/** Remembers of which devices writes are refused, because what is kept of them lies in a damaged page. Reads no page. */
import type { NoteDamage } from "./damage-note.ts";

export interface DamagedDevices {
  /** `device`: all that comes of it is refused; `fields`: its status and its attributes. */
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
      if (known.size >= MOST) known.clear();
      known.set(deviceId, what);
      const which = what === "device" ? ", without which nothing more of it can be stored," : " beside its readings";
      note({ what: `what is kept of the device ${deviceId}${which}` });
    },
    of: (deviceId) => known.get(deviceId),
    clear: () => known.clear(),
  };
}
