/** The first checks of every request and every upgrade: budget, Host, Origin, security headers. */
import type { IncomingMessage, ServerResponse } from "node:http";
import helmet from "helmet";
import { ERRORS } from "../../contract/errors.ts";
import { type Gatekeeper, type GateVerdict, gateWords } from "../../core/access/gatekeeper.ts";
import type { Refusals } from "../../core/limits/refusals.ts";
import type { RequestBudget } from "../../core/limits/request-budget.ts";
import { sendProblem } from "../answers/problem.ts";
import type { Forwarding } from "./forwarding.ts";

export interface AdmissionOptions {
  readonly gatekeeper: Gatekeeper;
  readonly requests: RequestBudget;
  readonly refusals: Refusals;
  readonly forwarding: Forwarding;
  /** The server speaks HTTPS. */
  readonly isSecure: boolean;
  /** Answers make browsers use HTTPS only. */
  readonly hsts: boolean;
}

/** False: the request is answered. `isFree` is asked only if nothing else is wrong: every refused request counts. */
export type Admit = (request: IncomingMessage, response: ServerResponse, isFree?: () => boolean) => boolean;

export function createAdmission(options: AdmissionOptions): Admit {
  const { gatekeeper, requests, refusals, forwarding } = options;
  const setSecurityHeaders = securityHeaders(options);

  return (request, response, isFree) => {
    setSecurityHeaders(request, response, () => undefined);
    const costsNothing = isFree !== undefined && mayPass(request) && isFree();
    if (!costsNothing && !isWithinBudget(request, response)) return false;
    return hasOneHost(request, response) && passesGate(request, response);
  };

  function mayPass(request: IncomingMessage): boolean {
    const { host, origin } = request.headers;
    return countOfHosts(request) === 1 && gatekeeper({ host, origin }) === "allow";
  }

  /** Checked first, so that too many requests cost no more than this. */
  function isWithinBudget(request: IncomingMessage, response: ServerResponse): boolean {
    const waitMs = requests.spend(forwarding.addressOf(request));
    if (waitMs === 0) return true;
    response.setHeader("Retry-After", String(Math.ceil(waitMs / 1_000)));
    sendProblem(response, "TOO_MANY_REQUESTS");
    return false;
  }

  /** A proxy and a hub that each use another one of two Hosts do not protect each other. [RFC 9112, 3.2] */
  function hasOneHost(request: IncomingMessage, response: ServerResponse): boolean {
    const hosts = countOfHosts(request);
    if (hosts === 1 || (hosts === 0 && request.httpVersion === "1.0")) return true;
    const detail = hosts === 0 ? "it has no Host header" : "it has more than one Host header";
    refusals.add({ code: "REQUEST_MALFORMED", kind: "connection", address: forwarding.addressOf(request), detail });
    sendProblem(response, "REQUEST_INVALID", { detail });
    return false;
  }

  /** Checks Host and Origin. The answer to an allowed foreign page has the headers that let its browser read it. */
  function passesGate(request: IncomingMessage, response: ServerResponse): boolean {
    const { host, origin } = request.headers;
    const verdict = gatekeeper({ host, origin });
    if (verdict !== "allow") {
      const detail = (verdict === "HOST_FOREIGN" ? host : origin)?.slice(0, 200);
      refusals.add({ code: verdict, kind: "connection", address: forwarding.addressOf(request), detail });
      refuseAtGate(request, response, verdict);
      return false;
    }
    if (origin === undefined) return true;
    response.setHeader("Access-Control-Allow-Origin", origin);
    response.setHeader("Vary", "Origin");
    response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
    if (request.method !== "OPTIONS") return true;
    response.setHeader("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
    response.setHeader("Access-Control-Allow-Headers", "Authorization, Content-Type");
    response.writeHead(204).end();
    return false;
  }
}

/** Plain text for a person who opened the dashboard in a browser, a problem answer for a program. */
function refuseAtGate(
  { headers }: IncomingMessage,
  response: ServerResponse,
  verdict: Exclude<GateVerdict, "allow">,
): void {
  const words = gateWords(verdict, { host: headers.host, origin: headers.origin });
  if (headers.accept?.includes("text/html") !== true) return sendProblem(response, verdict, { detail: words });
  response.writeHead(ERRORS[verdict].status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${words}\n`);
}

/** node:http keeps the first and drops the others. */
function countOfHosts({ rawHeaders }: IncomingMessage): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === "host") count++;
  }
  return count;
}

const HSTS_S = 180 * 86_400;

function securityHeaders({ isSecure, hsts }: Pick<AdmissionOptions, "isSecure" | "hsts">): ReturnType<typeof helmet> {
  return helmet({
    contentSecurityPolicy: {
      // Without TLS, `upgrade-insecure-requests` blanks the page on http://192.168…
      directives: { upgradeInsecureRequests: null, connectSrc: ["'self'", "ws:", "wss:"], fontSrc: null },
    },
    // These say nothing, or only warn, where there is no TLS.
    strictTransportSecurity: isSecure && hsts && { maxAge: HSTS_S, includeSubDomains: false },
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
}
