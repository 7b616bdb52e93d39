/** Decides whether a redirect is followed. */

export const MAX_REDIRECTS = 3;

export interface RequestStep {
  readonly url: URL;
  /** A message is in the request: it has to arrive with it. */
  readonly hasBody: boolean;
  readonly hasSecrets: boolean;
  /** Redirects so far. */
  readonly followed: number;
}

export type Redirect =
  | { readonly kind: "none" }
  | { readonly kind: "follow"; readonly url: URL }
  | { readonly kind: "refused"; readonly reason: string };

const REDIRECTS = [301, 302, 303, 307, 308];

/** The method stays, with 301 and 302 too: as GET the message would be lost. [RFC 9110, 15.4] */
export function redirectOf(step: RequestStep, status: number, location: string | undefined): Redirect {
  if (!REDIRECTS.includes(status)) return { kind: "none" };
  const refused = (words: string): Redirect => ({ kind: "refused", reason: `${step.url.hostname} ${words}` });
  const url = location === undefined ? undefined : urlOf(location, step.url);
  if (url === undefined) return refused("redirects without a valid address");
  if (step.followed >= MAX_REDIRECTS) return refused(`redirects more than ${MAX_REDIRECTS} times`);
  if (url.protocol !== "http:" && url.protocol !== "https:") return refused("redirects to something other than HTTP");
  if (step.url.protocol === "https:" && url.protocol === "http:") {
    return refused("redirects from https to http, which is not followed");
  }
  if (step.hasSecrets && url.origin !== step.url.origin) {
    return refused(`redirects to ${url.origin}, where its secrets are not sent. Enter that address if it is right`);
  }
  if (status === 303 && step.hasBody) return refused("redirects by 303, which would lose the message");
  url.username = "";
  url.password = "";
  return { kind: "follow", url };
}

function urlOf(location: string, base: URL): URL | undefined {
  return URL.canParse(location, base.href) ? new URL(location, base) : undefined;
}
