/** The settings page: who may use the hub, what it was started with, and what this browser shows. Its sections have addresses of their own. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { SettingsAnswer } from "../../../src/contract/answers/settings-answer.ts";
import { Applications, Boards, People, Tokens } from "../access/access-lists.tsx";
import { WithoutSecret } from "../access/without-secret.tsx";
import { getSettings } from "../hub/api.ts";
import { reaches, session } from "../hub/session.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { ReadNote } from "../ui/fault-note.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { alertsHref, query } from "../ui/route.ts";
import { AboutPart } from "./about-part.tsx";
import { BackupPart } from "./backup-part.tsx";
import { DashboardPart } from "./dashboard-part.tsx";
import { NetworkPart } from "./network-part.tsx";
import { StoragePart } from "./storage-part.tsx";

interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: ComponentChildren;
}

export function SettingsPage() {
  const settings = useSignal<SettingsAnswer | undefined>(undefined);
  const isOwner = reaches("owner");
  usePageTitle("Settings");
  const read = useHubRead(isOwner ? "settings" : "", async (abort) => {
    settings.value = await getSettings(abort);
  });
  const sections = sectionsFor(settings.value);
  const isThere = settings.value !== undefined || !isOwner;
  const at = new URLSearchParams(query.value).get("at");
  useEffect(() => {
    if (at === null || !isThere) return;
    const frame = requestAnimationFrame(() => goTo(at));
    return () => cancelAnimationFrame(frame);
  }, [at, isThere]);
  return (
    <>
      <h1>Settings</h1>
      <ReadNote what="The settings could not be read." read={read} />
      <div class="settings">
        <nav class="settings-index" aria-label="Sections of the settings">
          {sections.map(({ id, title }) => (
            <a
              key={id}
              href={`#/settings?at=${id}`}
              aria-current={id === at ? "true" : undefined}
              onClick={() => id === at && goTo(id)}
            >
              {title}
            </a>
          ))}
        </nav>
        <div class="settings-sections">
          {sections.map(({ id, title, content }) => (
            <section key={id} class="settings-section" aria-labelledby={`settings-${id}`}>
              <h2 id={`settings-${id}`} tabIndex={-1}>
                {title}
              </h2>
              {content}
            </section>
          ))}
        </div>
      </div>
    </>
  );
}

/** Also where its address is the present one, and does not change. */
function goTo(id: string): void {
  const heading = document.getElementById(`settings-${id}`);
  heading?.focus({ preventScroll: true });
  heading?.scrollIntoView();
}

function sectionsFor(settings: SettingsAnswer | undefined): Section[] {
  const isOwner = reaches("owner");
  const hasAccounts = session.value?.auth === "on";
  const sections: Section[] = [];
  const add = (id: string, title: string, content: ComponentChildren) => sections.push({ id, title, content });
  if (isOwner) add("people", "People", hasAccounts ? <People /> : <NoAccounts />);
  if (hasAccounts && reaches("operator")) {
    add(
      "devices",
      "Devices and tokens",
      <>
        <Boards />
        <WithoutSecret />
        {isOwner && <Applications />}
        {isOwner && <Tokens />}
      </>,
    );
  }
  if (settings !== undefined) {
    add("network", "Network", <NetworkPart settings={settings} />);
    add("storage", "Storage and retention", <StoragePart settings={settings} />);
    add("backup", "Backup", <BackupPart settings={settings} />);
  }
  add(
    "notifications",
    "Notifications",
    <p>
      Where alerts are sent is set under <a href={alertsHref("channels")}>Alerts, Channels</a>, with the sound and the
      notifications of this browser.
    </p>,
  );
  add("dashboard", "Dashboard", <DashboardPart />);
  add("about", "About", <AboutPart settings={settings} />);
  return sections;
}

const NoAccounts = () => (
  <p>
    This hub runs without accounts, so there is nobody to add. To have accounts, restart it with{" "}
    <code>AERIE_AUTH=on</code>.
  </p>
);
