/** What a mapping that was just added or changed reads from now on. */
import { deviceHref } from "../ui/route.ts";
import type { Saved } from "./mapping-editor.tsx";

const MOST_DEVICES = 10;

export function SavedNote({ saved: { mapping, devices } }: { saved: Saved }) {
  return (
    <p class="note note-ok" role="status" data-saved={mapping.topic}>
      <span>
        <strong>
          From now on the hub reads <span class="mono">{mapping.topic}</span>.
        </strong>{" "}
        {devices.length > 0 && "Readings come with the next messages of "}
        {devices.slice(0, MOST_DEVICES).map((id, at) => (
          <span key={id}>
            {at > 0 && ", "}
            <a href={deviceHref(id)}>{id}</a>
          </span>
        ))}
        {devices.length > MOST_DEVICES && ` and ${devices.length - MOST_DEVICES} more`}
        {devices.length > 0 && "."}
      </span>
    </p>
  );
}
