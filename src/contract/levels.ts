/** The access levels of HTTP and Socket.IO. */

/** Each may do all that those before it may. `metrics` is a scraper's. */
export const LEVELS = ["nobody", "metrics", "viewer", "operator", "owner"] as const;
export type Level = (typeof LEVELS)[number];

/** Of people. */
export const ROLES = ["viewer", "operator", "owner"] as const;
export type Role = (typeof ROLES)[number];

/** Of tokens for programs: none of them makes accounts or tokens. */
export const SCOPES = ["metrics", "viewer", "operator"] as const;
export type Scope = (typeof SCOPES)[number];

/** What each level may do, for people. */
export const LEVEL_MEANINGS: Readonly<Record<Exclude<Level, "nobody">, string>> = {
  metrics: "for Prometheus only: may read /metrics and the details of /readyz, no readings of devices",
  viewer: "may see devices, readings, charts and refusals, and export readings",
  operator:
    "may also name and delete devices, delete readings, connect boards, make views, map topics, acknowledge and silence alerts",
  owner: "may also manage people, tokens, applications, and the rules and channels of alerts",
};

/** Sent by pages with each change: the `csrf` of `GET /api/session`, which no foreign page can read. */
export const CSRF_HEADER = "x-aerie-csrf";

export const MIN_PASSWORD = 10;
/** Of a token, an application or a certificate. */
export const MAX_DAYS = 3_650;
/** Of the join window. */
export const MAX_PAIRING_MINUTES = 60;
