/** Online or offline as shape and word, readable without colour. */

import { hubNowMs } from "../hub/clock.ts";
import type { DeviceState } from "../hub/device-state.ts";
import { Icon } from "./icon.tsx";
import { sinceWords } from "./time-words.ts";

export function PresenceMark({ device, withSince = false }: { device: DeviceState; withSince?: boolean }) {
  const { state, sinceMs } = device.presence.value;
  const since = withSince || state === "offline" ? ` since ${sinceWords(sinceMs, hubNowMs.peek())}` : "";
  return (
    <span class={`presence presence-${state}`} data-presence={state}>
      <Icon name={state} />
      <span>
        {state}
        <span class="presence-since">{since}</span>
      </span>
    </span>
  );
}
