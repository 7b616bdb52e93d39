/** The device page: its head, charts and attributes. */
import { useEffect } from "preact/hooks";
import { DeviceAlerts } from "../alerts/device-alerts.tsx";
import { displayName } from "../hub/device-state.ts";
import { watchLive } from "../hub/link.ts";
import { deviceState } from "../hub/live.ts";
import { readDevice } from "../hub/read-device.ts";
import { type HubRead, useHubRead } from "../hub/use-hub-read.ts";
import { ReadNote } from "../ui/fault-note.tsx";
import { Icon } from "../ui/icon.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { AttributesTable } from "./attributes-table.tsx";
import { DeviceCharts } from "./device-charts.tsx";
import { DeviceHead } from "./device-head.tsx";

export function DevicePage({ id }: { id: string }) {
  useEffect(() => watchLive([id]), [id]);
  const read = useHubRead(`device ${id}`, (abort) => readDevice(id, abort));
  // The read's own state says when there is a device; until then one from the overview will do.
  const known = read.state.value === "failed" ? undefined : deviceState(id);
  const name = known === undefined ? id : displayName(id, known.about.value);
  usePageTitle(name);

  return (
    <>
      <a class="back" href="#/">
        <Icon name="back" /> All devices
      </a>
      {known === undefined ? <h1 class="mono">{id}</h1> : <DeviceHead device={known} />}
      <DeviceNote read={read} />
      <DeviceAlerts deviceId={id} />
      {known === undefined && read.state.value === "loading" && <p class="quiet">Loading the device…</p>}
      {known !== undefined && (
        <div class="device-body">
          <DeviceCharts device={known} />
          <AttributesTable attributes={known.about.value.attributes} />
        </div>
      )}
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
