/** The pages of the Inspector: what was refused, what comes now, which clients are connected, what is retained, and what nobody reads. */
import { reaches } from "../hub/session.ts";

const TABS = [
  { tab: "refusals", href: "#/inspector", words: "Refused", from: "viewer" },
  { tab: "live", href: "#/inspector/live", words: "Live", from: "viewer" },
  { tab: "clients", href: "#/inspector/clients", words: "Clients", from: "operator" },
  { tab: "retained", href: "#/inspector/retained", words: "Retained", from: "operator" },
  { tab: "topics", href: "#/inspector/topics", words: "Topics nobody reads", from: "viewer" },
] as const;

export function InspectorTabs({ here }: { here: (typeof TABS)[number]["tab"] }) {
  return (
    <nav class="tabs" aria-label="Inspector">
      {TABS.filter(({ from }) => reaches(from)).map(({ tab, href, words }) => (
        <a key={tab} href={href} aria-current={tab === here ? "page" : undefined}>
          {words}
        </a>
      ))}
    </nav>
  );
}
