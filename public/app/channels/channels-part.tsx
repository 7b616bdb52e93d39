/** The channels: where alerts are sent, one more, and what this browser does itself. */
import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import type { ChannelAnswer } from "../../../src/contract/answers/alert-answers.ts";
import type { ChannelKind } from "../../../src/contract/channels.ts";
import { getChannels, postChannel } from "../hub/alert-api.ts";
import { reaches } from "../hub/session.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { whenShown } from "../preferences/pace.ts";
import { ReadNote } from "../ui/fault-note.tsx";
import { emptyChannel } from "./channel-draft.ts";
import { ChannelEntry } from "./channel-entry.tsx";
import { ChannelForm } from "./channel-form.tsx";
import { CHANNEL_KINDS, KINDS } from "./channel-kinds.ts";
import { secretTopic } from "./secret-topic.ts";
import { ThisBrowser } from "./this-browser.tsx";

const LOOK_EVERY_MS = 5_000;

export function ChannelsPart() {
  const channels = useSignal<readonly ChannelAnswer[] | undefined>(undefined);
  const look = async (abort?: AbortSignal) => {
    channels.value = (await getChannels(abort)).channels;
  };
  const read = useHubRead("channels", look);
  useEffect(() => {
    const again = () => void look().catch(() => undefined);
    const timer = setInterval(() => !document.hidden && whenShown(again), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <p class="lead">Where alerts are sent. Without a channel they are shown on this page only.</p>
      <ReadNote what="The channels could not be read." read={read} />
      {channels.value === undefined && read.state.value === "loading" && <p class="quiet">Loading channels…</p>}
      {channels.value !== undefined && channels.value.length > 0 && (
        <ul class="channels" aria-label="Channels">
          {channels.value.map((channel) => (
            <ChannelEntry key={channel.id} channel={channel} changed={() => look()} />
          ))}
        </ul>
      )}
      {channels.value !== undefined && reaches("owner") && <AddChannel added={() => look()} />}
      {!reaches("owner") && <p class="quiet">Only an owner can add and change channels.</p>}
      <ThisBrowser channels={channels.value ?? []} />
    </>
  );
}

function AddChannel({ added }: { added: () => Promise<void> }) {
  const title = useId();
  const kind = useSignal<ChannelKind | undefined>(undefined);
  const close = () => {
    kind.value = undefined;
  };
  return (
    <section class="add-channel" aria-labelledby={title}>
      <h2 id={title}>Add a channel</h2>
      <ul class="kinds-list">
        {KINDS.map((each) => (
          <li key={each}>
            <button
              type="button"
              class="kind"
              aria-pressed={kind.value === each}
              data-kind={each}
              onClick={() => {
                kind.value = kind.value === each ? undefined : each;
              }}
            >
              <strong>{CHANNEL_KINDS[each].name}</strong>
              <span>{CHANNEL_KINDS[each].meaning}</span>
            </button>
          </li>
        ))}
      </ul>
      {kind.value !== undefined && (
        <ChannelForm
          key={kind.value}
          begun={emptyChannel(kind.value, secretTopic())}
          kept={[]}
          save={async (fields) => {
            await postChannel(fields);
            await added();
            close();
          }}
          close={close}
        />
      )}
    </section>
  );
}
