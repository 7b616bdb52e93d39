/** Errors that a program or person outside can meet over HTTP: a closed list of codes. */

export const ERRORS = {
  REQUEST_INVALID: { status: 400, text: "The request has a part that cannot be understood" },
  LOGIN_NEEDED: { status: 401, text: "Sign in, or give a token, to see this" },
  LOGIN_FAILED: { status: 401, text: "The name or the password is wrong" },
  LEVEL_TOO_LOW: { status: 403, text: "This account or token may not do that" },
  CSRF_FAILED: { status: 403, text: "The request does not come from a page of this hub; load the page again" },
  SETUP_CODE_WRONG: { status: 403, text: "This link is used up or too old; a start of the hub prints a new one" },
  ORIGIN_FOREIGN: { status: 403, text: "Pages of this origin may not use the hub (AERIE_CORS_ORIGINS)" },
  HOST_FOREIGN: { status: 403, text: "This hub does not answer to that host name (AERIE_HOST_NAMES)" },
  ROUTE_UNKNOWN: { status: 404, text: "No such address" },
  ACCOUNTS_OFF: { status: 404, text: "This hub runs without accounts and secrets; start it with AERIE_AUTH=on" },
  DEVICE_UNKNOWN: { status: 404, text: "No such device" },
  ACCOUNT_UNKNOWN: { status: 404, text: "There is no such account, token or credential" },
  NOT_WAITING: { status: 404, text: "This board does not wait any more; it comes again while the window is open" },
  DEVICE_EXISTS: {
    status: 409,
    text: "This device is there already: give it a new secret, so that nobody takes its place by its name alone",
  },
  DEVICE_HAS_SECRET: { status: 409, text: "This device has a secret already: make it a new one, or choose another id" },
  PASSWORD_TOO_SHORT: { status: 409, text: "The password that the board brought along is too short to be its secret" },
  NAME_TAKEN: { status: 409, text: "The name is taken" },
  LAST_OWNER: { status: 409, text: "A hub has at least one owner" },
  EXPECTATION_UNKNOWN: { status: 417, text: "The hub knows no other Expect than 100-continue" },
  BODY_TOO_LARGE: { status: 413, text: "The request's body is too large" },
  TOO_MANY_REQUESTS: {
    status: 429,
    text: "Too many requests from this address; wait a little (AERIE_MAX_REQUESTS_PER_MINUTE)",
  },
  TOO_MANY_LARGE_REQUESTS: {
    status: 429,
    text: "Too many charts, pages of readings, lists of devices or exports are asked for at once; wait for some of them",
  },
  LOGIN_DELAYED: { status: 429, text: "Too many wrong passwords from here; wait a little" },
  LOGIN_BUSY: { status: 429, text: "Too many sign in at once; try again in a moment" },
  INTERNAL: { status: 500, text: "The hub failed to answer; its log says why" },
  ACCESS_NOT_SAVED: {
    status: 503,
    text: "The file of accounts cannot be written: nothing was made or replaced, and what was good before is good",
  },
  REVOKED_NOT_SAVED: {
    status: 503,
    text: "It is revoked, but the file of accounts cannot be written: a crash before the next successful write (see /readyz) would undo this",
  },
  STORE_UNAVAILABLE: { status: 503, text: "The reading store does not answer" },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** RFC 9457 `application/problem+json`. */
export interface Problem {
  type: "about:blank";
  title: string;
  status: number;
  code: ErrorCode;
  detail?: string;
  /** The faults of the request, by the field that has them. */
  errors?: { field: string; message: string }[];
}
