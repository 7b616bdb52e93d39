/** Says what could not be read and why, with a button to try again; or that the hub is slow. */
import { type HubFault, UNREACHABLE } from "../hub/api.ts";
import { isStale } from "../hub/freshness.ts";
import { freshness } from "../hub/link.ts";
import type { HubRead } from "../hub/use-hub-read.ts";
import { Icon } from "./icon.tsx";

export function FaultNote({ what, fault, retry }: { what: string; fault: HubFault; retry?: () => void }) {
  return (
    <div class="note note-bad" role="alert">
      <Icon name="warning" />
      <p>
        <strong>{fault.code === "REVOKED_NOT_SAVED" ? "Done, but not saved to disk yet." : what}</strong>{" "}
        {fault.message} <code>{fault.code}</code>
      </p>
      {retry && (
        <button type="button" onClick={retry}>
          Retry
        </button>
      )}
    </div>
  );
}

/** What a note needs of a read. */
type NotedRead = Pick<HubRead, "fault" | "retry"> & Partial<Pick<HubRead, "slow">>;

/** The same for a read: its failure, or its slowness. While the banner says that the hub is away, it does not say so again. */
export function ReadNote({ what, read }: { what: string; read: NotedRead }) {
  if (isStale(freshness.value) && (read.fault.value === undefined || read.fault.value.code === UNREACHABLE))
    return null;
  if (read.fault.value !== undefined) return <FaultNote what={what} fault={read.fault.value} retry={read.retry} />;
  if (!read.slow?.value) return null;
  return (
    <div class="note" role="status">
      <Icon name="clock" />
      <p>The hub answers slowly.</p>
      <button type="button" onClick={read.retry}>
        Retry
      </button>
    </div>
  );
}
