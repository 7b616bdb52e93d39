/** One message: topic, client, what became of it, and its payload with what changed since the one before it. */
import type { WatchedMessage } from "../../../../src/contract/live/watched-messages.ts";
import { reaches } from "../../hub/session.ts";
import { groupWords } from "../../overview/list/list-words.ts";
import { deviceHref, metricHref } from "../../ui/route.ts";
import { fullTime, timeOfDay } from "../../ui/time-words.ts";
import { countWords } from "../../ui/value-words.ts";
import { CutNote, Sample } from "../sample.tsx";
import type { ShownMessage } from "./message-log.ts";
import { outcomeWords, refusedWords } from "./message-words.ts";
import type { Making } from "./metric-fields.ts";
import { type ComparedLeaf, compare, leavesOf, storedAs } from "./payload-leaves.ts";

const MOST_LEAVES = 24;
/** Never a metric. */
const NAMES_OF_INSTANTS: ReadonlySet<string> = new Set(["timestamp", "ts", "time"]);

interface CardProps {
  readonly shown: ShownMessage;
  /** Offers a mapping for a number that nobody reads. */
  readonly make: (making: Making) => void;
}

export function MessageCard({ shown, make }: CardProps) {
  const { message } = shown;
  const { at, topic, clientId, via, dialect, qos, retain, bytes, outcome } = message;
  const atMs = Date.parse(at);
  const client =
    clientId === undefined ? "the hub" : via === undefined ? clientId : clientId.slice(clientId.indexOf("/") + 1);
  return (
    <li class="message" data-outcome={outcome} data-message={topic}>
      <p class="message-head">
        <time dateTime={at} title={fullTime(atMs)}>
          {timeOfDay(atMs)}
        </time>
        <strong class="mono">{topic}</strong>
      </p>
      <p class="message-facts">
        <span>
          from <span class="mono">{client}</span>
          {via !== undefined && via !== client && ` via ${via}`}
        </span>
        {dialect !== undefined && <span>{groupWords("family", dialect)}</span>}
        <span>QoS {qos}</span>
        {retain && <span>retained</span>}
        <span>{bytes === 1 ? "1 byte" : `${countWords(bytes)} bytes`}</span>
      </p>
      <Outcome message={message} />
      <Payload shown={shown} make={make} />
    </li>
  );
}

function Outcome({ message }: { message: WatchedMessage }) {
  const { readings, refused, outcome } = message;
  return (
    <div class={`message-outcome message-${outcome}`}>
      <p>
        {outcomeWords(message)}
        {readings.length > 0 && ": "}
        {readings.map(({ deviceId, metrics }, at) => (
          <span key={at}>
            {at > 0 && "; "}
            <a href={deviceHref(deviceId)}>{deviceId}</a> {Object.keys(metrics).join(", ")}
          </span>
        ))}
      </p>
      {refused.map((part, at) => (
        <p key={at} class="message-fault">
          {refusedWords(part)}
        </p>
      ))}
    </div>
  );
}

function Payload({ shown: { message, former }, make }: CardProps) {
  const { payload, isBinary, bytes } = message;
  if (payload === undefined) return null;
  if (bytes === 0) return <p class="quiet">Empty payload</p>;
  const leaves = isBinary === true ? undefined : leavesOf(payload);
  if (leaves === undefined || leaves.length === 0) {
    return (
      <>
        <CutNote of={{ payload, bytes, isBinary }} />
        <Sample text={payload} />
        {former !== undefined && former !== payload && (
          <div class="quiet">
            Before: <Sample text={former} />
          </div>
        )}
      </>
    );
  }
  const compared = compare(leaves, former === undefined ? undefined : leavesOf(former));
  return (
    <>
      <ul class="leaves">
        {compared.leaves.slice(0, MOST_LEAVES).map((leaf) => (
          <LeafRow key={leaf.path} leaf={leaf} message={message} make={make} />
        ))}
      </ul>
      {compared.gone.length > 0 && <p class="quiet">Removed: {compared.gone.slice(0, MOST_LEAVES).join(", ")}</p>}
      {leaves.length > MOST_LEAVES && (
        <details>
          <summary>Show all {leaves.length} values</summary>
          <code class="place">{payload}</code>
        </details>
      )}
    </>
  );
}

interface LeafProps {
  readonly leaf: ComparedLeaf;
  readonly message: WatchedMessage;
  readonly make: CardProps["make"];
}

function LeafRow({ leaf, message, make }: LeafProps) {
  const { path, value, was, isNew } = leaf;
  const stored = storedAs(leaf, message.readings);
  const isChanged = was !== undefined || isNew === true;
  const isFree = message.outcome === "carried" && message.dialect === undefined && reaches("operator");
  const mayBeMetric = typeof value === "number" && !NAMES_OF_INSTANTS.has(path.slice(path.lastIndexOf(".") + 1));
  return (
    <li data-leaf={path} data-changed={isChanged || undefined}>
      {path !== "" && <span class="mono leaf-path">{path}</span>}
      <span class="leaf-value">{isChanged ? <mark>{String(value)}</mark> : String(value)}</span>
      {was !== undefined && <span class="quiet">was {String(was)}</span>}
      {isNew === true && <span class="quiet">new</span>}
      {stored !== undefined && (
        <a
          href={metricHref(stored.deviceId, stored.metric)}
          aria-label={`Show chart of ${stored.metric} of ${stored.deviceId}`}
        >
          Show chart
        </a>
      )}
      {isFree && mayBeMetric && (
        <button
          type="button"
          aria-label={`Make this a metric: ${path === "" ? message.topic : path}`}
          onClick={() => make({ topic: message.topic, path })}
        >
          Make this a metric
        </button>
      )}
    </li>
  );
}
