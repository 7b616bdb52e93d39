/** The list of views and a single one: loaded together, because many small files compress worse. */
import type { Route } from "../ui/route.ts";
import { ViewPage } from "./view-page.tsx";
import { ViewsPage } from "./views-page.tsx";

export function ViewPages({ now }: { now: Extract<Route, { page: "views" | "view" }> }) {
  return now.page === "views" ? <ViewsPage /> : <ViewPage id={now.id} key={now.id} />;
}
