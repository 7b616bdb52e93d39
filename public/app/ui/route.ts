/** Reads the page from the address's hash, and makes such addresses. */
import { batch, signal } from "@preact/signals";
import { takeLinkToken } from "../tablet/link-token.ts";

export const ALERTS_TABS = ["now", "log", "rules", "channels"] as const;
export type AlertsTab = (typeof ALERTS_TABS)[number];

export type Route =
  | { page: "overview" }
  | { page: "device"; id: string }
  | { page: "alerts"; tab: AlertsTab }
  /** `id` undefined: a new one. */
  | { page: "rule"; id: string | undefined }
  | { page: "inspector" }
  | { page: "live" }
  | { page: "topics" }
  | { page: "retained" }
  | { page: "clients" }
  | { page: "add" }
  /** All of them. */
  | { page: "views" }
  | { page: "view"; id: string }
  | { page: "settings" }
  /** Without a code: what to do to make the first account. */
  | { page: "setup"; code: string }
  | { page: "unknown" };

const split = (hash: string): [path: string, query: string] => {
  const [path = "", ...query] = hash.replace(/^#/, "").split("?");
  return [path, query.join("?")];
};

export function parseRoute(hash: string): Route {
  const [, first = "", second = "", ...rest] = split(hash)[0].split("/");
  if (first === "alerts") return alertsRoute(second, rest);
  if (rest.length > 0) return { page: "unknown" };
  if (first === "" && second === "") return { page: "overview" };
  if (first === "inspector" && second === "") return { page: "inspector" };
  if (first === "inspector" && second === "live") return { page: "live" };
  if (first === "inspector" && second === "retained") return { page: "retained" };
  if (first === "inspector" && second === "topics") return { page: "topics" };
  if (first === "inspector" && second === "clients") return { page: "clients" };
  if (first === "settings" && second === "") return { page: "settings" };
  if (first === "add" && second === "") return { page: "add" };
  if (first === "setup") return { page: "setup", code: second };
  if (first === "views" && second === "") return { page: "views" };
  const id = decoded(second);
  if (first === "views" && id !== undefined) return { page: "view", id };
  return first !== "devices" || second === "" || id === undefined ? { page: "unknown" } : { page: "device", id };
}

function alertsRoute(second: string, rest: readonly string[]): Route {
  const [third = "", ...more] = rest;
  const id = decoded(third);
  if (more.length > 0 || id === undefined) return { page: "unknown" };
  if (second === "rules" && id !== "") return { page: "rule", id: id === NEW ? undefined : id };
  const tab = second === "" ? "now" : ALERTS_TABS.find((word) => word === second);
  return tab === undefined || id !== "" ? { page: "unknown" } : { page: "alerts", tab };
}

/** Undefined: it is no text that a browser has encoded. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

const NEW = "new";

export const alertsHref = (tab: AlertsTab): string => (tab === "now" ? "#/alerts" : `#/alerts/${tab}`);

/** The form of a rule. */
export const ruleHref = (id: string): string => `#/alerts/rules/${encodeURIComponent(id)}`;

/** The form of a new rule, with what is known of it filled in. */
export const newRuleHref = (about: { device?: string; metric?: string; kind?: "noData" } = {}): string => {
  const words = new URLSearchParams(about).toString();
  return `#/alerts/rules/${NEW}${words === "" ? "" : `?${words}`}`;
};

/** Where a board is connected; its name and, where it is known, its kind are filled in. */
export const addHref = ({ kind, id }: { kind?: string | undefined; id: string }): string =>
  `#/add?${new URLSearchParams({ ...(kind !== undefined && { kind }), id })}`;

export const deviceHref = (id: string): string => `#/devices/${encodeURIComponent(id)}`;

/** The page of a device with the chart of one metric before the others. */
export const metricHref = (id: string, metric: string): string =>
  `${deviceHref(id)}?${new URLSearchParams({ metric })}`;

export const viewHref = (id: string): string => `#/views/${encodeURIComponent(id)}`;

takeLinkToken();

/** Changes with the page only, not with what the page shows of itself. */
export const route = signal(parseRoute(location.hash));
/** What follows the hash's `?`: the page's own affair. */
export const query = signal(split(location.hash)[1]);

/** An entry of its own in the browser's history, or in place of the present one. */
export function goToQuery(next: string, { replaces = false } = {}): void {
  if (next === query.peek()) return;
  const address = `#${split(location.hash)[0] || "/"}${next === "" ? "" : `?${next}`}`;
  if (replaces) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  query.value = next;
}

export function startRoute(): void {
  addEventListener("hashchange", () => {
    takeLinkToken();
    const next = parseRoute(location.hash);
    batch(() => {
      if (JSON.stringify(next) !== JSON.stringify(route.peek())) route.value = next;
      query.value = split(location.hash)[1];
    });
  });
}
