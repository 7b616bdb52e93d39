/** The shell around every page: the rail, the banner, landmarks, focus, keys. */
import { useEffect, useRef } from "preact/hooks";
import { isStale } from "../hub/freshness.ts";
import { freshness } from "../hub/link.ts";
import { isIn, session, sessionFault } from "../hub/session.ts";
import { route } from "../ui/route.ts";
import { AlertCalls } from "./alert-calls.tsx";
import { HubBanner } from "./hub-banner.tsx";
import { KeyHelp } from "./key-help.tsx";
import { focusPage, startKeys } from "./keys.ts";
import { Page, SignInPage } from "./pages.tsx";
import { Rail } from "./rail.tsx";

export function App() {
  const main = useRef<HTMLElement>(null);
  const firstRoute = useRef(route.peek());
  const now = route.value;

  // Keyboard and screen reader users continue at the new page, not at the link that they followed.
  useEffect(() => {
    if (now === firstRoute.current) return;
    scrollTo(0, 0);
    focusPage(main.current);
  }, [now]);
  useEffect(() => (isIn.value ? startKeys() : undefined), [isIn.value]);

  return (
    <div class={isIn.value ? "shell" : "shell shell-bare"}>
      {/* No link: the address's hash is the route. */}
      <button type="button" class="skip-link" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Rail />
      <main id="main" ref={main} tabIndex={-1} class={isIn.value && isStale(freshness.value) ? "stale" : ""}>
        {isIn.value ? (
          <>
            <HubBanner />
            <AlertCalls />
            <Page />
          </>
        ) : (
          (session.value ?? sessionFault.value) !== undefined && <SignInPage />
        )}
      </main>
      <KeyHelp />
    </div>
  );
}
