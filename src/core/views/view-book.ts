/** Keeps the views: saved pages of charts and values. */
import { MAX_VIEWS } from "../../contract/views/view-limits.ts";
import { readView, type View, type ViewFields, writeView } from "../../contract/views/views.ts";
import type { BookOutcome } from "../alerts/alert-types.ts";
import { newRecordId } from "../alerts/record-id.ts";
import { createSerialQueue } from "../model/serial-queue.ts";
import type { Clock } from "../ports/clock.ts";
import type { HubFile, StoredRecord } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";

export interface ViewBook {
  /** In the order in which they were made. */
  list(): readonly View[];
  get(id: string): View | undefined;
  /** These reject with a StoreError where nothing could be written; then nothing was changed. */
  add(fields: ViewFields): Promise<BookOutcome<View>>;
  replace(id: string, fields: ViewFields): Promise<BookOutcome<View>>;
  /** False: there is none of this id. */
  remove(id: string): Promise<boolean>;
}

export interface ViewBookOptions {
  readonly hubFile: Pick<HubFile, "write">;
  /** Of all kinds. */
  readonly stored: readonly StoredRecord[];
  readonly clock: Pick<Clock, "nowMs">;
  readonly log: Log;
}

export function createViewBook({ hubFile, stored, clock, log }: ViewBookOptions): ViewBook {
  const queue = createSerialQueue();
  const views = new Map<string, View>();
  for (const { kind, id, data } of stored) {
    if (kind !== "view") continue;
    const fields = readView(data);
    if (fields === undefined) log.warn("a view cannot be read, and is left as it is", { id });
    else views.set(id, { ...fields, id });
  }

  async function put(id: string, fields: ViewFields): Promise<BookOutcome<View>> {
    await hubFile.write([{ of: "record", kind: "view", id, data: writeView(fields) }]);
    const view = { ...fields, id };
    views.set(id, view);
    return { kind: "done", item: view };
  }

  return {
    list: () => [...views.values()],
    get: (id) => views.get(id),
    add: (fields) =>
      queue.run<BookOutcome<View>>(async () =>
        views.size >= MAX_VIEWS ? { kind: "full" } : put(newRecordId(views, clock.nowMs()), fields),
      ),
    replace: (id, fields) =>
      queue.run<BookOutcome<View>>(async () => (views.has(id) ? put(id, fields) : { kind: "unknown" })),
    remove: (id) =>
      queue.run(async () => {
        if (!views.has(id)) return false;
        await hubFile.write([{ of: "record", kind: "view", id, data: undefined }]);
        views.delete(id);
        return true;
      }),
  };
}
