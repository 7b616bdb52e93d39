/** A view: charts and values of several devices over one range. Operators change it; the owner makes links for wall tablets. */
import { type Signal, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { View } from "../../../src/contract/views/views.ts";
import { reaches, session } from "../hub/session.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { RangeBar } from "../range-controls/range-bar.tsx";
import type { RangeContext } from "../series/chart-context.ts";
import { FaultNote, ReadNote } from "../ui/fault-note.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { saveFile } from "../ui/save-file.ts";
import { TextField } from "../ui/text-field.tsx";
import type { PartTools } from "./parts/part-head.tsx";
import { moved, viewFile, withoutLine, withoutPart } from "./parts/view-edits.ts";
import { ViewParts } from "./parts/view-parts.tsx";
import { RemoveView } from "./remove-view.tsx";
import { TabletLink } from "./tablet-link.tsx";
import { getView, putView } from "./view-api.ts";
import { viewChanges } from "./view-changes.ts";

export function ViewPage({ id }: { id: string }) {
  const view = useSignal<View | undefined>(undefined);
  const read = useHubRead(`the view ${id}`, async (abort) => {
    view.value = await getView(id, abort);
  });
  const shown = view.value?.id === id ? view.value : undefined;
  usePageTitle(shown?.name ?? "View");
  if (read.fault.value?.code === "VIEW_UNKNOWN") {
    return (
      <>
        <h1>No such view</h1>
        <p class="empty">
          This view was removed, or never was there. <a href="#/views">See all views</a>
        </p>
      </>
    );
  }
  return (
    <>
      {shown === undefined && <h1>View</h1>}
      <ReadNote what="The view could not be read." read={read} />
      {shown === undefined ? (
        read.state.value === "loading" && <p class="quiet">Loading…</p>
      ) : (
        <Shown view={shown} kept={view} />
      )}
    </>
  );
}

/** What the person does with the view. */
type Doing = "look" | "edit" | "link" | "remove";

function Shown({ view, kept }: { view: View; kept: Signal<View | undefined> }) {
  const doing = useSignal<Doing>("look");
  const { change, fault } = useMemo(() => viewChanges(kept, putView), [kept]);
  const close = () => {
    doing.value = "look";
  };
  const isEdited = doing.value === "edit";
  return (
    <>
      <div class="view-head">
        <h1>{view.name}</h1>
        <Tools view={view} doing={doing} />
      </div>
      {isEdited && <Rename view={view} rename={(name) => change({ name })} />}
      {fault.value !== undefined && <FaultNote what="The view was not changed." fault={fault.value} />}
      {view.parts.length === 0 && <Empty />}
      <ViewParts
        view={view}
        toolsOf={isEdited ? (index) => toolsOf(view, index, (parts) => void change({ parts })) : undefined}
        bar={(context) => view.parts.some(({ kind }) => kind === "chart") && <Bar context={context} />}
      />
      {doing.value === "link" && <TabletLink view={view} close={close} />}
      {doing.value === "remove" && <RemoveView view={view} close={close} />}
    </>
  );
}

function Tools({ view, doing }: { view: View; doing: Signal<Doing> }) {
  const open = (next: Doing) => () => {
    doing.value = next;
  };
  const isEdited = doing.value === "edit";
  return (
    <div class="view-actions">
      {reaches("operator") && (
        <button type="button" aria-pressed={isEdited} onClick={open(isEdited ? "look" : "edit")}>
          {isEdited ? "Finish editing" : "Edit view"}
        </button>
      )}
      <a href={`?kiosk=1#/views/${encodeURIComponent(view.id)}`}>Show full screen</a>
      {reaches("owner") && session.value?.auth === "on" && (
        <button type="button" onClick={open("link")}>
          Create tablet link…
        </button>
      )}
      <button type="button" onClick={() => saveFile(`${fileName(view.name)}.json`, viewFile(view), "application/json")}>
        Download view
      </button>
      {isEdited && (
        <button type="button" class="danger" onClick={open("remove")}>
          Remove view…
        </button>
      )}
    </div>
  );
}

/** Of letters and digits of any language: file systems refuse others. */
const fileName = (name: string): string => name.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "view";

function toolsOf({ parts }: View, index: number, change: (parts: View["parts"]) => void): PartTools {
  return {
    earlier: index === 0 ? undefined : () => change(moved(parts, index, -1)),
    later: index === parts.length - 1 ? undefined : () => change(moved(parts, index, 1)),
    remove: () => change(withoutPart(parts, index)),
    removeLine: (line) => change(withoutLine(parts, index, line)),
  };
}

function Rename({ view, rename }: { view: View; rename: (name: string) => Promise<void> }) {
  const name = useSignal(view.name);
  return (
    <form
      class="view-rename"
      onSubmit={(event) => {
        event.preventDefault();
        void rename(name.value);
      }}
    >
      <TextField label="Name" value={name} isRequired />
      <button type="submit" disabled={name.value.trim() === view.name}>
        Rename view
      </button>
    </form>
  );
}

function Bar({ context }: { context: RangeContext }) {
  const { view } = context;
  return (
    <div class="view-bar">
      <RangeBar context={context} />
      {view.range.value.kind === "fixed" && (
        <button type="button" onClick={view.backToLive}>
          Back to live
        </button>
      )}
    </div>
  );
}

const Empty = () => (
  <p class="empty">
    This view shows nothing yet. Open a device in the <a href="#/">overview</a>, and choose <b>Pin to a view</b> on one
    of its charts.
  </p>
);
