/** The name of a device in a view; on a wall it leads nowhere. */
import { type DeviceState, displayName } from "../../hub/device-state.ts";
import { isKiosk } from "../../tablet/kiosk-mode.ts";
import { deviceHref } from "../../ui/route.ts";

export function DeviceName({ device }: { device: DeviceState }) {
  const name = displayName(device.id, device.about.value);
  return isKiosk ? <span>{name}</span> : <a href={deviceHref(device.id)}>{name}</a>;
}
