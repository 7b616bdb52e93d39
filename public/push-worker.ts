/** The service worker of Web Push: shows what the hub sent, also while no page is open. It serves no page and keeps nothing. */
import type { PushPayload } from "../src/contract/channels.ts";

/** What of a worker's world is used; the pages' types are those of a window. */
interface PushMessage extends Event {
  readonly data: { json(): unknown } | null;
  waitUntil(work: Promise<unknown>): void;
}
interface Click extends PushMessage {
  readonly notification: Notification;
}
interface WorkerWorld {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<readonly WindowOfHub[]>;
    openWindow(url: string): Promise<unknown>;
  };
  addEventListener(kind: "push", listener: (event: PushMessage) => void): void;
  addEventListener(kind: "notificationclick", listener: (event: Click) => void): void;
}
interface WindowOfHub {
  readonly url: string;
  focus(): Promise<unknown>;
  navigate(url: string): Promise<unknown>;
}

const world = globalThis as unknown as WorkerWorld;
const ALERTS = "/#/alerts";

world.addEventListener("push", (event) => {
  const message = event.data?.json() as PushPayload | undefined;
  if (message === undefined) return;
  const { id, severity, title, text } = message;
  // A browser that is sent something and shows nothing loses its right to be sent anything.
  event.waitUntil(
    world.registration.showNotification(title, {
      body: text,
      tag: id,
      requireInteraction: severity === "critical",
      data: message.acknowledgeUrl,
    }),
  );
});

world.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link: unknown = event.notification.data;
  event.waitUntil(open(typeof link === "string" ? link : ALERTS));
});

/** In the page that is open, where there is one. */
async function open(url: string): Promise<void> {
  const [page] = await world.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (page === undefined || url !== ALERTS) return void (await world.clients.openWindow(url));
  await page.focus();
  await page.navigate(url);
}
