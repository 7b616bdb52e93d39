/** The browsers that want Web Push, as records of hub.db. */
import { createHash } from "node:crypto";
import { z } from "zod";
import {
  MAX_PUSH_SUBSCRIPTIONS,
  MAX_PUSH_SUBSCRIPTIONS_OF_ACCOUNT,
  type PushSubscription,
  pushSubscription,
} from "../../contract/channels.ts";
import type { HubChange, HubFile, StoredRecord } from "../../core/ports/hub-file.ts";
import type { Log } from "../../core/ports/log.ts";
import { jsonOf } from "../text/json-text.ts";
import { pushHostFault } from "./push-hosts.ts";

const keptSubscription = z.object({
  subscription: pushSubscription,
  /** Name of the account that subscribed; undefined: the hub has no accounts. */
  account: z.string().optional(),
});
export type KeptSubscription = z.infer<typeof keptSubscription>;

export type SubscribeOutcome = { readonly kind: "added" } | { readonly kind: "refused"; readonly reason: string };

export interface PushSubscriptions {
  /** One that is there takes the account of the last to subscribe. Rejects with a StoreError. */
  add(subscription: PushSubscription, account: string | undefined): Promise<SubscribeOutcome>;
  /** False: there is none of this endpoint, or it is another account's. Rejects with a StoreError. */
  remove(endpoint: string, account: string | undefined): Promise<boolean>;
  /** Those of push services that the hub sends to, and of accounts that there still are; all others are removed. */
  current(): readonly KeptSubscription[];
  /** The browser does not want it any more, so its push service says. */
  expired(endpoints: readonly string[]): void;
  count(): number;
}

export interface PushSubscriptionsOptions {
  readonly stored: readonly StoredRecord[];
  readonly hubFile: Pick<HubFile, "write">;
  /** Hosts of further push services. */
  readonly hosts: readonly string[];
  /** Whoever was removed gets no alert any more. */
  readonly isAccount: (name: string) => boolean;
  readonly log: Log;
}

export function createPushSubscriptions(options: PushSubscriptionsOptions): PushSubscriptions {
  const { stored, hubFile, hosts, isAccount, log } = options;
  const kept = new Map<string, KeptSubscription>();
  for (const { kind, id, data } of stored) {
    if (kind !== "push-subscription") continue;
    const read = keptSubscription.safeParse(jsonOf(data)).data;
    if (read === undefined) log.warn("a browser's subscription cannot be read, and is not sent to", { id });
    else kept.set(id, read);
  }

  function drop(ids: readonly string[], event: string): void {
    if (ids.length === 0) return;
    for (const id of ids) kept.delete(id);
    log.info(event, { count: ids.length });
    hubFile.write(ids.map((id) => recordOf(id, undefined))).catch((cause: unknown) => {
      log.warn("subscriptions of browsers could not be removed; they are removed again later", { cause });
    });
  }

  const mayReceive = ({ subscription, account }: KeptSubscription): boolean =>
    pushHostFault(subscription.endpoint, hosts) === undefined && (account === undefined || isAccount(account));

  function fullFault(id: string, account: string | undefined): string | undefined {
    const before = kept.get(id);
    if (before === undefined && kept.size >= MAX_PUSH_SUBSCRIPTIONS) {
      return `${MAX_PUSH_SUBSCRIPTIONS} browsers are subscribed already`;
    }
    if (account === undefined || before?.account === account) return undefined;
    const own = [...kept.values()].filter((each) => each.account === account).length;
    return own < MAX_PUSH_SUBSCRIPTIONS_OF_ACCOUNT
      ? undefined
      : `${MAX_PUSH_SUBSCRIPTIONS_OF_ACCOUNT} browsers of ${account} are subscribed already`;
  }

  return {
    add: async (subscription, account) => {
      const id = idOf(subscription.endpoint);
      const reason = pushHostFault(subscription.endpoint, hosts) ?? fullFault(id, account);
      if (reason !== undefined) return { kind: "refused", reason };
      const made = { subscription, ...(account !== undefined && { account }) };
      const before = kept.get(id);
      // Before it is written, so that others count it.
      kept.set(id, made);
      try {
        await hubFile.write([recordOf(id, JSON.stringify(made))]);
      } catch (error) {
        if (before === undefined) kept.delete(id);
        else kept.set(id, before);
        throw error;
      }
      return { kind: "added" };
    },
    remove: async (endpoint, account) => {
      const id = idOf(endpoint);
      const found = kept.get(id);
      if (found === undefined || found.account !== account) return false;
      await hubFile.write([recordOf(id, undefined)]);
      kept.delete(id);
      return true;
    },
    current: () => {
      const gone = [...kept].filter(([, each]) => !mayReceive(each)).map(([id]) => id);
      drop(gone, "browsers no longer get Web Push: their account or their push service is gone");
      return [...kept.values()];
    },
    expired: (endpoints) =>
      drop(
        endpoints.map(idOf).filter((id) => kept.has(id)),
        "browsers no longer get Web Push: they unsubscribed",
      ),
    count: () => kept.size,
  };
}

const recordOf = (id: string, data: string | undefined): HubChange => ({
  of: "record",
  kind: "push-subscription",
  id,
  data,
});

/** Whoever has the endpoint may send to it, so it is no id. */
const idOf = (endpoint: string): string => createHash("sha256").update(endpoint).digest("base64url");
