/** Makes the owner of a hub of its own process by the link that it printed, and tokens in his name. Judges nothing. */
import type { TokenAnswer, WithSecret } from "../../../src/contract/access.ts";
import { CSRF_HEADER, type Scope } from "../../../src/contract/levels.ts";
import { until } from "../until.ts";
import type { SpawnedHub } from "./hub.ts";

export const OWNER = { name: "Ada", password: "correct horse battery" } as const;

type Printer = Pick<SpawnedHub, "stderr">;

/** All that the hub printed for its first account: they come by another pipe than the log, perhaps behind "listening". */
export const printedLinks = (hub: Printer): Promise<string[]> =>
  until("the hub prints its links", () => {
    const text = hub.stderr();
    const links = text.match(/https?:\/\/\S+\/#\/setup\/\S+/g);
    return links !== null && text.endsWith("\n") && links;
  });

export const printedCode = async (hub: Printer): Promise<string> =>
  /#\/setup\/(\S+)/.exec((await printedLinks(hub))[0] ?? "")?.[1] ?? "";

/** Answers with what makes the headers of a token of that scope. */
export async function makeOwner(hub: SpawnedHub): Promise<(scope: Scope) => Promise<{ authorization: string }>> {
  const code = await printedCode(hub);
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
