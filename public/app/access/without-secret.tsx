/** The devices that came before there was an account, and need a secret to come back. Nothing where there are none. */
import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { getBoards } from "../hub/api.ts";
import { addHref } from "../ui/route.ts";
import { likelyBoard } from "./likely-board.ts";

export function WithoutSecret() {
  const id = useId();
  const devices = useSignal<readonly string[]>([]);
  useEffect(() => {
    getBoards().then(
      ({ withoutSecret }) => {
        devices.value = withoutSecret;
      },
      () => undefined, // the list of boards says so
    );
  }, []);
  if (devices.value.length === 0) return null;
  return (
    <section class="access-list" aria-labelledby={id}>
      <h3 id={id}>Devices without a secret</h3>
      <p>They were heard before there was an account, and cannot connect any more. Their readings are kept.</p>
      <ul>
        {devices.value.map((deviceId) => (
          <li key={deviceId} data-without-secret={deviceId}>
            <strong>{deviceId}</strong>
            <a href={addHref(likelyBoard(deviceId))} aria-label={`Make the secret of ${deviceId}`}>
              Make its secret
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
