/** The inspector page: what the hub refused, from whom and why. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { reasonText } from "../../../src/contract/reason-codes.ts";
import type { Refusal } from "../../../src/contract/refusal.ts";
import { REFUSALS } from "../../../src/contract/refusals.ts";
import { getRefusals } from "../hub/api.ts";
import { watchLive } from "../hub/link.ts";
import { watchRefusals } from "../hub/live.ts";
import { mergeRefusals, type Refused, refusalKey } from "../hub/refused.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { ReadNote } from "../ui/fault-note.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { deviceHref } from "../ui/route.ts";
import { fullTime, timeOfDay } from "../ui/time-words.ts";
import { countWords } from "../ui/value-words.ts";
import { InspectorTabs } from "./inspector-tabs.tsx";
import { RefusalFix } from "./refusal-fix.tsx";

export function Inspector() {
  const refused = useSignal<Refused | undefined>(undefined);
  const since = useRef<Refusal[]>([]);
  usePageTitle("Inspector");
  useEffect(() => {
    watchLive([]); // no readings are shown here
    return watchRefusals((refusals) => {
      since.current.push(...refusals);
      if (refused.peek() !== undefined) refused.value = mergeRefusals(refused.value, refusals);
    });
  }, []);
  const read = useHubRead("refusals", async (abort) => {
    since.current = [];
    const answer = await getRefusals(abort);
    refused.value = mergeRefusals(answer, since.current);
  });
  return (
    <>
      <h1>Inspector</h1>
      <InspectorTabs here="refusals" />
      <p class="lead">What the hub refused, from whom and why. Refusals of the same kind and origin share one row.</p>
      <ReadNote what="The refusals could not be read." read={read} />
      {refused.value === undefined ? (
        read.state.value === "loading" && <p class="quiet">Loading refusals…</p>
      ) : (
        <Refusals refused={refused.value} />
      )}
    </>
  );
}

function Refusals({ refused }: { refused: Refused }) {
  if (refused.rejections.length === 0) {
    return <p class="empty">Nothing was refused since {fullTime(Date.parse(refused.since))}.</p>;
  }
  return (
    <>
      <Counts refused={refused} />
      <div class="table-scroll">
        <table class="refusals" aria-label="Refusals">
          <thead>
            <tr>
              <th scope="col">Last</th>
              <th scope="col">What</th>
              <th scope="col">Why</th>
              <th scope="col" class="number">
                Count
              </th>
            </tr>
          </thead>
          <tbody>
            {refused.rejections.map((refusal) => (
              <RefusalRow key={refusalKey(refusal)} refusal={refusal} refused={refused} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Counts({ refused }: { refused: Refused }) {
  const counts = Object.entries(refused.counts).filter(([, count]) => count > 0);
  return (
    <section aria-labelledby="counts">
      <h2 id="counts" class="small-head">
        Since {fullTime(Date.parse(refused.since))}
      </h2>
      <ul class="counts">
        {counts
          .toSorted(([, a], [, b]) => b - a)
          .map(([code, count]) => (
            <li key={code} data-code={code}>
              <strong>{countWords(count)}</strong> <code>{code}</code>
            </li>
          ))}
      </ul>
    </section>
  );
}

function RefusalRow({ refusal, refused }: { refusal: Refusal; refused: Refused }) {
  const lastMs = Date.parse(refusal.lastAt);
  // The reason begins with the code's own words and adds what exactly was wrong; said once is enough.
  const text = REFUSALS[refusal.code] ?? refusal.code;
  const more = refusal.reason.startsWith(text)
    ? refusal.reason.slice(text.length).replace(/^[\s:;,.–-]+/, "")
    : refusal.reason;
  return (
    <tr data-code={refusal.code}>
      <td>
        <time dateTime={refusal.lastAt} title={fullTime(lastMs)}>
          {timeOfDay(lastMs)}
        </time>
      </td>
      <td>
        <Subject refusal={refusal} />
      </td>
      <td>
        {text}
        {more !== "" && <span class="reason">{more}</span>}
        <span class="answer">
          <code>{refusal.code}</code>
          <Answer refusal={refusal} />
        </span>
        <RefusalFix refusal={refusal} refused={refused} />
      </td>
      <td class="number" title={`first ${fullTime(Date.parse(refusal.firstAt))}`}>
        {countWords(refusal.count)}
      </td>
    </tr>
  );
}

/** What the client speaks and what it was answered: `MQTT 5 · 0x99 payload format invalid`. */
function Answer({ refusal: { mqttVersion, reasonCode } }: { refusal: Refusal }) {
  const words = [
    ...(mqttVersion === undefined ? [] : [`MQTT ${mqttVersion}`]),
    ...(reasonCode === undefined ? [] : [reasonText(reasonCode)]),
  ];
  return words.length > 0 && <span data-answer>{words.join(" · ")}</span>;
}

function Subject({ refusal }: { refusal: Refusal }) {
  const { deviceId, topic, metric, clientId, address, kind } = refusal;
  return (
    <>
      {topic !== undefined && <span class="mono subject">{topic}</span>}
      <span class="subject-facts">
        <span>{kind}</span>
        {deviceId !== undefined && (
          <span>
            device <a href={deviceHref(deviceId)}>{deviceId}</a>
          </span>
        )}
        {metric !== undefined && (
          <span>
            metric <span class="mono">{metric === "" ? '""' : metric}</span>
          </span>
        )}
        {clientId !== undefined && (
          <span>
            client <span class="mono">{clientId}</span>
          </span>
        )}
        {address !== undefined && (
          <span>
            from <span class="mono">{address}</span>
          </span>
        )}
      </span>
    </>
  );
}
