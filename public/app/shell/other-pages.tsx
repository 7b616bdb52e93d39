/** All pages that show no devices: they are loaded together, because many small files compress worse. */
import { AddBoard } from "../add-board/add-board.tsx";
import { AlertsPage } from "../alerts/alerts-page.tsx";
import { ClientsPage } from "../inspector/clients-page.tsx";
import { Inspector } from "../inspector/inspector.tsx";
import { LivePage } from "../inspector/live/live-page.tsx";
import { RetainedPage } from "../inspector/retained-page.tsx";
import { TopicsPage } from "../mapping/topics-page.tsx";
import { RulePage } from "../rules/rule-page.tsx";
import { SettingsPage } from "../settings/settings-page.tsx";
import type { Route } from "../ui/route.ts";

type OtherPage = "alerts" | "rule" | "inspector" | "clients" | "live" | "retained" | "topics" | "add" | "settings";

export function OtherPages({ now }: { now: Extract<Route, { page: OtherPage }> }) {
  switch (now.page) {
    case "alerts":
      return <AlertsPage tab={now.tab} />;
    case "rule":
      return <RulePage id={now.id} key={now.id} />;
    case "inspector":
      return <Inspector />;
    case "clients":
      return <ClientsPage />;
    case "live":
      return <LivePage />;
    case "retained":
      return <RetainedPage />;
    case "topics":
      return <TopicsPage />;
    case "add":
      return <AddBoard />;
    case "settings":
      return <SettingsPage />;
  }
}
