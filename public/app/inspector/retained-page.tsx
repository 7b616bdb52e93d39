/** The page of retained messages: what new subscribers get, which of it is stale, and a way to remove it. */
import { type Signal, useSignal } from "@preact/signals";
import type { RetainedAnswer, RetainedMessage } from "../../../src/contract/answers/retained.ts";
import { MOST_RETAINED } from "../../../src/contract/answers/retained-limits.ts";
import { getRetained, type HubFault, removeRetained, toFault } from "../hub/api.ts";
import { hubNowMs } from "../hub/clock.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { fullTime, sinceWords } from "../ui/time-words.ts";
import { countWords } from "../ui/value-words.ts";
import { InspectorTabs } from "./inspector-tabs.tsx";
import { PagedList } from "./paged-list.tsx";
import { CutNote, Sample } from "./sample.tsx";

export function RetainedPage() {
  const chosen = useSignal<ReadonlySet<string>>(new Set());
  usePageTitle("Retained messages");
  return (
    <>
      <h1>Inspector</h1>
      <InspectorTabs here="retained" />
      <p class="lead">
        The last message of each topic that was published as retained: every new subscriber gets it. One is stale if it
        was not set for a day and its device is unknown, or its client is not connected.
      </p>
      <PagedList name="retained messages" label="Search retained messages" placeholder="Topic" read={getRetained}>
        {(found, look) => <Found found={found} chosen={chosen} look={look} />}
      </PagedList>
    </>
  );
}

interface FoundProps {
  readonly found: RetainedAnswer;
  /** Topics, also of other pages. */
  readonly chosen: Signal<ReadonlySet<string>>;
  readonly look: () => void;
}

function Found({ found: { messages, total }, chosen, look }: FoundProps) {
  if (total === 0) return <p class="empty">No retained messages found.</p>;
  const stale = messages.flatMap(({ topic, isStale }) => (isStale === true ? [topic] : []));
  const choose = (topics: readonly string[], isChosen: boolean) => {
    const others = [...chosen.peek()].filter((topic) => !topics.includes(topic));
    chosen.value = new Set(isChosen ? [...others, ...topics] : others);
  };
  return (
    <>
      <p class="quiet">{total === 1 ? "1 retained message" : `${countWords(total)} retained messages`}</p>
      <div class="buttons retained-buttons">
        {stale.length > 0 && (
          <button type="button" onClick={() => choose(stale, true)}>
            Select {stale.length === 1 ? "1 stale message" : `${countWords(stale.length)} stale messages`}
          </button>
        )}
        {chosen.value.size > 0 && <Removal chosen={chosen} look={look} />}
      </div>
      <ul class="clients retained">
        {messages.map((message) => (
          <Row
            key={message.topic}
            message={message}
            isChosen={chosen.value.has(message.topic)}
            choose={(isChosen) => choose([message.topic], isChosen)}
          />
        ))}
      </ul>
    </>
  );
}

function Removal({ chosen, look }: Pick<FoundProps, "chosen" | "look">) {
  const isAsking = useSignal(false);
  const busy = useSignal(false);
  const fault = useSignal<HubFault | undefined>(undefined);
  const topics = [...chosen.value].slice(0, MOST_RETAINED);
  const words = topics.length === 1 ? "1 message" : `${countWords(topics.length)} messages`;
  const remove = async () => {
    busy.value = true;
    fault.value = undefined;
    try {
      await removeRetained(topics);
      chosen.value = new Set([...chosen.peek()].filter((topic) => !topics.includes(topic)));
      isAsking.value = false;
      look();
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
    busy.value = false;
  };
  return (
    <>
      {isAsking.value ? (
        <>
          <span role="status">Remove {words}? Subscribers are sent an empty message. This cannot be undone.</span>
          <button type="button" class="danger" disabled={busy.value} onClick={() => void remove()}>
            Remove {words}
          </button>
          <button type="button" onClick={() => (isAsking.value = false)}>
            Cancel
          </button>
        </>
      ) : (
        <>
          <button type="button" onClick={() => (isAsking.value = true)}>
            Remove {words}…
          </button>
          <button type="button" onClick={() => (chosen.value = new Set())}>
            Clear selection
          </button>
        </>
      )}
      {fault.value !== undefined && <FaultNote what="They were not removed." fault={fault.value} />}
    </>
  );
}

interface RowProps {
  readonly message: RetainedMessage;
  readonly isChosen: boolean;
  readonly choose: (isChosen: boolean) => void;
}

function Row({ message, isChosen, choose }: RowProps) {
  const { topic, payload, bytes, qos, setAt, clientId, via, isStale } = message;
  const setAtMs = setAt === undefined ? undefined : Date.parse(setAt);
  const isOfHub = topic.startsWith("aerie/");
  const client = via === undefined ? clientId : clientId?.slice(clientId.indexOf("/") + 1);
  return (
    <li data-retained={topic} data-stale={isStale}>
      <label class="retained-topic">
        <input
          type="checkbox"
          checked={isChosen}
          disabled={isOfHub}
          onChange={(event) => choose(event.currentTarget.checked)}
        />
        <strong class="mono">{topic}</strong>
        {isStale === true && <span class="client-taken">stale</span>}
      </label>
      <p class="client-facts">
        {setAtMs === undefined ? (
          <span>set before the hub was started</span>
        ) : (
          <time dateTime={setAt} title={fullTime(setAtMs)}>
            set {sinceWords(setAtMs, hubNowMs.peek())}
          </time>
        )}
        {isOfHub ? (
          <span>by the hub itself</span>
        ) : (
          client !== undefined && (
            <span>
              by <span class="mono">{client}</span>
              {via !== undefined && via !== client && ` via ${via}`}
            </span>
          )
        )}
        <span>QoS {qos}</span>
        <span>{bytes === 1 ? "1 byte" : `${countWords(bytes)} bytes`}</span>
      </p>
      <CutNote of={message} />
      <Sample text={payload} />
    </li>
  );
}
