/** The shell around every page: header, notes, landmarks, title, focus. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { AddBoard } from "../access/add-board.tsx";
import { SettingsPage } from "../access/settings-page.tsx";
import { SignInPage } from "../access/sign-in.tsx";
import { DevicePage } from "../device/device-page.tsx";
import { isStale } from "../hub/freshness.ts";
import { freshness } from "../hub/link.ts";
import { isIn, reaches, session, signOut } from "../hub/session.ts";
import { Inspector } from "../inspector/inspector.tsx";
import { TopicsPage } from "../mapping/topics-page.tsx";
import { Overview } from "../overview/overview.tsx";
import { Icon } from "../ui/icon.tsx";
import { LazyPage } from "../ui/lazy-page.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { route } from "../ui/route.ts";
import { theme, toggleTheme } from "../ui/theme.ts";
import { AlertBell } from "./alert-bell.tsx";
import { AlertCalls } from "./alert-calls.tsx";
import { HubNotes } from "./hub-notes.tsx";
import { LiveChip } from "./live-chip.tsx";

export function App() {
  const main = useRef<HTMLElement>(null);
  const firstRoute = useRef(route.peek());
  const now = route.value;

  // Keyboard and screen reader users continue at the new page, not at the link that they followed.
  useEffect(() => {
    if (now === firstRoute.current) return;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [now]);

  return (
    <>
      {/* No link: the address's hash is the route. */}
      <button type="button" class="skip-link" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Header />
      {isIn.value ? (
        <main id="main" ref={main} tabIndex={-1} class={isStale(freshness.value) ? "stale" : ""}>
          <HubNotes />
          <AlertCalls />
          <Page />
        </main>
      ) : (
        <main id="main" ref={main} tabIndex={-1}>
          <SignInPage />
        </main>
      )}
    </>
  );
}

function Header() {
  const { page } = route.value;
  const dark = theme.value === "dark";
  return (
    <header class="top">
      <a class="brand" href="#/">
        Aerie
      </a>
      {isIn.value && (
        <nav aria-label="Pages">
          <PageLink href="#/" here={page === "overview"}>
            Overview
          </PageLink>
          <AlertBell here={page === "alerts" || page === "rule"} />
          <PageLink href="#/inspector" here={page === "inspector" || page === "topics"}>
            Inspector
          </PageLink>
          {session.value?.auth === "on" && reaches("operator") && (
            <>
              <PageLink href="#/add" here={page === "add"}>
                Add
              </PageLink>
              <PageLink href="#/settings" here={page === "settings"}>
                Settings
              </PageLink>
            </>
          )}
        </nav>
      )}
      {isIn.value && <LiveChip />}
      <AccountTools />
      <button
        type="button"
        class="icon-button"
        onClick={toggleTheme}
        aria-label={dark ? "Use light colours" : "Use dark colours"}
        title={dark ? "Use light colours" : "Use dark colours"}
      >
        <Icon name={dark ? "light" : "dark"} />
      </button>
    </header>
  );
}

function AccountTools() {
  const name = session.value?.name;
  if (name === undefined) return null;
  return (
    <span class="account">
      <span class="account-name">{name}</span>
      <button type="button" onClick={() => void signOut()}>
        Sign out
      </button>
    </span>
  );
}

function PageLink({ href, here, children }: { href: string; here: boolean; children: ComponentChildren }) {
  return (
    <a href={href} aria-current={here ? "page" : undefined}>
      {children}
    </a>
  );
}

/** They come when they are opened first: a page of devices is shown sooner without them. */
const alertsPage = async () => (await import("../alerts/alerts-page.tsx")).AlertsPage;
const rulePage = async () => (await import("../rules/rule-page.tsx")).RulePage;

function Page() {
  const now = route.value;
  switch (now.page) {
    case "overview":
      return <Overview />;
    case "device":
      return <DevicePage key={now.id} id={now.id} />;
    case "alerts":
      return <LazyPage load={alertsPage} props={{ tab: now.tab }} />;
    case "rule":
      return <LazyPage load={rulePage} props={{ id: now.id }} key={now.id} />;
    case "inspector":
      return <Inspector />;
    case "topics":
      return <TopicsPage />;
    case "add":
      return <AddBoard />;
    case "settings":
      return <SettingsPage />;
    case "setup":
      return <SetUpAlready />;
    case "unknown":
      return <NoSuchPage />;
  }
}

/** The link of the first account, where there is one. */
function SetUpAlready() {
  return (
    <>
      <h1>This hub already has an owner</h1>
      <p>
        This link creates the first account, and that was done before. You need it no more.{" "}
        <a href="#/">Go to the overview</a>
      </p>
    </>
  );
}

function NoSuchPage() {
  usePageTitle("No such page");
  return (
    <>
      <h1>No such page</h1>
      <p>
        There is no page at this address. <a href="#/">Go to the overview</a>
      </p>
    </>
  );
}
