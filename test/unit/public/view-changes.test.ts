import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import { HubFault } from "../../../public/app/hub/api.ts";
import { viewChanges } from "../../../public/app/views/view-changes.ts";
import type { View } from "../../../src/contract/views/views.ts";

const VIEW: View = { id: "air", name: "Air", parts: [] };
const PART: View["parts"][number] = { kind: "value", lines: [{ device: "attic", metric: "eco2" }] };

/** Views that are stored when `answer` is called, which says what becomes of each. */
function openStore() {
  const waiting: { view: View; answer: (stored: boolean) => void }[] = [];
  const put = (view: View) =>
    new Promise<View>((resolve, reject) => {
      waiting.push({
        view,
        answer: (stored) => (stored ? resolve(view) : reject(new HubFault("VIEW_INVALID", "Refused"))),
      });
    });
  return { waiting, put };
}

test("a change that is made while another is stored keeps that one, and is sent after it", async () => {
  const shown = signal<View | undefined>(VIEW);
  const { waiting, put } = openStore();
  const { change } = viewChanges(shown, put);
  void change({ name: "Rooms" });
  const done = change({ parts: [PART] });
  expect(shown.value).toEqual({ ...VIEW, name: "Rooms", parts: [PART] });
  await Promise.resolve();
  expect(waiting.map(({ view }) => view)).toEqual([{ ...VIEW, name: "Rooms" }]);
  shown.value = VIEW; // read from the hub before it was changed
  waiting[0]?.answer(true);
  await expect.poll(() => waiting.length).toBe(2);
  waiting[1]?.answer(true);
  await done;
  expect(waiting[1]?.view).toEqual({ ...VIEW, name: "Rooms", parts: [PART] });
  expect(shown.value).toEqual(waiting[1]?.view);
});

test("where the hub stores no change, the view is shown as it is stored, with the reason", async () => {
  const shown = signal<View | undefined>(VIEW);
  const { waiting, put } = openStore();
  const { change, fault } = viewChanges(shown, put);
  const done = change({ name: "Rooms" });
  await Promise.resolve();
  waiting[0]?.answer(false);
  await done;
  expect(shown.value).toEqual(VIEW);
  expect(fault.value?.code).toBe("VIEW_INVALID");
});
