/** One channel in the list: whether its messages get through, a test, its switch, and how it is changed and removed. */
import { useSignal } from "@preact/signals";
import type { ChannelAnswer, ChannelTestAnswer } from "../../../src/contract/answers/alert-answers.ts";
import type { ChannelChange } from "../../../src/contract/channels.ts";
import { deleteChannel, putChannel, testChannel } from "../hub/alert-api.ts";
import { type HubFault, toFault } from "../hub/api.ts";
import { hubNowMs } from "../hub/clock.ts";
import { reaches } from "../hub/session.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { Icon } from "../ui/icon.tsx";
import { OnSwitch } from "../ui/on-switch.tsx";
import { sinceWords } from "../ui/time-words.ts";
import { countWords } from "../ui/value-words.ts";
import { draftOfChannel, readChannel } from "./channel-draft.ts";
import { ChannelForm } from "./channel-form.tsx";
import { CHANNEL_KINDS, KINDS } from "./channel-kinds.ts";

interface EntryProps {
  readonly channel: ChannelAnswer;
  readonly changed: () => Promise<void>;
}

export function ChannelEntry({ channel, changed }: EntryProps) {
  const state = useSignal<"shown" | "editing" | "asking">("shown");
  const isBusy = useSignal(false);
  const fault = useSignal<{ what: string; fault: HubFault } | undefined>(undefined);
  const { id, name, settings, secrets, enabled } = channel;
  const draft = draftOfChannel(channel);
  const kind = KINDS.find((each) => each === settings.kind);
  const isOwner = reaches("owner");
  const save = async (fields: ChannelChange) => {
    await putChannel(id, fields);
    await changed();
    state.value = "shown";
  };
  const work = async (what: string, task: () => Promise<unknown>) => {
    isBusy.value = true;
    fault.value = undefined;
    try {
      await task();
      await changed();
    } catch (thrown) {
      fault.value = { what, fault: toFault(thrown) };
    }
    isBusy.value = false;
  };
  const remove = async () => {
    await work(`${name} was not removed.`, () => deleteChannel(id));
    state.value = "shown";
  };
  const switched = switchedChannel(channel);
  const turn = (fields: ChannelChange) => void work(`${name} was not changed.`, () => putChannel(id, fields));
  return (
    <li class={`channel${enabled ? "" : " rule-off"}`} data-channel={id}>
      <div class="channel-head">
        <div>
          <p class="rule-name">
            <strong>{name}</strong>{" "}
            <span class="quiet">
              {kind === undefined ? settings.kind : CHANNEL_KINDS[kind].name}
              {whereWords(channel)}
            </span>
          </p>
          <ChannelStateLine channel={channel} />
        </div>
        {isOwner && switched !== undefined && state.value !== "editing" && (
          <OnSwitch name={name} isOn={enabled} isBusy={isBusy.value} turn={() => turn(switched)} />
        )}
        {isOwner && state.value === "shown" && (
          <div class="buttons">
            <TestButton channel={channel} />
            {draft !== undefined && (
              <button type="button" aria-label={`Change ${name}`} onClick={() => (state.value = "editing")}>
                Change…
              </button>
            )}
            <button type="button" aria-label={`Remove ${name}`} onClick={() => (state.value = "asking")}>
              Remove…
            </button>
          </div>
        )}
        {state.value === "asking" && (
          <span class="buttons" role="alert">
            <span>What waits for it is not sent any more.</span>
            <button type="button" class="danger" onClick={() => void remove()}>
              Remove
            </button>
            <button type="button" onClick={() => (state.value = "shown")}>
              Keep
            </button>
          </span>
        )}
      </div>
      {state.value === "editing" && draft !== undefined && (
        <ChannelForm begun={draft} kept={secrets} save={save} close={() => (state.value = "shown")} />
      )}
      {fault.value !== undefined && <FaultNote {...fault.value} />}
    </li>
  );
}

/** As it is sent to switch it on or off: secrets stay. Undefined: this page does not know its kind. */
function switchedChannel(channel: ChannelAnswer): ChannelChange | undefined {
  const draft = draftOfChannel(channel);
  if (draft === undefined) return undefined;
  const read = readChannel({ ...draft, enabled: !draft.enabled }, channel.secrets);
  return read.ok ? read.fields : undefined;
}

/** `, to hooks.slack.com`: nothing that is a secret. */
function whereWords({ settings }: ChannelAnswer): string {
  const where = settings["host"] ?? (settings.kind === "mqtt" ? settings["topic"] : settings["server"]);
  return typeof where === "string" ? `, ${where.replace(/^https?:\/\//, "")}` : "";
}

const LEVEL_WORDS = { info: "everything", warning: "warnings and critical", critical: "critical only" } as const;

function ChannelStateLine({ channel: { state, atLeast, enabled } }: { channel: ChannelAnswer }) {
  if (!enabled) return <p class="quiet">switched off; it sends nothing, also not what waited for it</p>;
  switch (state.kind) {
    case "idle":
      return <p class="quiet">{LEVEL_WORDS[atLeast]}; nothing waits</p>;
    case "sending":
      return (
        <p class="quiet">
          {LEVEL_WORDS[atLeast]}; {countWords(state.waiting)} on their way
        </p>
      );
    case "failing":
      return (
        <p class="channel-failing">
          <Icon name="warning" /> Nothing gets through since {sinceWords(Date.parse(state.since), hubNowMs.peek())}:{" "}
          {state.reason}. {countWords(state.waiting)} {state.waiting === 1 ? "message waits" : "messages wait"}, and{" "}
          {state.waiting === 1 ? "is" : "are"} tried again for 24 hours.
        </p>
      );
  }
}

const OUTCOMES: Readonly<Record<ChannelTestAnswer["outcome"], string>> = {
  sent: "✓ The test was sent.",
  failed: "The test did not get through.",
  refused: "The test was refused: the settings are wrong.",
};

function TestButton({ channel: { id, name } }: { channel: ChannelAnswer }) {
  const busy = useSignal(false);
  const outcome = useSignal<ChannelTestAnswer | HubFault | undefined>(undefined);
  const send = async () => {
    busy.value = true;
    outcome.value = undefined;
    outcome.value = await testChannel(id).catch(toFault);
    busy.value = false;
  };
  const now = outcome.value;
  return (
    <>
      <span role="status" class="test-outcome">
        {busy.value && "Sending…"}
        {now !== undefined && "outcome" in now && (
          <span class={now.outcome === "sent" ? "accepted" : "form-fault"} data-outcome={now.outcome}>
            {OUTCOMES[now.outcome]} {now.reason}
          </span>
        )}
        {now !== undefined && !("outcome" in now) && (
          <span class="form-fault" data-outcome="fault">
            The test was not sent. {now.message}
          </span>
        )}
      </span>
      <button type="button" disabled={busy.value} aria-label={`Send a test to ${name}`} onClick={() => void send()}>
        Send a test
      </button>
    </>
  );
}
