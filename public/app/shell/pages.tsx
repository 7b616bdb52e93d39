/** The page at the address. All but the overview come when they are opened first: it is shown sooner without them. */

import { session } from "../hub/session.ts";
import { Overview } from "../overview/overview.tsx";
import { LazyPage } from "../ui/lazy-page.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { route } from "../ui/route.ts";

const devicePage = async () => (await import("../device/device-page.tsx")).DevicePage;
const otherPages = async () => (await import("./other-pages.tsx")).OtherPages;
const viewPages = async () => (await import("../views/view-pages.tsx")).ViewPages;
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
    case "view":
    case "views":
      return <LazyPage load={viewPages} props={{ now }} />;
    case "alerts":
    case "rule":
    case "inspector":
    case "clients":
    case "live":
    case "topics":
    case "retained":
    case "add":
    case "settings":
      return <LazyPage load={otherPages} props={{ now }} />;
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
