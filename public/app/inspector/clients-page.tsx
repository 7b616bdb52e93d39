/** The page of the MQTT clients that are connected, with a search, and a button that disconnects one. */
import { useSignal } from "@preact/signals";
import type { ClientsAnswer, ConnectedClient } from "../../../src/contract/answers/clients.ts";
import { disconnectClient, getClients, type HubFault, toFault } from "../hub/api.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { fullTime, sinceWords } from "../ui/time-words.ts";
import { countWords, rateWords } from "../ui/value-words.ts";
import { InspectorTabs } from "./inspector-tabs.tsx";
import { PagedList } from "./paged-list.tsx";

export function ClientsPage() {
  usePageTitle("Clients");
  return (
    <>
      <h1>Inspector</h1>
      <InspectorTabs here="clients" />
      <p class="lead">The MQTT clients that are connected now. A client that is disconnected may connect again.</p>
      <PagedList name="clients" label="Search clients" placeholder="Client id, account or address" read={getClients}>
        {(found, look) => <Clients found={found} look={look} />}
      </PagedList>
    </>
  );
}

function Clients({ found: { clients, total }, look }: { found: ClientsAnswer; look: () => void }) {
  if (total === 0) return <p class="empty">No such client is connected.</p>;
  return (
    <>
      <p class="quiet">{total === 1 ? "1 client" : `${countWords(total)} clients`}</p>
      <ul class="clients">
        {clients.map((client) => (
          <ClientRow key={client.id} client={client} look={look} />
        ))}
      </ul>
    </>
  );
}

type TrafficProps = Pick<ConnectedClient, "inPerS" | "outPerS" | "bytesIn" | "bytesOut">;

function Traffic({ inPerS, outPerS, bytesIn, bytesOut }: TrafficProps) {
  const title = `Since it connected: ${countWords(bytesIn)} bytes from it, ${countWords(bytesOut)} bytes to it`;
  return (
    <span title={title} data-traffic>
      {rateWords(inPerS)} in, {rateWords(outPerS)} out, {kilobytes(bytesIn + bytesOut)} kB
    </span>
  );
}

const kilobytes = (bytes: number): string => countWords(Math.ceil(bytes / 1_000));

function ClientRow({ client, look }: { client: ConnectedClient; look: () => void }) {
  const fault = useSignal<HubFault | undefined>(undefined);
  const { id, via, address, mqttVersion, connectedAt, inFlight, subscriptions, takeOvers, ...traffic } = client;
  const name = via === undefined ? id : id.slice(id.indexOf("/") + 1);
  const sinceMs = Date.parse(connectedAt);
  const end = async () => {
    fault.value = undefined;
    try {
      await disconnectClient(id);
      look();
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
  };
  return (
    <li data-client={id}>
      <p class="client-name">
        <strong class="mono">{name}</strong>
        {via !== undefined && via !== name && <span>via {via}</span>}
      </p>
      <p class="client-facts">
        {address !== undefined && <span class="mono">{address}</span>}
        {mqttVersion !== undefined && <span>MQTT {mqttVersion}</span>}
        <time dateTime={connectedAt} title={fullTime(sinceMs)}>
          since {sinceWords(sinceMs, Date.now())}
        </time>
        <span>{subscriptions === 1 ? "1 subscription" : `${countWords(subscriptions)} subscriptions`}</span>
        <span>{countWords(inFlight)} in flight</span>
        <Traffic {...traffic} />
        {takeOvers > 0 && <span class="client-taken">replaced {countWords(takeOvers)} × in the last minute</span>}
      </p>
      <button type="button" aria-label={`Disconnect ${name}`} onClick={() => void end()}>
        Disconnect
      </button>
      {fault.value !== undefined && <FaultNote what="It was not disconnected." fault={fault.value} />}
    </li>
  );
}
