/** Reads the page from the address's hash, and makes such addresses. */
import { batch, signal } from "@preact/signals";

export type Route =
  | { page: "overview" }
  | { page: "device"; id: string }
  | { page: "inspector" }
  | { page: "add" }
  | { page: "settings" }
  | { page: "setup"; code: string }
  | { page: "unknown" };

const split = (hash: string): [path: string, query: string] => {
  const [path = "", ...query] = hash.replace(/^#/, "").split("?");
  return [path, query.join("?")];
};

export function parseRoute(hash: string): Route {
  const [, first = "", second = "", ...rest] = split(hash)[0].split("/");
  if (rest.length > 0) return { page: "unknown" };
  if (first === "" && second === "") return { page: "overview" };
  if (first === "inspector" && second === "") return { page: "inspector" };
  if (first === "settings" && second === "") return { page: "settings" };
  if (first === "add" && second === "") return { page: "add" };
  if (first === "setup" && second !== "") return { page: "setup", code: second };
  if (first !== "devices" || second === "") return { page: "unknown" };
  try {
    return { page: "device", id: decodeURIComponent(second) };
  } catch {
    return { page: "unknown" };
  }
}

/** Where a board is connected; the device id is filled in. */
export const addHref = (id: string): string => `#/add?id=${encodeURIComponent(id)}`;

export const deviceHref = (id: string): string => `#/devices/${encodeURIComponent(id)}`;

/** Changes with the page only, not with what the page shows of itself. */
export const route = signal(parseRoute(location.hash));
/** What follows the hash's `?`: the page's own affair. */
export const query = signal(split(location.hash)[1]);

/** An entry of its own in the browser's history. */
export function goToQuery(next: string): void {
  if (next === query.peek()) return;
  history.pushState(null, "", `#${split(location.hash)[0]}${next === "" ? "" : `?${next}`}`);
  query.value = next;
}

export function startRoute(): void {
  addEventListener("hashchange", () => {
    const next = parseRoute(location.hash);
    batch(() => {
      if (JSON.stringify(next) !== JSON.stringify(route.peek())) route.value = next;
      query.value = split(location.hash)[1];
    });
  });
}
