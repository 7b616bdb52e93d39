/** One client or board of a cause: where, what exactly was wrong, what it was answered, and what helps it. */
import { reasonText } from "../../../src/contract/reason-codes.ts";
import type { Refusal } from "../../../src/contract/refusal.ts";
import { FaultyPayload } from "../access/faulty-payload.tsx";
import { hubNowMs } from "../hub/clock.ts";
import { deviceHref } from "../ui/route.ts";
import { fullTime, sinceWords } from "../ui/time-words.ts";
import { countWords } from "../ui/value-words.ts";
import { clientNameOf } from "./causes.ts";
import { RefusalFix } from "./refusal-fix.tsx";

export function RefusalEntry({ refusal }: { refusal: Refusal }) {
  const { topic, metric, count, lastAt, firstAt, detail } = refusal;
  const lastMs = Date.parse(lastAt);
  return (
    <li class="refusal">
      <div class="refusal-head">
        <Subject refusal={refusal} />
        <span class="refusal-when" title={`first ${fullTime(Date.parse(firstAt))}`}>
          {countWords(count)} ×, last{" "}
          <time dateTime={lastAt} title={fullTime(lastMs)}>
            {sinceWords(lastMs, hubNowMs.peek())}
          </time>
        </span>
      </div>
      {(topic !== undefined || metric !== undefined) && (
        <p class="refusal-where">
          {topic !== undefined && <span class="mono">{topic}</span>}
          {metric !== undefined && (
            <span>
              metric <span class="mono">{metric === "" ? '""' : metric}</span>
            </span>
          )}
        </p>
      )}
      {detail !== undefined && <p class="reason">{detail}</p>}
      <FaultyPayload refusal={refusal} />
      <RefusalFix refusal={refusal} />
    </li>
  );
}

function Subject({ refusal }: { refusal: Refusal }) {
  const { deviceId, address, via, clientId, mqttVersion, reasonCode } = refusal;
  const client = clientNameOf(refusal);
  const isNamed = client !== "" && client !== deviceId;
  return (
    <p class="refusal-who">
      {deviceId !== undefined && <a href={deviceHref(deviceId)}>{deviceId}</a>}
      {isNamed && (
        <span title={clientId}>
          {deviceId !== undefined && "sent by "}
          <span class="mono">{client}</span>
        </span>
      )}
      {via !== undefined && via !== client && via !== deviceId && <span>via {via}</span>}
      {address !== undefined && <span class="mono quiet">{address}</span>}
      {(mqttVersion !== undefined || reasonCode !== undefined) && (
        <span class="quiet" data-answer>
          {[
            ...(mqttVersion === undefined ? [] : [`MQTT ${mqttVersion}`]),
            ...(reasonCode === undefined ? [] : [reasonText(reasonCode)]),
          ].join(" · ")}
        </span>
      )}
    </p>
  );
}
