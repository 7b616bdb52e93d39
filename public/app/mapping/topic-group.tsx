/** Topics that one mapping would read: what came on them, and the way to add it. */
import { useSignal } from "@preact/signals";
import type { UnmappedTopic } from "../../../src/contract/mappings.ts";
import { reaches } from "../hub/session.ts";
import { Sample } from "../inspector/sample.tsx";
import { fullTime, timeOfDay } from "../ui/time-words.ts";
import { countWords } from "../ui/value-words.ts";
import { MappingEditor, type Saved } from "./mapping-editor.tsx";
import type { TopicGroup } from "./topic-groups.ts";

const SHOWN_AT_FIRST = 4;

export function TopicGroupCard({ group, saved }: { group: TopicGroup; saved: (saved: Saved) => void }) {
  const isOpen = useSignal(false);
  const isLong = useSignal(false);
  const { proposal, topics, count, perMinute } = group;
  const shown = isLong.value ? topics : topics.slice(0, SHOWN_AT_FIRST);
  return (
    <article class="topic-group" data-proposal={proposal.topic} aria-label={proposal.topic}>
      <div class="topic-group-head">
        <h3 class="mono">{proposal.topic}</h3>
        <p class="quiet">
          {topics.length === 1 ? "1 topic" : `${countWords(topics.length)} topics`}, {messagesWords(count)}
          {perMinute > 0 && `, ${rateWords(perMinute)}`}
        </p>
        {reaches("operator") && !isOpen.value && (
          <button type="button" class="primary" onClick={() => (isOpen.value = true)}>
            Preview
          </button>
        )}
      </div>
      {isOpen.value && <MappingEditor fields={proposal} saved={saved} close={() => (isOpen.value = false)} />}
      <table class="topics" aria-label={`Topics of ${proposal.topic}`}>
        <thead>
          <tr>
            <th scope="col">Topic</th>
            <th scope="col">Last payload</th>
            <th scope="col" class="number">
              Messages
            </th>
            <th scope="col" class="number">
              Last
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((topic) => (
            <TopicRow key={topic.topic} topic={topic} />
          ))}
        </tbody>
      </table>
      {topics.length > shown.length && (
        <button type="button" onClick={() => (isLong.value = true)}>
          Show {countWords(topics.length - shown.length)} more
        </button>
      )}
    </article>
  );
}

function TopicRow({ topic: { topic, sample, count, perMinute, firstAt, lastAt } }: { topic: UnmappedTopic }) {
  const lastMs = Date.parse(lastAt);
  const rate = perMinute > 0 ? `${rateWords(perMinute)}, ` : "";
  return (
    <tr data-topic={topic}>
      <td class="mono topic-name">{topic}</td>
      <td class="topic-sample">{sample !== undefined && <Sample text={sample} />}</td>
      <td class="number" title={`${rate}since ${fullTime(Date.parse(firstAt))}`}>
        {countWords(count)}
      </td>
      <td class="number">
        <time dateTime={lastAt} title={fullTime(lastMs)}>
          {timeOfDay(lastMs)}
        </time>
      </td>
    </tr>
  );
}

const messagesWords = (count: number): string => (count === 1 ? "1 message" : `${countWords(count)} messages`);

const rate = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });
const rateWords = (perMinute: number): string =>
  perMinute >= 0.1 ? `${rate.format(perMinute)} a minute` : `${rate.format(perMinute * 60)} an hour`;
