/** Makes the owner of a hub of its own process by the link that it printed, and tokens in his name. Judges nothing. */
import type { TokenAnswer, WithSecret } from "../../../src/contract/access.ts";
import { CSRF_HEADER, type Scope } from "../../../src/contract/levels.ts";
import type { SpawnedHub } from "./hub.ts";

export const OWNER = { name: "Ada", password: "correct horse battery" } as const;

/** Of the link that the hub printed. */
export const printedCode = (hub: Pick<SpawnedHub, "stderr">): string => /#\/setup\/(\S+)/.exec(hub.stderr())?.[1] ?? "";

/** Answers with what makes the headers of a token of that scope. */
export async function makeOwner(hub: SpawnedHub): Promise<(scope: Scope) => Promise<{ authorization: string }>> {
  const code = printedCode(hub);
  const json = { "content-type": "application/json" };
  const body = JSON.stringify({ code, ...OWNER });
  const setUp = await fetch(`${hub.url}/api/setup`, { method: "POST", headers: json, body });
  const [cookie = ""] = (setUp.headers.get("set-cookie") ?? "").split(";");
  const { csrf } = (await setUp.json()) as { csrf: string };
  const headers = { ...json, cookie, origin: hub.url, [CSRF_HEADER]: csrf };
  return async (scope) => {
    const wish = JSON.stringify({ name: `a ${scope}`, scope });
    const made = await fetch(`${hub.url}/api/tokens`, { method: "POST", headers, body: wish });
    if (made.status !== 201) throw new Error(`no token: ${made.status} ${await made.text()}`);
    return { authorization: `Bearer ${((await made.json()) as WithSecret<TokenAnswer>).secret}` };
  };
}
