/** Leaves out of the last run's journal what its clients have no right to any more, and deletes it from the journal. */
import { type MqttIdentity, mayPublish, maySubscribe } from "../../core/access/mqtt-access.ts";
import type { Journal as KeptJournal } from "../../core/ports/broker-state.ts";
import type { Journal } from "./journal.ts";

/** Undefined: its credential is gone. */
export type IdentityOfSession = (clientId: string) => MqttIdentity | undefined;

/** While the hub was stopped a credential may have been taken away, or accounts switched on. */
export function withinRights(
  kept: KeptJournal,
  identityOf: IdentityOfSession,
  journal: Pick<Journal, "note">,
): KeptJournal {
  const known = new Map<string, MqttIdentity | undefined>();
  const who = (clientId: string): MqttIdentity | undefined => {
    if (!known.has(clientId)) known.set(clientId, identityOf(clientId));
    return known.get(clientId);
  };
  const isKnown = ({ clientId }: { readonly clientId: string }): boolean => who(clientId) !== undefined;
  const mayRead = (clientId: string, filter: string): boolean => {
    const identity = who(clientId);
    return identity !== undefined && maySubscribe(identity, filter);
  };

  for (const { clientId } of kept.sessions) {
    if (who(clientId) === undefined) journal.note({ of: "session", clientId, value: undefined });
  }
  return {
    ...kept,
    sessions: kept.sessions.filter(isKnown),
    inbound: kept.inbound.filter(isKnown),
    subscriptions: kept.subscriptions.filter(({ clientId, filter }) => {
      const may = mayRead(clientId, filter);
      if (!may && who(clientId) !== undefined) journal.note({ of: "subscription", clientId, filter, value: undefined });
      return may;
    }),
    deliveries: kept.deliveries.filter(({ clientId, order, value: { message } }) => {
      // Of what was sent and not acknowledged only the packet id may be left.
      const may = message === undefined ? who(clientId) !== undefined : mayRead(clientId, message.topic);
      if (!may && who(clientId) !== undefined) journal.note({ of: "delivery", clientId, order, value: undefined });
      return may;
    }),
    wills: kept.wills.filter(({ clientId, value: { message } }) => {
      const identity = who(clientId);
      const may = identity !== undefined && mayPublish(identity, message.topic);
      if (!may) journal.note({ of: "will", clientId, value: undefined });
      return may;
    }),
  };
}
