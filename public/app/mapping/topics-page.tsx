/** The page of topics that nobody reads, and of the mappings that make devices of them. */
import { batch, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Mapping, UnmappedTopic } from "../../../src/contract/mappings.ts";
import { getMappings, getUnmapped } from "../hub/api.ts";
import { watchLive } from "../hub/link.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { InspectorTabs } from "../inspector/inspector-tabs.tsx";
import { whenShown } from "../preferences/pace.ts";
import { ReadNote } from "../ui/fault-note.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import type { Saved } from "./mapping-editor.tsx";
import { MappingList } from "./mapping-list.tsx";
import { SavedNote } from "./saved-note.tsx";
import { TopicGroupCard } from "./topic-group.tsx";
import { groupsOf } from "./topic-groups.ts";

const LOOK_EVERY_MS = 5_000;

export function TopicsPage() {
  const topics = useSignal<readonly UnmappedTopic[] | undefined>(undefined);
  const mappings = useSignal<readonly Mapping[]>([]);
  const saved = useSignal<Saved | undefined>(undefined);
  const look = async (abort?: AbortSignal) => {
    const [unmapped, all] = await Promise.all([getUnmapped(abort), getMappings(abort)]);
    batch(() => {
      topics.value = unmapped.topics;
      mappings.value = all.mappings;
    });
  };
  const read = useHubRead("topics", look);
  const again = () => void look().catch(() => undefined);
  usePageTitle("Topics nobody reads");
  useEffect(() => {
    watchLive([]); // no readings are shown here
    const timer = setInterval(() => !document.hidden && whenShown(again), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const take = (one: Saved) => {
    saved.value = one;
    again();
  };
  return (
    <>
      <h1>Inspector</h1>
      <InspectorTabs here="topics" />
      <p class="lead">
        Numbers that arrive on topics of no known kind of board. They are delivered to subscribers, and not stored. A
        mapping says which part of the topic is the device and which the metric, and makes readings of them.
      </p>
      <ReadNote what="The topics could not be read." read={read} />
      {saved.value !== undefined && <SavedNote saved={saved.value} />}
      {topics.value === undefined ? (
        read.state.value === "loading" && <p class="quiet">Loading topics…</p>
      ) : (
        <>
          <Topics topics={topics.value} saved={take} />
          <MappingList mappings={mappings.value} saved={take} removed={again} />
        </>
      )}
    </>
  );
}

function Topics({ topics, saved }: { topics: readonly UnmappedTopic[]; saved: (saved: Saved) => void }) {
  if (topics.length === 0) {
    return (
      <p class="empty">
        No numbers have come on topics that nobody reads since the hub was started. Text, images, logs and commands are
        left out.
      </p>
    );
  }
  return (
    <div class="topic-groups">
      {groupsOf(topics).map((group) => (
        <TopicGroupCard key={group.key} group={group} saved={saved} />
      ))}
    </div>
  );
}
