/** Errors that a program or person outside can meet over HTTP: a closed list of codes. */

export const ERRORS = {
  REQUEST_INVALID: { status: 400, text: "The request has a part that cannot be understood" },
  ORIGIN_FOREIGN: { status: 403, text: "Pages of this origin may not use the hub (AERIE_CORS_ORIGINS)" },
  HOST_FOREIGN: { status: 403, text: "This hub does not answer to that host name (AERIE_HOST_NAMES)" },
  ROUTE_UNKNOWN: { status: 404, text: "No such address" },
  DEVICE_UNKNOWN: { status: 404, text: "No such device" },
  BODY_TOO_LARGE: { status: 413, text: "The request's body is too large" },
  INTERNAL: { status: 500, text: "The hub failed to answer; its log says why" },
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
