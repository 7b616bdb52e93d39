/** Whether the page is that of a wall tablet: full screen, without anything to press; and its reload, which leaves no error page behind. */

export const isKiosk = new URLSearchParams(location.search).get("kiosk") === "1";

const ASK_EVERY_MS = 5_000;
let isReloading = false;

/** When the hub answers: a browser keeps its own error page where it does not. */
export function reloadWhenAnswered(): void {
  if (isReloading) return;
  isReloading = true;
  const ask = () => {
    fetch(location.pathname, { cache: "no-store" }).then(({ ok }) => (ok ? location.reload() : again()), again);
  };
  const again = () => void setTimeout(ask, ASK_EVERY_MS);
  ask();
}
