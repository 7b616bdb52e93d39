/** Puts the modules of the dashboard into few files, because many small ones compress worse: what the first page needs, the plot, and the pages that are opened later. */
import path from "node:path";

interface Modules {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

const APP = path.join(import.meta.dirname, "..", "public", "app");
const ENTRY = "main.tsx";
/** None may import the plot, which imports them. What these import is in one file, with them; what two of them import is in `shared-pages`. */
const DEVICE_PAGES = [
  "device/device-page.tsx",
  "device/board-replacement.tsx",
  "views/view-pages.tsx",
  "kiosk/kiosk-app.tsx",
];
const OTHER_PAGES = ["shell/other-pages.tsx", "rules/rule-offers.tsx"];
const PLOT = ["chart/plot/plot.ts"];
/** No part of the dashboard: it must not load files of it. */
const TEST_PAGE = ["../websocket-test.ts"];

/** Those files and all that they import, but for what they load later. */
function importedBy(files: readonly string[], modules: Modules): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (id: string): void => {
    if (found.has(id)) return;
    found.add(id);
    for (const next of modules.getModuleInfo(id)?.importedIds ?? []) add(next);
  };
  for (const file of files) add(path.join(APP, file));
  return found;
}

/** The name of the file for each module; null: the bundler decides. */
export function pageChunks(): (id: string, modules: Modules) => string | null {
  let sets: Readonly<Record<"first" | "plot" | "device" | "other" | "test", ReadonlySet<string>>> | undefined;
  return (id, modules) => {
    sets ??= {
      first: importedBy([ENTRY], modules),
      plot: importedBy(PLOT, modules),
      device: importedBy(DEVICE_PAGES, modules),
      other: importedBy(OTHER_PAGES, modules),
      test: importedBy(TEST_PAGE, modules),
    };
    if (id === path.join(APP, ENTRY) || sets.test.has(id)) return null;
    if (sets.first.has(id)) return "first-page";
    if (sets.plot.has(id) && /plot/i.test(id)) return "plot";
    if (sets.device.has(id)) return sets.other.has(id) ? "shared-pages" : "device-page";
    return sets.other.has(id) ? "other-pages" : null;
  };
}
