/** The alerts of one device, on its page. */
import { alertsOf, alertsRead } from "../hub/alert-state.ts";
import { AlertList } from "./alert-list.tsx";

export function DeviceAlerts({ deviceId }: { deviceId: string }) {
  const own = alertsOf(deviceId);
  if (alertsRead.value !== "ready" || own.length === 0) return null;
  return (
    <div class="device-alerts">
      <AlertList alerts={own} label="Alerts of this device" hides="device" />
    </div>
  );
}
