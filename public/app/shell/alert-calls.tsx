/** Says aloud, shows and sounds when alerts begin to fire; at most once in five seconds, however many there are. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Alert } from "../../../src/contract/alerts.ts";
import { worstOf } from "../alerts/alert-groups.ts";
import { beganToFire, callWords } from "../channels/alert-call.ts";
import { soundIfWanted } from "../channels/alert-sound.ts";
import { notifyIfWanted, showIfAllowed } from "../channels/page-notification.ts";
import { watchAlerts } from "../hub/alert-state.ts";
import { watchNotices } from "../hub/notices.ts";

const CALM_MS = 5_000;

export function AlertCalls() {
  const words = useSignal("");
  useEffect(() => {
    let waiting: Alert[] = [];
    let later: ReturnType<typeof setTimeout> | undefined;
    const call = () => {
      const alerts = waiting;
      waiting = [];
      later = undefined;
      const severity = worstOf(alerts);
      if (severity === undefined) return;
      words.value = callWords(alerts);
      notifyIfWanted(alerts, severity);
      soundIfWanted(severity);
      later = setTimeout(call, CALM_MS);
    };
    const stop = watchAlerts((changed, before) => {
      waiting.push(...beganToFire(changed, before));
      if (waiting.length > 0 && later === undefined) call();
    });
    // Repeats, and what is over, come this way only. What has just been called is not called twice.
    const stopNotices = watchNotices(({ title, text, severity }) => {
      if (later !== undefined) return;
      words.value = `${title}. ${text}`;
      showIfAllowed(title, text, severity);
      soundIfWanted(severity);
      later = setTimeout(call, CALM_MS);
    });
    return () => {
      stop();
      stopNotices();
      clearTimeout(later);
    };
  }, []);
  return (
    <p class="sr-only" aria-live="assertive" aria-atomic="true" data-calls>
      {words}
    </p>
  );
}
