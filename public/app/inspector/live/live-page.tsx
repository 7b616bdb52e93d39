/** The page of MQTT messages as they come: a tree of topics with rates, and each message with what became of it. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useId, useMemo, useRef } from "preact/hooks";
import type { MessagesEvent, WatchedMessage } from "../../../../src/contract/live/watched-messages.ts";
import { MAX_WATCH_FILTER, watchFilterFault } from "../../../../src/contract/topic-filters.ts";
import { watchLive, watchMessages } from "../../hub/link.ts";
import { reaches } from "../../hub/session.ts";
import { isPaused, noteWaiting, whenShown } from "../../preferences/pace.ts";
import { usePageTitle } from "../../ui/page-title.ts";
import { goToQuery, query } from "../../ui/route.ts";
import { countWords } from "../../ui/value-words.ts";
import { InspectorTabs } from "../inspector-tabs.tsx";
import { MakeMetric } from "./make-metric.tsx";
import { MessageCard } from "./message-card.tsx";
import { type MessageLog, MOST_SHOWN, NO_MESSAGES, withMessages } from "./message-log.ts";
import type { Making } from "./metric-fields.ts";
import { noteFilter, noteTopics, openTopicBook, type TopicNode, treeOf } from "./topic-book.ts";
import { TopicTree } from "./topic-tree.tsx";

const ALL = "#";

interface LiveView {
  readonly log: Signal<MessageLog>;
  readonly tree: Signal<readonly TopicNode[]>;
  /** Messages on topics that the tree does not have. */
  readonly onOthers: Signal<number>;
  /** Messages that passed while the page is paused. */
  readonly passed: Signal<number>;
  /** Why the hub sends none. */
  readonly refusal: Signal<string | undefined>;
}

export function LivePage() {
  const filter = new URLSearchParams(query.value).get("filter") ?? ALL;
  const making = useSignal<Making | undefined>(undefined);
  usePageTitle("Live messages");
  return (
    <>
      <h1>Inspector</h1>
      <InspectorTabs here="live" />
      <p class="lead">MQTT messages as they come, and what the hub makes of each.</p>
      <FilterForm filter={filter} />
      {making.value !== undefined && <MakeMetric making={making.value} close={() => (making.value = undefined)} />}
      {watchFilterFault(filter) === undefined && <Watched filter={filter} make={(next) => (making.value = next)} />}
    </>
  );
}

const showFilter = (filter: string): void =>
  goToQuery(filter === ALL ? "" : new URLSearchParams({ filter }).toString());

function FilterForm({ filter }: { filter: string }) {
  const text = useSignal(filter);
  const submit = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    text.value = filter;
  }, [filter]);
  const note = useId();
  const fault = watchFilterFault(text.value);
  return (
    <form
      class="live-filter"
      onSubmit={(event) => {
        event.preventDefault();
        if (fault === undefined) showFilter(text.value);
      }}
    >
      <label>
        Topic filter
        <input
          class="mono"
          maxLength={MAX_WATCH_FILTER + 1}
          autoCapitalize="none"
          autoComplete="off"
          spellcheck={false}
          aria-invalid={fault !== undefined}
          aria-describedby={note}
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary" ref={submit}>
        Watch topics
      </button>
      {filter !== ALL && (
        <button
          type="button"
          onClick={() => {
            submit.current?.focus(); // this button goes
            showFilter(ALL);
          }}
        >
          Watch all topics
        </button>
      )}
      <p id={note} class={fault === undefined ? "quiet" : "field-fault"} role="status">
        {fault ?? "+ stands for one level, # at the end for all that follow."}
      </p>
    </form>
  );
}

function Watched({ filter, make }: { filter: string; make: (making: Making) => void }) {
  const view = useWatch(filter);
  const { log, refusal, passed } = view;
  const { shown, left } = log.value;
  return (
    <>
      {refusal.value !== undefined && (
        <p class="note note-bad" role="alert">
          {refusal.value}
        </p>
      )}
      <div class="live-body">
        <TopicTree nodes={view.tree.value} onOthers={view.onOthers.value} show={showFilter} />
        <section class="live-messages" aria-label="Messages">
          <p class="live-bar">
            <button type="button" aria-pressed={isPaused.value} onClick={() => (isPaused.value = !isPaused.peek())}>
              {isPaused.value ? "Resume updates" : "Pause updates"}
            </button>
            <span class="quiet" data-passed={passed.value}>
              {isPaused.value && `${messagesWords(passed.value)} received while paused. `}
              {left > 0 && `${messagesWords(left)} not shown: at most 20 a second are. `}
              {shown.length >= MOST_SHOWN && `The newest ${MOST_SHOWN} are shown.`}
            </span>
          </p>
          {shown.length === 0 && <p class="empty">No message has come yet.</p>}
          {shown.length > 0 && !reaches("operator") && <p class="quiet">Payloads are shown to operators only.</p>}
          <ul class="message-list">
            {shown.map((each) => (
              <MessageCard key={each.id} shown={each} make={make} />
            ))}
          </ul>
        </section>
      </div>
    </>
  );
}

const messagesWords = (count: number): string => (count === 1 ? "1 message" : `${countWords(count)} messages`);

/** What comes while the page is paused is counted; the newest are shown when it resumes. The tree keeps its topics when another filter is chosen. */
function useWatch(filter: string): LiveView {
  const log = useSignal(NO_MESSAGES);
  const tree = useSignal<readonly TopicNode[]>([]);
  const onOthers = useSignal(0);
  const passed = useSignal(0);
  const refusal = useSignal<string | undefined>(undefined);
  const book = useMemo(() => openTopicBook(performance.now()), []);
  useEffect(() => {
    watchLive([]); // no readings are shown here
    noteFilter(book, performance.now());
    log.value = NO_MESSAGES;
    passed.value = 0;
    refusal.value = undefined;
    let waiting: WatchedMessage[] = [];
    let left = 0;
    let isOpen = true;
    const show = () => {
      if (!isOpen) return;
      log.value = withMessages(log.peek(), waiting, left);
      waiting = [];
      left = 0;
      passed.value = 0;
      tree.value = treeOf(book, performance.now());
      onOthers.value = book.onOthers;
    };
    const came = (event: MessagesEvent) => {
      noteTopics(book, event, performance.now());
      left += event.left;
      waiting = [...waiting, ...event.messages].slice(-MOST_SHOWN);
      const count = event.topics.reduce((sum, [, each]) => sum + each, event.onOthers);
      if (isPaused.peek()) passed.value += count;
      noteWaiting(count);
      whenShown(show);
    };
    const timer = setInterval(() => whenShown(show), 1_000); // rates fall, too
    watchMessages({ filter, came, answered: (reason) => (refusal.value = reason) });
    return () => {
      isOpen = false;
      clearInterval(timer);
      watchMessages(undefined);
    };
  }, [filter]);
  return { log, tree, onOthers, passed, refusal };
}
