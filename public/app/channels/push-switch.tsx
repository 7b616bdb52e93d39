/** Switches Web Push of this browser on and off; makes the channel for it where there is none. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ChannelAnswer } from "../../../src/contract/answers/alert-answers.ts";
import { type HubFault, toFault } from "../hub/api.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { Check } from "../ui/form-fields.tsx";
import { askForNotifications } from "./page-notification.ts";
import { canPush, pushSubscription, subscribeToPush, unsubscribeFromPush } from "./web-push.ts";

export function PushSwitch({ channels }: { channels: readonly ChannelAnswer[] }) {
  const isOn = useSignal(false);
  const busy = useSignal(false);
  const fault = useSignal<HubFault | undefined>(undefined);
  useEffect(() => {
    void pushSubscription().then((known) => {
      isOn.value = known !== undefined;
    });
  }, []);
  const turn = async (next: boolean) => {
    busy.value = true;
    fault.value = undefined;
    try {
      if (!next) await unsubscribeFromPush();
      else if ((await askForNotifications()) === "granted") await subscribeToPush();
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
    isOn.value = (await pushSubscription()) !== undefined;
    busy.value = false;
  };
  if (!canPush()) return null;
  const hasChannel = channels.some(({ settings, enabled }) => enabled && settings.kind === "browser");
  return (
    <>
      <Check checked={isOn.value} change={(next) => void turn(next)}>
        Send notifications to this browser also while no page is open
      </Check>
      {isOn.value && !hasChannel && (
        <p class="quiet">Nothing is sent to it yet: an owner has to add the channel “Browser” above.</p>
      )}
      {busy.value && <p class="quiet">One moment…</p>}
      {fault.value !== undefined && (
        <FaultNote what="This browser is not sent notifications while no page is open." fault={fault.value} />
      )}
    </>
  );
}
