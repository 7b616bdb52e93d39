/** All views: opened, created, and uploaded from a file. */
import { useSignal } from "@preact/signals";
import type { View, ViewFields } from "../../../src/contract/views/views.ts";
import { HubFault, toFault } from "../hub/api.ts";
import { reaches } from "../hub/session.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { FaultNote, ReadNote } from "../ui/fault-note.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { viewHref } from "../ui/route.ts";
import { TextField } from "../ui/text-field.tsx";
import { readViewFile } from "./parts/view-edits.ts";
import { getViews, postView } from "./view-api.ts";

export function ViewsPage() {
  usePageTitle("Views");
  const views = useSignal<readonly View[] | undefined>(undefined);
  const read = useHubRead("views", async (abort) => {
    views.value = (await getViews(abort)).views;
  });
  return (
    <>
      <h1>Views</h1>
      <ReadNote what="The views could not be read." read={read} />
      {views.value === undefined && read.state.value === "loading" && <p class="quiet">Loading…</p>}
      {views.value?.length === 0 && (
        <div class="empty">
          <p>
            A view is a page with charts and values of several devices, for people and for tablets on the wall. Create
            one here, or choose <b>Pin to a view</b> on a chart of a device.
          </p>
        </div>
      )}
      <ul class="view-list">
        {views.value?.map((view) => (
          <li key={view.id}>
            <a href={viewHref(view.id)}>{view.name}</a> <span class="quiet">{contentWords(view)}</span>
          </li>
        ))}
      </ul>
      {reaches("operator") && <NewView />}
    </>
  );
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

/** `3 charts, 1 value` */
function contentWords({ parts }: View): string {
  const charts = parts.filter(({ kind }) => kind === "chart").length;
  const words = [
    ...(charts > 0 ? [counted(charts, "chart")] : []),
    ...(parts.length > charts ? [counted(parts.length - charts, "value")] : []),
  ];
  return words.join(", ") || "empty";
}

function NewView() {
  const name = useSignal("");
  const fault = useSignal<HubFault | undefined>(undefined);
  const isBusy = useSignal(false);
  const add = async (fields: () => Promise<ViewFields>) => {
    if (isBusy.peek()) return;
    isBusy.value = true;
    fault.value = undefined;
    try {
      location.hash = viewHref((await postView(await fields())).id);
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
    isBusy.value = false;
  };
  return (
    <section aria-labelledby="new-view">
      <h2 id="new-view">New view</h2>
      <form
        class="view-rename"
        onSubmit={(event) => {
          event.preventDefault();
          void add(async () => ({ name: name.value, parts: [] }));
        }}
      >
        <TextField label="Name" value={name} isRequired />
        <button type="submit" disabled={isBusy.value}>
          Create view
        </button>
      </form>
      <label class="view-upload">
        Or upload one that was downloaded from this hub or another{" "}
        <input
          type="file"
          accept=".json,application/json"
          disabled={isBusy.value}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            event.currentTarget.value = ""; // the same file again is a change, too
            if (file !== undefined) void add(() => fieldsIn(file));
          }}
        />
      </label>
      {fault.value !== undefined && <FaultNote what="The view was not created." fault={fault.value} />}
    </section>
  );
}

/** More is no view. */
const MOST_BYTES = 100_000;

async function fieldsIn(file: File): Promise<ViewFields> {
  const read = readViewFile(file.size > MOST_BYTES ? "" : await file.text());
  if (!read.ok) throw new HubFault("NO_VIEW_FILE", read.fault);
  return read.fields;
}
