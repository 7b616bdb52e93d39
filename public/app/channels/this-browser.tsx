/** What this browser does when an alert begins: a sound, a notification, and Web Push while no page is open. */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { ChannelAnswer } from "../../../src/contract/answers/alert-answers.ts";
import { Check } from "../ui/form-fields.tsx";
import { playSound } from "./alert-sound.ts";
import { browserChoice, choose } from "./browser-choice.ts";
import {
  askForNotifications,
  type NotificationAccess,
  notificationAccess,
  showNotification,
} from "./page-notification.ts";
import { PushSwitch } from "./push-switch.tsx";

export function ThisBrowser({ channels }: { channels: readonly ChannelAnswer[] }) {
  const title = useId();
  const access = useSignal<NotificationAccess>(notificationAccess());
  const tried = useSignal("");
  const { notification, sound } = browserChoice.value;
  const turnSound = async (isOn: boolean) => {
    choose({ sound: isOn });
    tried.value = isOn && !(await playSound("warning")) ? "This browser could not play a sound." : "";
  };
  const turnNotification = async (isOn: boolean) => {
    if (isOn) access.value = await askForNotifications();
    const isGranted = notificationAccess() === "granted";
    choose({ notification: isOn && isGranted });
    if (isOn && isGranted) showNotification("Aerie", "Alerts will be shown like this while the page is open.", "info");
  };
  return (
    <section class="this-browser" aria-labelledby={title} data-access={access.value}>
      <h2 id={title}>This browser</h2>
      <p class="quiet">For this browser on this device only. The first two work while a page of the hub is open.</p>
      <Check checked={sound} change={(isOn) => void turnSound(isOn)}>
        Play a sound when an alert begins
      </Check>
      {access.value === "insecure" || access.value === "unknown" ? (
        <p class="quiet" data-insecure>
          {access.value === "insecure"
            ? "Browsers show notifications only on pages that came over HTTPS, and this one came over plain HTTP. ntfy, Telegram and e-mail work without it."
            : "This browser has no notifications."}
        </p>
      ) : (
        <>
          <Check checked={notification && access.value === "granted"} change={(isOn) => void turnNotification(isOn)}>
            Show a notification when an alert begins
          </Check>
          <PushSwitch channels={channels} />
          {access.value === "denied" && (
            <p class="form-fault">
              This browser was told not to show notifications of this page. Allow them in the browser's settings of this
              site.
            </p>
          )}
        </>
      )}
      <p role="status" class="quiet">
        {tried.value}
      </p>
    </section>
  );
}
