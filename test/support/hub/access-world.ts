/** A hub with accounts, and who comes to it: people with cookies, programs with tokens, boards and applications. */
import type {
  ApplicationAnswer,
  BoardAnswer,
  BoardRequest,
  SessionAnswer,
  TokenAnswer,
  UserAnswer,
  WithSecret,
} from "../../../src/contract/access.ts";
import { CSRF_HEADER, type Role, type Scope } from "../../../src/contract/levels.ts";
import { type HubAddress, type InProcessHub, type InProcessOptions, startHub } from "./hub.ts";
import { type Answer, type AskOptions, ask } from "./rest.ts";

export const PASSWORD = "correct horse battery";

/** Who asks over HTTP: what goes with each of his requests. */
export interface Asker {
  readonly headers: Readonly<Record<string, string>>;
  ask<Body>(path: string, options?: AskOptions): Promise<Answer<Body>>;
}

export interface AccessWorld {
  readonly hub: InProcessHub;
  readonly nobody: Asker;
  /** Signed in in a browser, with the page's word. */
  readonly owner: Asker;
  person(name: string, role: Role): Promise<Asker & { readonly id: string }>;
  token(scope: Scope, days?: number): Promise<Asker & { readonly id: string; readonly secret: string }>;
  /** A native one by its device id. */
  board(board: string | BoardRequest): Promise<WithSecret<BoardAnswer>>;
  application(wish: { name: string; publish?: string[]; subscribe?: string[] }): Promise<WithSecret<ApplicationAnswer>>;
}

export const originOf = ({ url }: HubAddress): string => url;

export function askerWith(hub: HubAddress, headers: Readonly<Record<string, string>>): Asker {
  return {
    headers,
    ask: (path, options = {}) => ask(hub, path, { ...options, headers: { ...headers, ...options.headers } }),
  };
}

/** As a browser keeps it: name and value of the cookie. */
export function cookieOf({ headers }: Answer<unknown>): string {
  const [cookie = ""] = [headers["set-cookie"]].flat();
  return cookie.split(";")[0] ?? "";
}

/** A browser on a page of the hub, by what it was let in with. */
export function browserOf(hub: HubAddress, answer: Answer<SessionAnswer>): Asker {
  const cookie = cookieOf(answer);
  if (cookie === "") throw new Error(`no cookie came: ${answer.status} ${answer.text}`);
  return askerWith(hub, { cookie, origin: originOf(hub), [CSRF_HEADER]: answer.body.csrf ?? "" });
}

export async function signIn(hub: HubAddress, name: string, password = PASSWORD): Promise<Asker> {
  return browserOf(hub, await ask<SessionAnswer>(hub, "/api/session", { method: "POST", body: { name, password } }));
}

/** Makes the first account, by the code of the link that the hub printed. */
export async function setUp(hub: HubAddress, code: string | undefined): Promise<Asker> {
  const body = { code, name: "Owner", password: PASSWORD };
  return browserOf(hub, await ask<SessionAnswer>(hub, "/api/setup", { method: "POST", body }));
}

/** With its owner. */
export async function openAccessWorld(options: InProcessOptions = {}): Promise<AccessWorld> {
  const hub = await startHub({ ...options, settings: { auth: "on", ...options.settings } });
  const owner = await setUp(hub, hub.setupCode);
  const made = async <Body>(path: string, body: unknown): Promise<Body> => {
    const answer = await owner.ask<Body>(path, { method: "POST", body });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  return {
    hub,
    nobody: askerWith(hub, {}),
    owner,
    person: async (name, role) => {
      const { id } = await made<UserAnswer>("/api/users", { name, password: PASSWORD, role });
      return { id, ...(await signIn(hub, name)) };
    },
    token: async (scope, days) => {
      const { id, secret } = await made<WithSecret<TokenAnswer>>("/api/tokens", { name: `a ${scope}`, scope, days });
      return { id, secret, ...askerWith(hub, { authorization: `Bearer ${secret}` }) };
    },
    board: (board) => made("/api/boards", typeof board === "string" ? { deviceId: board } : board),
    application: ({ name, publish = [], subscribe = [] }) => made("/api/applications", { name, publish, subscribe }),
  };
}
