/** The access levels of HTTP and Socket.IO, and the level that each route needs. */

/** Each may do all that those before it may. `metrics` is a scraper's. */
export const LEVELS = ["nobody", "metrics", "viewer", "operator", "owner"] as const;
export type Level = (typeof LEVELS)[number];

/** Of people. */
export const ROLES = ["viewer", "operator", "owner"] as const;
export type Role = (typeof ROLES)[number];

/** Of tokens for programs: none of them makes accounts or tokens. */
export const SCOPES = ["metrics", "viewer", "operator"] as const;
export type Scope = (typeof SCOPES)[number];

/** Every route of the HTTP server with the lowest level that may use it; a route without a row is refused. */
export const ROUTE_LEVELS = {
  "GET /websocket/status": "nobody",
  "GET /healthz": "nobody",
  "GET /readyz": "metrics",
  "GET /metrics": "metrics",
  "GET /api/session": "nobody",
  "POST /api/session": "nobody",
  "DELETE /api/session": "nobody",
  "POST /api/setup": "nobody",
  "GET /api/devices": "viewer",
  "GET /api/devices/:id": "viewer",
  "PATCH /api/devices/:id": "operator",
  "DELETE /api/devices/:id": "operator",
  "GET /api/devices/:id/latest": "viewer",
  "GET /api/devices/:id/readings": "viewer",
  "DELETE /api/devices/:id/readings": "operator",
  "GET /api/devices/:id/series": "viewer",
  "GET /api/export": "viewer",
  "GET /api/refusals": "viewer",
  /** Its former name. */
  "GET /api/rejections": "viewer",
  "GET /api/boards": "operator",
  "POST /api/boards": "operator",
  "DELETE /api/boards/:id": "operator",
  "GET /api/pairing": "operator",
  "POST /api/pairing": "operator",
  "DELETE /api/pairing": "operator",
  "POST /api/pairing/:id": "operator",
  "GET /api/applications": "owner",
  "POST /api/applications": "owner",
  "DELETE /api/applications/:id": "owner",
  "GET /api/users": "owner",
  "POST /api/users": "owner",
  "PATCH /api/users/:id": "owner",
  "DELETE /api/users/:id": "owner",
  "GET /api/tokens": "owner",
  "POST /api/tokens": "owner",
  "DELETE /api/tokens/:id": "owner",
} as const satisfies Record<string, Level>;

/** Sent by pages with each change: the `csrf` of `GET /api/session`, which no foreign page can read. */
export const CSRF_HEADER = "x-aerie-csrf";

export const MIN_PASSWORD = 10;
/** Of a token, an application or a certificate. */
export const MAX_DAYS = 3_650;
/** Of the join window. */
export const MAX_PAIRING_MINUTES = 60;
