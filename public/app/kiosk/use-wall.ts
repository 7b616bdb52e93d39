/** What a page on a wall does by itself for weeks: stays awake, renews its cookie, loads a new version, and turns its pages. */
import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { newBuild } from "../hub/link.ts";
import { askSession, session } from "../hub/session.ts";
import { reloadWhenAnswered } from "../tablet/kiosk-mode.ts";
import { route, viewHref } from "../ui/route.ts";

const MINUTE_MS = 60_000;
/** The cookie lasts half a year from then. */
const RENEW_EVERY_MS = 24 * 60 * MINUTE_MS;

export function useWall(): void {
  useEffect(() => {
    const stops = [keepAwake(), fillScreen(), stayIn(), turnPages(), effect(reloadWhenNew)];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
}

function reloadWhenNew(): void {
  if (newBuild.value) reloadWhenAnswered();
}

/** Somebody may let this browser in from another page of it. */
function stayIn(): () => void {
  let askedAtMs = performance.now();
  const timer = setInterval(() => {
    const isDue = performance.now() - askedAtMs >= RENEW_EVERY_MS;
    if (session.peek()?.level !== "nobody" && !isDue) return;
    askedAtMs = performance.now();
    void askSession();
  }, MINUTE_MS);
  return () => clearInterval(timer);
}

/** Browsers allow it on pages with TLS only; the settings of the tablet serve for the others. */
function keepAwake(): () => void {
  const ask = () => {
    if (!document.hidden && "wakeLock" in navigator) navigator.wakeLock.request("screen").catch(() => undefined);
  };
  ask();
  document.addEventListener("visibilitychange", ask);
  return () => document.removeEventListener("visibilitychange", ask);
}

/** Browsers want a touch before they give a page the whole screen. Escape leads back to the page of the view. */
function fillScreen(): () => void {
  const touched = () => {
    if (document.fullscreenElement === null) document.documentElement.requestFullscreen?.().catch(() => undefined);
  };
  const pressed = ({ key }: KeyboardEvent) => {
    const now = route.peek();
    if (key !== "Escape" || session.peek()?.isTablet === true) return;
    location.href = `${location.pathname}${now.page === "view" ? viewHref(now.id) : "#/views"}`;
  };
  document.addEventListener("click", touched);
  document.addEventListener("keydown", pressed);
  return () => {
    document.removeEventListener("click", touched);
    document.removeEventListener("keydown", pressed);
  };
}

const TURN_EVERY_MS = 20_000;
/** Somebody reads. */
const REST_MS = MINUTE_MS;
/** What was at the lower edge is seen again at the upper one. */
const TURN = 0.9;

/** Where the view is longer than the screen. */
function turnPages(): () => void {
  let restsUntilMs = 0;
  const rest = () => {
    restsUntilMs = performance.now() + REST_MS;
  };
  const timer = setInterval(() => {
    if (performance.now() < restsUntilMs) return;
    const isAtEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
    scrollTo({ top: isAtEnd ? 0 : scrollY + innerHeight * TURN, behavior: "instant" });
  }, TURN_EVERY_MS);
  for (const name of TOUCHES) document.addEventListener(name, rest, { passive: true });
  return () => {
    clearInterval(timer);
    for (const name of TOUCHES) document.removeEventListener(name, rest);
  };
}

const TOUCHES = ["pointerdown", "wheel", "keydown"] as const;
