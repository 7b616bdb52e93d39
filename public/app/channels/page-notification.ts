/** Notifications of the browser while the page is open; the browser has them in a secure context only. */
import type { Alert, Severity } from "../../../src/contract/alerts.ts";
import { alertsHref } from "../ui/route.ts";
import { callWords } from "./alert-call.ts";
import { browserChoice } from "./browser-choice.ts";

/** `insecure`: the page came over plain HTTP. */
export type NotificationAccess = "granted" | "denied" | "unasked" | "insecure" | "unknown";

export function notificationAccess(): NotificationAccess {
  if (!isSecureContext) return "insecure";
  if (!("Notification" in globalThis)) return "unknown";
  return Notification.permission === "default" ? "unasked" : Notification.permission;
}

export async function askForNotifications(): Promise<NotificationAccess> {
  if (notificationAccess() === "unasked") await Notification.requestPermission();
  return notificationAccess();
}

export function notifyIfWanted(alerts: readonly Alert[], severity: Severity): void {
  const title = `${alerts.length === 1 ? "1 alert" : `${alerts.length} alerts`} – Aerie`;
  showIfAllowed(title, callWords(alerts), severity);
}

/** Where this browser is to show them, and the browser lets the page. */
export function showIfAllowed(title: string, body: string, severity: Severity): void {
  if (browserChoice.peek().notification && notificationAccess() === "granted") showNotification(title, body, severity);
}

export function showNotification(title: string, body: string, severity: Severity): void {
  try {
    // The same tag: a new one replaces the former, and many do not fill the screen.
    const shown = new Notification(title, {
      body,
      tag: `aerie-${severity}`,
      requireInteraction: severity === "critical",
    });
    shown.onclick = () => {
      focus();
      location.hash = alertsHref("now");
      shown.close();
    };
  } catch {
    // Chrome on Android shows them from a service worker only: there Web Push does it.
  }
}
