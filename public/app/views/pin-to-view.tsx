/** The button beside a chart that pins it to a view. */
import { useSignal } from "@preact/signals";
import type { DeviceState } from "../hub/device-state.ts";
import { reaches } from "../hub/session.ts";
import { Icon } from "../ui/icon.tsx";
import { metricLabel } from "../ui/value-words.ts";
import { PinDialog } from "./pin-dialog.tsx";

export function PinToView({ device, metric }: { device: DeviceState; metric: string }) {
  const isOpen = useSignal(false);
  if (!reaches("operator")) return null;
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-label={`Pin to a view: ${metricLabel(device.described(metric))}`}
        title="Pin to a view"
        onClick={() => {
          isOpen.value = true;
        }}
      >
        <Icon name="pin" />
      </button>
      {isOpen.value && (
        <PinDialog
          device={device}
          metric={metric}
          close={() => {
            isOpen.value = false;
          }}
        />
      )}
    </>
  );
}
