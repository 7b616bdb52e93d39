/** The page of the MQTT clients that are connected, with a search, and a button that disconnects one. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ClientsAnswer, ConnectedClient } from "../../../src/contract/answers/clients.ts";
import { disconnectClient, getClients, type HubFault, toFault } from "../hub/api.ts";
import { watchLive } from "../hub/link.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { isPaused } from "../preferences/pace.ts";
import { FaultNote, ReadNote } from "../ui/fault-note.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { fullTime, sinceWords } from "../ui/time-words.ts";
import { countWords, rateWords } from "../ui/value-words.ts";
import { InspectorTabs } from "./inspector-tabs.tsx";

const LOOK_EVERY_MS = 5_000;

export function ClientsPage() {
  const search = useSignal("");
  /** The pages that were turned to: of each the cursor before it. */
  const cursors = useSignal<readonly string[]>([]);
  const found = useSignal<ClientsAnswer | undefined>(undefined);
  const turn = useSignal(0);
  /** A slow answer must come: another read would end the one under way. */
  const reading = useRef(0);
  const cursor = cursors.value.at(-1);
  usePageTitle("Clients");
  useEffect(() => {
    watchLive([]); // no readings are shown here
    const timer = setInterval(() => {
      if (!document.hidden && !isPaused.peek() && reading.current === 0) turn.value += 1;
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const read = useHubRead(
    "clients",
    async (abort) => {
      reading.current += 1;
      try {
        found.value = await getClients({ search: search.value.trim(), cursor }, abort);
      } finally {
        reading.current -= 1;
      }
    },
    turn.value,
  );
  const look = () => (turn.value += 1);
  return (
    <>
      <h1>Inspector</h1>
      <InspectorTabs here="clients" />
      <p class="lead">The MQTT clients that are connected now. A client that is disconnected may connect again.</p>
      <input
        type="search"
        class="client-search"
        aria-label="Search clients"
        placeholder="Client id, account or address"
        maxLength={200}
        value={search.value}
        onInput={(event) => {
          search.value = event.currentTarget.value;
          cursors.value = [];
          look();
        }}
      />
      <ReadNote what="The clients could not be read." read={read} />
      {found.value === undefined ? (
        read.state.value === "loading" && <p class="quiet">Loading clients…</p>
      ) : (
        <>
          <Clients found={found.value} look={look} />
          <Pager cursors={cursors} next={found.value.nextCursor} look={look} />
        </>
      )}
    </>
  );
}

interface PagerProps {
  cursors: Signal<readonly string[]>;
  /** Null: there is no further page. */
  next: string | null;
  look: () => void;
}

function Pager({ cursors, next, look }: PagerProps) {
  const turnTo = (pages: readonly string[]) => {
    cursors.value = pages;
    look();
  };
  return (
    <p class="pager">
      {cursors.value.length > 0 && (
        <button type="button" onClick={() => turnTo(cursors.value.slice(0, -1))}>
          Previous page
        </button>
      )}
      {next !== null && (
        <button type="button" onClick={() => turnTo([...cursors.value, next])}>
          Next page
        </button>
      )}
    </p>
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
