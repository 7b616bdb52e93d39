/** Makes the link that shows a view on a wall tablet, and shows it once, with a QR code. */
import { useSignal } from "@preact/signals";
import type { View } from "../../../src/contract/views/views.ts";
import { isLoopback } from "../access/loopback.ts";
import { QrCode } from "../channels/qr-code.tsx";
import { type HubFault, postToken, toFault } from "../hub/api.ts";
import { CommandLine } from "../ui/command-line.tsx";
import { FaultNote } from "../ui/fault-note.tsx";
import { Modal } from "../ui/modal.tsx";
import { query, viewHref } from "../ui/route.ts";

export function TabletLink({ view, close }: { view: View; close: () => void }) {
  const link = useSignal<string | undefined>(undefined);
  const fault = useSignal<HubFault | undefined>(undefined);
  const make = async () => {
    fault.value = undefined;
    try {
      const { secret } = await postToken({ name: `Wall tablet: ${view.name}`.slice(0, 64), scope: "viewer" });
      const range = query.peek() === "" ? "" : `${query.peek()}&`;
      link.value = `${location.origin}/?kiosk=1${viewHref(view.id)}?${range}token=${secret}`;
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
  };
  return (
    <Modal title="Link for a wall tablet" close={close}>
      {link.value === undefined ? (
        <>
          <p>
            The link shows this view full screen, without a sign-in, until you revoke it. It makes a token of the level
            viewer: who has the link can see every device of this hub, and change nothing.
          </p>
          {isLoopback() && (
            <p class="note">
              You opened the hub as <code>{location.hostname}</code>, which a tablet cannot reach. Open it by its
              address in your network first, and make the link there.
            </p>
          )}
          {fault.value !== undefined && <FaultNote what="The link was not made." fault={fault.value} />}
          <button type="button" class="primary" onClick={() => void make()}>
            Make link
          </button>
        </>
      ) : (
        <>
          <p>Scan the code with the tablet, or open the link there. Copy it now; it won't be shown again.</p>
          <QrCode text={link.value} label="QR code of the link" />
          <CommandLine name="the link" command={link.value} />
          <p class="quiet">
            To end it, revoke the token <b>Wall tablet: {view.name}</b> in <a href="#/settings">Settings</a>.
          </p>
        </>
      )}
    </Modal>
  );
}
