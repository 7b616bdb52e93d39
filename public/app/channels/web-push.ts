/** Web Push of this browser: asked for, given up. It needs a certificate that the browser trusts. */
import { deletePushSubscription, getPushKey, postPushSubscription } from "../hub/alert-api.ts";

const WORKER = "push-worker.js";

export const canPush = (): boolean => isSecureContext && "serviceWorker" in navigator && "PushManager" in globalThis;

const registration = () => navigator.serviceWorker.getRegistration();

/** Undefined: this browser is not subscribed. */
export async function pushSubscription(): Promise<PushSubscription | undefined> {
  if (!canPush()) return undefined;
  return (await (await registration())?.pushManager.getSubscription()) ?? undefined;
}

/** Rejects where the browser has no push service, or the hub does not send to it. */
export async function subscribeToPush(): Promise<void> {
  const { publicKey } = await getPushKey();
  const worker = await navigator.serviceWorker.register(WORKER);
  await navigator.serviceWorker.ready;
  const known = await worker.pushManager.getSubscription();
  // One that was made for another key, of a hub that was here before, would never be sent anything.
  if (known !== null && keyOf(known) !== publicKey) await known.unsubscribe();
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  try {
    await postPushSubscription(made.toJSON());
  } catch (thrown) {
    await made.unsubscribe();
    throw thrown;
  }
}

export async function unsubscribeFromPush(): Promise<void> {
  const known = await pushSubscription();
  if (known === undefined) return;
  await deletePushSubscription(known.endpoint).catch(() => undefined); // its push service tells the hub
  await known.unsubscribe();
}

function keyOf({ options: { applicationServerKey } }: PushSubscription): string {
  if (applicationServerKey === null) return "";
  const text = btoa(String.fromCharCode(...new Uint8Array(applicationServerKey)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
