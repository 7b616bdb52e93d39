/** Why a step failed, and what helps: a button, or a text to copy. */
import { useSignal } from "@preact/signals";
import type { CheckedStep, Fix } from "../../../src/contract/answers/board-check.ts";
import { FamilyTopics } from "../access/family-topics.tsx";
import { FaultyPayload } from "../access/faulty-payload.tsx";
import { reaches, session } from "../hub/session.ts";
import { CommandLine } from "../ui/command-line.tsx";
import type { Connected } from "./connected-board.ts";
import type { FoundCheck } from "./use-board-check.ts";

export interface Fixes {
  /** Makes a new secret for the board. */
  readonly renew: () => Promise<void>;
  /** Opens the join window. */
  readonly openWindow: () => Promise<void>;
  readonly renamed: (deviceId: string) => void;
}

export interface CheckerProps {
  /** Undefined: the hub has not answered yet. */
  found: FoundCheck | undefined;
  board: Connected | undefined;
  /** No board needs a password. */
  isOpen: boolean;
  /** A board is in the join window. */
  isAsked: boolean;
  fixes: Fixes;
}

export function CheckFix({ checked, ...props }: { checked: CheckedStep } & CheckerProps) {
  const { refusal, topic: unread, fix } = checked;
  const { topic = unread } = refusal ?? {};
  const Offer = fix === undefined ? undefined : OFFERS[fix];
  return (
    <div class="check-step-fix" data-fix={fix}>
      {refusal !== undefined && <p data-reason={refusal.code}>{refusal.reason}.</p>}
      {topic !== undefined && (
        <p>
          It published to <code>{topic}</code>.
        </p>
      )}
      {refusal !== undefined && <FaultyPayload refusal={refusal} />}
      {Offer !== undefined && <Offer checked={checked} {...props} />}
    </div>
  );
}

type OfferProps = { checked: CheckedStep } & CheckerProps;

const OFFERS: Readonly<Record<Fix, (props: OfferProps) => preact.JSX.Element | null>> = {
  listen: Listen,
  secret: Secret,
  login: LogIn,
  topic: RightTopic,
  mapping: () => (
    <p>
      Publish to its own topic, or <a href="#/inspector/topics">make a mapping</a>: the hub then reads this one, too.
    </p>
  ),
  payload: ({ board }) =>
    board === undefined || board.recipe.family === "native" ? (
      <>
        <p>Send JSON such as this:</p>
        <CommandLine name="a valid payload" command='{"temperature":21.5}' />
      </>
    ) : null,
};

function Listen() {
  const settings = [...(session.value?.auth === "on" ? [] : ["AERIE_AUTH=on"]), "AERIE_MQTT_HOST=0.0.0.0"];
  return (
    <>
      <p>For boards of your network, start the hub again with</p>
      <CommandLine name="the settings" command={settings.join(" ")} />
    </>
  );
}

function Secret({ board, fixes: { renew } }: OfferProps) {
  return (
    <>
      {board?.secret !== undefined && board.secret !== "" && (
        <>
          <p>The password of {board.login}, as it stands in the code:</p>
          <CommandLine name="the password" command={board.secret} />
        </>
      )}
      <Act words="Create a new secret" act={renew} />
    </>
  );
}

function LogIn({ board, fixes }: OfferProps) {
  if (!reaches("operator")) return null;
  return (
    <>
      {board?.secret ? (
        <>
          <p>Your board logs in with this user name and this password:</p>
          <CommandLine name="the user name" command={board.login} />
          <CommandLine name="the password" command={board.secret} />
        </>
      ) : (
        <p>Give it a name and create its secret. Or let it in with the password that it has:</p>
      )}
      <Act words="Open the join window" act={fixes.openWindow} />
    </>
  );
}

function RightTopic({ checked: { refusal }, found, board, fixes }: OfferProps) {
  const suggestion = refusal?.suggestion;
  if (suggestion !== undefined && reaches("operator")) {
    return <FamilyTopics suggestion={suggestion} done={fixes.renamed} />;
  }
  if (board !== undefined && board.recipe.family !== "native") {
    return <p>Its settings in step 2 have the topic that the hub reads.</p>;
  }
  return (
    <>
      <p>Its topic is</p>
      <CommandLine name="its topic" command={`devices/${found?.deviceId || "<device id>"}/telemetry`} />
    </>
  );
}

function Act({ words, act }: { words: string; act: () => Promise<void> }) {
  const isBusy = useSignal(false);
  return (
    <button
      type="button"
      disabled={isBusy.value}
      onClick={async () => {
        isBusy.value = true;
        await act();
        isBusy.value = false;
      }}
    >
      {words}
    </button>
  );
}
