/** The two pages of the Inspector: what was refused, and what nobody reads. */

const TABS = [
  { tab: "refusals", href: "#/inspector", words: "Refused" },
  { tab: "topics", href: "#/inspector/topics", words: "Topics nobody reads" },
] as const;

export function InspectorTabs({ here }: { here: (typeof TABS)[number]["tab"] }) {
  return (
    <nav class="tabs" aria-label="Inspector">
      {TABS.map(({ tab, href, words }) => (
        <a key={tab} href={href} aria-current={tab === here ? "page" : undefined}>
          {words}
        </a>
      ))}
    </nav>
  );
}
