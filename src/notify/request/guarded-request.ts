/** The one HTTP client of the hub. It connects to no metadata service, no link-local address and no port of the hub, whatever a name or a redirect says. */
import http, { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import type { Clock } from "../../core/ports/clock.ts";
import { forbiddenAddress, type OwnListeners } from "./address-rule.ts";
import { type ConnectFault, connectFault, sentence } from "./connect-fault.ts";
import type { LookupOfPort } from "./name-lookup.ts";
import { type RequestStep, redirectOf } from "./redirect.ts";

/** For connecting, headers and body together, redirects included. */
export const REQUEST_LIMIT_MS = 20_000;
/** Of an answer; the rest is not read. */
export const MAX_ANSWER_BYTES = 65_536;

export interface HttpRequest {
  /** User and password in it become a header. */
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  /** With these, no redirect to another origin is followed. */
  readonly secretHeaders?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** Ends it early, as `failed`. */
  readonly signal?: AbortSignal | undefined;
}

export type RequestOutcome =
  | {
      readonly kind: "answered";
      /** Who answered, for words: never more of an address than this. */
      readonly host: string;
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: Buffer;
      /** There was more, or it ended early. */
      readonly isCut: boolean;
    }
  /** It may pass. `neverArrived`: there was no connection. */
  | { readonly kind: "failed"; readonly reason: string; readonly neverArrived?: true }
  /** It will not pass by itself. */
  | { readonly kind: "refused"; readonly reason: string };

/** Never rejects. Reasons name the host only. */
export type GuardedRequest = (request: HttpRequest) => Promise<RequestOutcome>;

export interface GuardedRequestOptions {
  readonly clock: Pick<Clock, "after">;
  readonly own: OwnListeners;
  readonly lookupOf: LookupOfPort;
  /** Certificates to trust in place of the usual ones, in PEM. */
  readonly ca?: string | undefined;
}

type Exchanged = Extract<RequestOutcome, { kind: "answered" }> | ConnectFault;

export function createGuardedRequest({ clock, own, lookupOf, ca }: GuardedRequestOptions): GuardedRequest {
  function exchange(url: URL, request: HttpRequest, secrets: Record<string, string>, ended: AbortSignal) {
    const secure = url.protocol === "https:";
    return exchangeOf(
      (secure ? https : http).request(url, {
        method: request.method,
        // One connection for each request: what was checked is what is used.
        agent: false,
        lookup: lookupOf(portOf(url)),
        headers: { "User-Agent": "Aerie", Accept: "*/*", ...request.headers, ...lengthOf(request.body), ...secrets },
        ...(secure && ca !== undefined && { ca }),
      }),
      request.body,
      url.hostname,
      ended,
    );
  }

  async function follow(request: HttpRequest, ended: AbortSignal): Promise<RequestOutcome> {
    if (!URL.canParse(request.url)) return { kind: "refused", reason: "The address is not valid" };
    const first = new URL(request.url);
    const secrets = { ...credentialsOf(first), ...request.secretHeaders };
    const hasSecrets = Object.keys(secrets).length > 0;
    for (let step: RequestStep = { url: first, hasBody: request.body !== undefined, hasSecrets, followed: 0 }; ; ) {
      const fault = urlFault(step.url, own);
      if (fault !== undefined) return { kind: "refused", reason: sentence(fault) };
      const answer = await exchange(step.url, request, secrets, ended);
      if (answer.kind !== "answered") return answer;
      const redirect = redirectOf(step, answer.status, answer.headers.location);
      if (redirect.kind === "none") return answer;
      if (redirect.kind === "refused") return redirect;
      step = { ...step, url: redirect.url, followed: step.followed + 1 };
    }
  }

  return async (request) => {
    const ending = new AbortController();
    const stop = (): void => ending.abort("The hub stops: no answer");
    const cancel = clock.after(REQUEST_LIMIT_MS, () => ending.abort(`No answer within ${REQUEST_LIMIT_MS / 1_000} s`));
    request.signal?.addEventListener("abort", stop);
    if (request.signal?.aborted === true) stop();
    try {
      return await follow(request, ending.signal);
    } catch {
      // Node.js checks headers and names as they are given; its message may quote them.
      return { kind: "refused", reason: "The address or a token has characters that cannot be sent" };
    } finally {
      cancel();
      request.signal?.removeEventListener("abort", stop);
    }
  };
}

/** Sends it. `ended` aborts with the reason, in words. */
function exchangeOf(
  outgoing: http.ClientRequest,
  body: HttpRequest["body"],
  host: string,
  ended: AbortSignal,
): Promise<Exchanged> {
  return new Promise((resolve) => {
    let incoming: IncomingMessage | undefined;
    let chunks: Buffer[] = [];
    let size = 0;
    let isConnected = false;

    function settle(outcome: Exchanged): void {
      ended.removeEventListener("abort", end);
      chunks = [];
      outgoing.destroy();
      resolve(outcome);
    }
    function answered(isCut: boolean): void {
      if (incoming === undefined) return;
      const { statusCode = 0, headers } = incoming;
      const bytes = Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES);
      settle({ kind: "answered", host, status: statusCode, headers, body: bytes, isCut });
    }
    /** Once there is a status, the receiver has decided; what is missing of the body does not change it. */
    function fail(error: unknown): void {
      if (incoming === undefined) settle(withoutAnswer(connectFault(error, host), isConnected));
      else answered(true);
    }
    function end(): void {
      const reason = `${String(ended.reason)} from ${host}`;
      if (incoming === undefined) settle(withoutAnswer({ kind: "failed", reason }, isConnected));
      else answered(true);
    }
    function receive(response: IncomingMessage): void {
      incoming = response;
      response
        .on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) answered(true);
        })
        .on("end", () => answered(!response.complete))
        .on("error", fail)
        .on("close", () => answered(!response.complete));
    }

    const isSecure = outgoing.protocol === "https:";
    outgoing
      .on("response", receive)
      // Nobody asked for another protocol; without this the connection would be closed, and nothing said of it.
      .on("upgrade", (response, socket) => {
        incoming = response;
        socket.destroy();
        answered(true);
      })
      .on("error", fail)
      .on("socket", (socket) =>
        socket.once(isSecure ? "secureConnect" : "connect", () => {
          isConnected = true;
        }),
      );
    ended.addEventListener("abort", end);
    if (ended.aborted) return end();
    outgoing.end(body);
  });
}

const withoutAnswer = (fault: ConnectFault, isConnected: boolean): ConnectFault =>
  fault.kind === "failed" && !isConnected ? { ...fault, neverArrived: true } : fault;

const portOf = (url: URL): number => Number(url.port === "" ? (url.protocol === "https:" ? 443 : 80) : url.port);

/** Of an address that is written as such, which is not looked up. `URL` has made one of its other notations, such as `0x7f.1`. */
function urlFault(url: URL, own: OwnListeners): string | undefined {
  if (url.protocol !== "http:" && url.protocol !== "https:") return "the address has to begin with http:// or https://";
  const address = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(address) === 0 ? undefined : forbiddenAddress(address, portOf(url), own);
}

/** Takes user and password out of the address. */
function credentialsOf(url: URL): Record<string, string> {
  const { username, password } = url;
  if (username === "" && password === "") return {};
  url.username = "";
  url.password = "";
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { Authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

const lengthOf = (body: HttpRequest["body"]): Record<string, string> =>
  body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
