/** The clients that are connected, as a person sees them, and the end of a connection that a person wants. */
import type { MqttVersion } from "../../contract/refusals.ts";
import type { TakeOvers } from "../../core/limits/take-overs.ts";
import type { Sessions } from "./sessions.ts";

/** Nothing of its login: the user name may be a secret. */
export interface ClientFacts {
  /** Of its session. */
  readonly id: string;
  readonly address: string | undefined;
  readonly mqttVersion: MqttVersion | undefined;
  /** By the hub's time. */
  readonly connectedAtMs: number;
  /** Messages to it that wait for its acknowledgement or for their turn. */
  readonly inFlight: number;
  readonly subscriptions: number;
  /** Within the last minute. */
  readonly takeOvers: number;
}

export interface ConnectedClients {
  /** Ids, in no order. */
  ids(): string[];
  get(id: string): ClientFacts | undefined;
  /** False: no such client is connected. */
  disconnect(id: string): boolean;
}

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
    };
  },
  disconnect: (id) => {
    const holder = sessions.get(id)?.holder;
    holder?.dismissed();
    return holder !== undefined;
  },
});
