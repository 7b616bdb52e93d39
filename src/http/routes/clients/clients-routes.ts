/** `/api/clients`: the MQTT clients that are connected, and the end of a connection. */
import {
  type ClientsAnswer,
  type ClientsQuery,
  type ConnectedClient,
  clientsAnswer,
  clientsQuery,
} from "../../../contract/answers/clients.ts";
import type { Credentials } from "../../../core/access/credentials.ts";
import type { ClientFacts, ConnectedClients } from "../../../core/ports/connected-clients.ts";
import { HttpError } from "../../answers/problem.ts";
import { EMPTY, json, type Route, route } from "../../declaration/route.ts";

export interface ClientsParts {
  /** Undefined: there are no accounts. */
  readonly credentials: Pick<Credentials, "nameOf"> | undefined;
  readonly connected: ConnectedClients;
}

export const CLIENTS_ROUTES: readonly Route<ClientsParts>[] = [
  route({
    method: "get",
    path: "/api/clients",
    level: "operator",
    summary: "the MQTT clients that are connected, by id, in pages",
    query: clientsQuery,
    answer: json(clientsAnswer),
    handle: (parts: ClientsParts, { query }) => pageOf(parts, query),
  }),
  route({
    method: "delete",
    path: "/api/clients/:id",
    level: "operator",
    summary: "disconnects a client, with reason code 0x98 if it speaks MQTT 5; it may connect again",
    answer: EMPTY,
    handle: ({ connected }: ClientsParts, { params }) => {
      if (!connected.disconnect(params.id)) throw new HttpError("CLIENT_UNKNOWN");
    },
  }),
];

function pageOf({ connected, credentials }: ClientsParts, { search = "", limit, cursor }: ClientsQuery): ClientsAnswer {
  const words = search.toLowerCase();
  const has = (text: string | undefined): boolean => text?.toLowerCase().includes(words) === true;
  const viaOf = (id: string): string | undefined => {
    const end = id.indexOf("/");
    return end < 0 ? undefined : credentials?.nameOf(id.slice(0, end));
  };
  const matching = connected
    .ids()
    .filter((id) => words === "" || has(id) || has(viaOf(id)) || has(connected.get(id)?.address))
    .sort();
  const behind = cursor === undefined ? matching : matching.filter((id) => id > cursor);
  const page = behind.slice(0, limit);
  return {
    clients: page.flatMap((id) => {
      const client = connected.get(id);
      return client === undefined ? [] : [toClient(client, viaOf(id))];
    }),
    total: matching.length,
    nextCursor: behind.length > page.length ? (page.at(-1) ?? null) : null,
  };
}

const toClient = (
  { address, mqttVersion, connectedAtMs, inPerS, outPerS, ...others }: ClientFacts,
  via: string | undefined,
): ConnectedClient => ({
  ...others,
  ...(via !== undefined && { via }),
  ...(address !== undefined && { address }),
  ...(mqttVersion !== undefined && { mqttVersion }),
  connectedAt: new Date(connectedAtMs).toISOString(),
  inPerS: rounded(inPerS),
  outPerS: rounded(outPerS),
});

const rounded = (perS: number): number => Math.round(perS * 100) / 100;
