/** The device page: its head, alerts, values, charts, and what else is known of it. */
import { useEffect } from "preact/hooks";
import { DeviceAlerts } from "../alerts/device-alerts.tsx";
import { displayName } from "../hub/device-state.ts";
import { watchLive } from "../hub/link.ts";
import { deviceState } from "../hub/live.ts";
import { readDevice } from "../hub/read-device.ts";
import { type HubRead, useHubRead } from "../hub/use-hub-read.ts";
import { ReadNote } from "../ui/fault-note.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { DeviceCharts } from "./device-charts.tsx";
import { DeviceFacts, DeviceHead, UnknownHead } from "./device-head.tsx";

export function DevicePage({ id }: { id: string }) {
  useEffect(() => watchLive([id]), [id]);
  const read = useHubRead(`device ${id}`, (abort) => readDevice(id, abort));
  // The read's own state says when there is a device; until then one from the overview will do.
  const known = read.state.value === "failed" ? undefined : deviceState(id);
  const name = known === undefined ? id : displayName(id, known.about.value);
  usePageTitle(name);

  return (
    <>
      {known === undefined ? <UnknownHead id={id} /> : <DeviceHead device={known} />}
      {known !== undefined && <DeviceFacts device={known} />}
      <DeviceNote read={read} />
      <DeviceAlerts deviceId={id} />
      {known === undefined && read.state.value === "loading" && <p class="quiet">Loading the device…</p>}
      {known !== undefined && <DeviceCharts device={known} />}
    </>
  );
}

function DeviceNote({ read }: { read: HubRead }) {
  if (read.fault.value?.code !== "DEVICE_UNKNOWN") return <ReadNote what="The device could not be read." read={read} />;
  return (
    <div class="empty">
      <p>
        There is no device with this id. It appears here as soon as it sends something. <code>DEVICE_UNKNOWN</code>
      </p>
      <button type="button" onClick={read.retry}>
        Retry
      </button>
    </div>
  );
}
