/** The checkbox of a device while devices are selected. It covers all of its card or row: a finger need not aim. */
import { type DeviceState, displayName } from "../../hub/device-state.ts";
import { select, selected } from "./selected-devices.ts";

interface SelectBoxProps {
  readonly device: DeviceState;
  /** As they are listed. */
  readonly ids: readonly (string | undefined)[];
}

export function SelectBox({ device, ids }: SelectBoxProps) {
  return (
    <input
      type="checkbox"
      class="select-box"
      data-select
      aria-label={`Select ${displayName(device.id, device.about.value)}`}
      checked={selected.value?.has(device.id) === true}
      onClick={({ currentTarget, shiftKey }) =>
        select(device.id, { isOn: currentTarget.checked, isRange: shiftKey, ids })
      }
    />
  );
}
