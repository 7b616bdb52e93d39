/** Online, late, asleep or offline as shape and word, readable without colour. */

import type { PresenceState } from "../../../src/contract/readings.ts";
import { hubNowMs } from "../hub/clock.ts";
import type { DeviceState } from "../hub/device-state.ts";
import { isStale } from "../hub/freshness.ts";
import { freshness } from "../hub/link.ts";
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
  if (isStale(freshness.value)) return <WasPresent state={detail} />;
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

/** The hub cannot be asked: nothing is claimed of now. */
const WasPresent = ({ state }: { state: PresenceState }) => (
  <span class="presence presence-unknown" data-presence="unknown" title={`It was ${state} when the hub was heard last`}>
    <Icon name="late" />
    <span>not known</span>
  </span>
);
