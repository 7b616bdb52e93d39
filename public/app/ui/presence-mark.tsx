/** Online, late, asleep or offline as shape and word, readable without colour. */

import type { PresenceState } from "../../../src/contract/readings.ts";
import { hubNowMs } from "../hub/clock.ts";
import type { DeviceState } from "../hub/device-state.ts";
import { Icon } from "./icon.tsx";
import { sinceWords } from "./time-words.ts";

const MEANINGS: Record<PresenceState, string | undefined> = {
  online: undefined,
  late: "It is connected, but its readings are overdue",
  asleep: "It connects only to send, and is due again",
  offline: undefined,
};

export function PresenceMark({ device, withSince = false }: { device: DeviceState; withSince?: boolean }) {
  const { detail, detailSinceMs } = device.presence.value;
  const since = withSince || detail === "offline" ? ` since ${sinceWords(detailSinceMs, hubNowMs.peek())}` : "";
  return (
    <span class={`presence presence-${detail}`} data-presence={detail} title={MEANINGS[detail]}>
      <Icon name={detail} />
      <span>
        {detail}
        <span class="presence-since">{since}</span>
      </span>
    </span>
  );
}
