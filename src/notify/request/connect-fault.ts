/** What is said of a connection that failed: what happened, and what to look at. Names the host, never the whole address, which may be a secret. */
import { ForbiddenAddressError } from "./name-lookup.ts";

export type ConnectFault =
  | { readonly kind: "failed"; readonly reason: string; readonly neverArrived?: true }
  | { readonly kind: "refused"; readonly reason: string };

const CODES: Readonly<Record<string, (host: string) => string>> = {
  ENOTFOUND: (host) => `The name ${host} does not resolve. Check it, and the name server of this machine`,
  EAI_AGAIN: (host) => `The name ${host} could not be resolved now. Check the name server of this machine`,
  ECONNREFUSED: (host) => `${host} refuses connections. Check that the service runs, and its port`,
  EHOSTUNREACH: (host) => `${host} cannot be reached. Check the network`,
  ENETUNREACH: (host) => `${host} cannot be reached. Check the network`,
  ETIMEDOUT: (host) => `${host} does not answer. Check the network, and its port`,
  ECONNRESET: (host) => `${host} closed the connection before it answered`,
  EPIPE: (host) => `${host} closed the connection before it answered`,
  HPE_HEADER_OVERFLOW: (host) => `${host} answered with too many headers`,
  CERT_HAS_EXPIRED: (host) => `The certificate of ${host} has expired`,
  ERR_TLS_CERT_ALTNAME_INVALID: (host) => `The certificate of ${host} is for another name`,
  DEPTH_ZERO_SELF_SIGNED_CERT: (host) => untrusted(host),
  SELF_SIGNED_CERT_IN_CHAIN: (host) => untrusted(host),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: (host) => untrusted(host),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: (host) => untrusted(host),
  EPROTO: (host) => `${host} does not speak TLS on this port`,
  ERR_SSL_WRONG_VERSION_NUMBER: (host) => `${host} does not speak TLS on this port`,
};

const untrusted = (host: string): string =>
  `The certificate of ${host} is not trusted by this machine. Start the hub with NODE_EXTRA_CA_CERTS=<file> if it is your own`;

export function connectFault(error: unknown, host: string): ConnectFault {
  if (error instanceof ForbiddenAddressError) return { kind: "refused", reason: sentence(error.message) };
  const code = codeOf(error);
  const words = code === undefined ? undefined : CODES[code];
  if (words !== undefined) return { kind: "failed", reason: words(host) };
  if (code?.startsWith("HPE_") === true) return { kind: "failed", reason: `${host} does not answer as HTTP does` };
  return { kind: "failed", reason: `No connection to ${host}${code === undefined ? "" : ` (${code})`}` };
}

/** With several addresses Node.js throws one error that has those of each. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
