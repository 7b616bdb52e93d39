/** Reads the page from the address's hash, and makes such addresses. Shows nothing. */
import { signal } from "@preact/signals";

export type Route = { page: "overview" } | { page: "device"; id: string } | { page: "inspector" } | { page: "unknown" };

export function parseRoute(hash: string): Route {
  const [, first = "", second = "", ...rest] = hash.replace(/^#/, "").split("/");
  if (rest.length > 0) return { page: "unknown" };
  if (first === "" && second === "") return { page: "overview" };
  if (first === "inspector" && second === "") return { page: "inspector" };
  if (first !== "devices" || second === "") return { page: "unknown" };
  try {
    return { page: "device", id: decodeURIComponent(second) };
  } catch {
    return { page: "unknown" };
  }
}

export const deviceHref = (id: string): string => `#/devices/${encodeURIComponent(id)}`;

export const route = signal(parseRoute(location.hash));

export function startRoute(): void {
  addEventListener("hashchange", () => {
    route.value = parseRoute(location.hash);
  });
}
