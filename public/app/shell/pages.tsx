/** The page at the address. All but the overview come when they are opened first: it is shown sooner without them. */

import { session } from "../hub/session.ts";
import { Overview } from "../overview/overview.tsx";
import { LazyPage } from "../ui/lazy-page.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { route } from "../ui/route.ts";

const devicePage = async () => (await import("../device/device-page.tsx")).DevicePage;
const alertsPage = async () => (await import("../alerts/alerts-page.tsx")).AlertsPage;
const rulePage = async () => (await import("../rules/rule-page.tsx")).RulePage;
const inspector = async () => (await import("../inspector/inspector.tsx")).Inspector;
const topicsPage = async () => (await import("../mapping/topics-page.tsx")).TopicsPage;
const addBoard = async () => (await import("../access/add-board.tsx")).AddBoard;
const settingsPage = async () => (await import("../access/settings-page.tsx")).SettingsPage;
const signInPage = async () => (await import("../access/sign-in.tsx")).SignInPage;

const NOTHING = {};

export const SignInPage = () => <LazyPage load={signInPage} props={NOTHING} />;

export function Page() {
  const now = route.value;
  switch (now.page) {
    case "overview":
      return <Overview />;
    case "device":
      return <LazyPage load={devicePage} props={{ id: now.id }} key={now.id} />;
    case "alerts":
      return <LazyPage load={alertsPage} props={{ tab: now.tab }} />;
    case "rule":
      return <LazyPage load={rulePage} props={{ id: now.id }} key={now.id} />;
    case "inspector":
      return <LazyPage load={inspector} props={NOTHING} />;
    case "topics":
      return <LazyPage load={topicsPage} props={NOTHING} />;
    case "add":
      return <LazyPage load={addBoard} props={NOTHING} />;
    case "settings":
      return <LazyPage load={settingsPage} props={NOTHING} />;
    case "setup":
      return session.value?.isUnclaimed === true ? <SignInPage /> : <SetUpAlready />;
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
