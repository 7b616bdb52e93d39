/** The clients that are connected, as a person sees them, and the end of a connection that a person wants. */
import type { TakeOvers } from "../../core/limits/take-overs.ts";
import type { ConnectedClients } from "../../core/ports/connected-clients.ts";
import type { Sessions } from "./sessions.ts";

export const connectedClients = (sessions: Pick<Sessions, "all" | "get">, takeOvers: TakeOvers): ConnectedClients => ({
  ids: () => [...sessions.all()].flatMap(({ clientId, holder }) => (holder === undefined ? [] : [clientId])),
  get: (id) => {
    const session = sessions.get(id);
    if (session?.holder === undefined) return undefined;
    const { clientId, holder, last, connectedAtMs, outbound, subscriptions } = session;
    return {
      id: clientId,
      address: holder.address,
      mqttVersion: last?.connection.mqttVersion,
      connectedAtMs,
      inFlight: outbound.length,
      subscriptions: subscriptions.size,
      takeOvers: takeOvers.recent(clientId),
      ...holder.traffic(),
    };
  },
  disconnect: (id) => {
    const holder = sessions.get(id)?.holder;
    holder?.dismissed();
    return holder !== undefined;
  },
});
