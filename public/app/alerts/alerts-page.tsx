/** The page of alerts: what fires now, the log, the rules, and the channels. */
import { useEffect } from "preact/hooks";
import { ChannelsPart } from "../channels/channels-part.tsx";
import { watchLive } from "../hub/link.ts";
import { RulesPart } from "../rules/rules-part.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { type AlertsTab, alertsHref } from "../ui/route.ts";
import { AlertLog } from "./alert-log.tsx";
import { AlertsNow } from "./alerts-now.tsx";

const TABS: readonly { tab: AlertsTab; words: string }[] = [
  { tab: "now", words: "Now" },
  { tab: "log", words: "Log" },
  { tab: "rules", words: "Rules" },
  { tab: "channels", words: "Channels" },
];

export function AlertsPage({ tab }: { tab: AlertsTab }) {
  usePageTitle("Alerts");
  useEffect(() => watchLive([]), []); // no readings are shown here
  return (
    <>
      <h1>Alerts</h1>
      <nav class="tabs" aria-label="Alerts">
        {TABS.map(({ tab: each, words }) => (
          <a key={each} href={alertsHref(each)} aria-current={each === tab ? "page" : undefined}>
            {words}
          </a>
        ))}
      </nav>
      <Tab tab={tab} />
    </>
  );
}

function Tab({ tab }: { tab: AlertsTab }) {
  switch (tab) {
    case "now":
      return <AlertsNow />;
    case "log":
      return <AlertLog />;
    case "rules":
      return <RulesPart />;
    case "channels":
      return <ChannelsPart />;
  }
}
