/** `/api/push`: browsers that want notifications while no page of the hub is open (Web Push). */
import { pushKeyAnswer, pushRemoval } from "../../../contract/answers/alert-answers.ts";
import { type PushSubscription, pushSubscription } from "../../../contract/channels.ts";
import { nameOfCaller } from "../../../core/access/accounts.ts";
import { HttpError } from "../../answers/problem.ts";
import { EMPTY, json, type Route, route } from "../../declaration/route.ts";
import { callerIn } from "../../requests/access-guard.ts";

export interface PushParts {
  readonly push: {
    /** Made at the first call. */
    key(): Promise<string>;
    add(
      subscription: PushSubscription,
      account: string | undefined,
    ): Promise<{ kind: "added" } | { kind: "refused"; reason: string }>;
    remove(endpoint: string, account: string | undefined): Promise<boolean>;
  };
  /** Undefined: there are none, and everybody is the owner. */
  readonly accounts: object | undefined;
}

export const PUSH_ROUTES: readonly Route<PushParts>[] = [
  route({
    method: "get",
    path: "/api/push",
    level: "viewer",
    summary: "the key that a browser subscribes with",
    answer: json(pushKeyAnswer),
    handle: async ({ push }: PushParts) => ({ publicKey: await push.key() }),
  }),
  route({
    method: "post",
    path: "/api/push/subscriptions",
    level: "viewer",
    summary: "204; from now on the browser is sent what the channel `browser` sends, as long as its account is there",
    body: pushSubscription,
    answer: EMPTY,
    handle: async ({ push, accounts }: PushParts, { body, response }) => {
      const account = accounts === undefined ? undefined : nameOfCaller(callerIn(response));
      const outcome = await push.add(body, account);
      if (outcome.kind === "refused")
        throw new HttpError("REQUEST_INVALID", [{ field: "endpoint", message: outcome.reason }]);
    },
  }),
  route({
    method: "delete",
    path: "/api/push/subscriptions",
    level: "viewer",
    summary: "204; the browser is sent nothing any more",
    query: pushRemoval,
    answer: EMPTY,
    handle: async ({ push, accounts }: PushParts, { query, response }) => {
      await push.remove(query.endpoint, accounts === undefined ? undefined : nameOfCaller(callerIn(response)));
    },
  }),
];
