/** How far a board has come on its way into the hub, step by step; on a phone a bar that unfolds. */
import { useSignal } from "@preact/signals";
import type { CheckedStep, Step } from "../../../src/contract/answers/board-check.ts";
import { Icon } from "../ui/icon.tsx";
import { deviceHref } from "../ui/route.ts";
import { fullTime, timeOfDay } from "../ui/time-words.ts";
import { type CheckerProps, CheckFix } from "./check-fix.tsx";
import type { Connected } from "./connected-board.ts";
import { FirstValue } from "./first-value.tsx";
import { GiveName } from "./give-name.tsx";
import { hostsOf, mqttPort } from "./hub-hosts.ts";
import type { FoundCheck } from "./use-board-check.ts";

const MOST_HOSTS = 4;

export function BoardChecker(props: CheckerProps) {
  const { found, board } = props;
  const isUnfolded = useSignal(false);
  const steps = stepsOf(found, board);
  const now = momentOf(steps);
  const isThere = steps.some(({ step, state }) => step === "stored" && state === "done");
  const said = isThere ? "Its values are stored" : now === undefined ? "It was let in" : wordsOf(now, props);
  const tone = isThere ? "done" : (now?.state ?? "done");
  return (
    <aside
      class={`checker checker-${tone} ${isUnfolded.value ? "checker-unfolded" : ""}`}
      aria-labelledby="checker"
      data-checked={found?.deviceId}
    >
      <h2 id="checker">3. Check the connection</h2>
      <button
        type="button"
        class="checker-bar"
        aria-expanded={isUnfolded.value}
        onClick={() => {
          isUnfolded.value = !isUnfolded.peek();
        }}
      >
        <StateIcon state={tone} />
        <span>{said}</span>
      </button>
      <p class="sr-only" role="status">
        {found !== undefined && said}
      </p>
      <ol class="check-steps">
        {steps.map((checked) => (
          <StepRow key={checked.step} checked={checked} {...props} />
        ))}
      </ol>
    </aside>
  );
}

/** What decides now: the last step that failed, or else the next. A board of the hub's own computer does not need the network. */
function momentOf(steps: readonly CheckedStep[]): CheckedStep | undefined {
  const isIn = steps.some(({ step, state }) => step === "connected" && state === "done");
  const failed = steps.findLast(({ state }) => state === "failed");
  return failed === undefined || (failed.step === "reachable" && isIn)
    ? steps.find(({ state }) => state === "waiting")
    : failed;
}

/** An application speaks for many devices: what of them is read is on their own pages. */
function stepsOf(found: FoundCheck | undefined, board: Connected | undefined): readonly CheckedStep[] {
  const steps = found?.steps ?? [];
  if (board?.recipe.family !== "application") return steps;
  return steps.filter(({ step, state }) => state === "failed" || (step !== "read" && step !== "stored"));
}

function StepRow({ checked, ...props }: { checked: CheckedStep } & CheckerProps) {
  const { step, state, at } = checked;
  const { found, board, isAsked } = props;
  const atMs = at === undefined ? undefined : Date.parse(at);
  return (
    <li class={`check-step check-step-${state}`} data-step={step} data-state={state}>
      <StateIcon state={state} />
      <div>
        <p class="check-step-head">
          <span>{wordsOf(checked, props)}</span>
          {at !== undefined && atMs !== undefined && (
            <time dateTime={at} title={fullTime(atMs)}>
              {timeOfDay(atMs)}
            </time>
          )}
        </p>
        {step === "reachable" && <Addresses found={found} />}
        {state === "failed" && <CheckFix checked={checked} {...props} />}
        {step === "connected" && state === "waiting" && !isAsked && <NobodyYet />}
        {step === "loggedIn" && state === "done" && board?.recipe.family === "application" && (
          <p class="quiet">
            Its devices appear in the <a href="#/">overview</a> as they report.
          </p>
        )}
        {step === "stored" && state === "done" && found?.value !== undefined && (
          <>
            <FirstValue key={`${found.deviceId} ${found.value.metric}`} value={found.value} />
            {board?.title !== undefined && <GiveName deviceId={found.deviceId} name={board.title} />}
            <a class="main-link" href={deviceHref(found.deviceId)}>
              Open {found.deviceId}
            </a>
          </>
        )}
      </div>
    </li>
  );
}

function StateIcon({ state }: { state: CheckedStep["state"] }) {
  return <Icon name={state === "done" ? "done" : state === "failed" ? "warning" : "clock"} />;
}

const WORDS: Readonly<Record<Step, Readonly<Record<CheckedStep["state"], string>>>> = {
  reachable: {
    done: "The hub listens to your network",
    failed: "The hub listens to its own computer only",
    waiting: "The hub",
  },
  connected: { done: "A board connects", failed: "No board connects", waiting: "Waiting for a board to connect" },
  loggedIn: { done: "Its password is right", failed: "It was not let in", waiting: "Its password" },
  read: { done: "Its message was read", failed: "Its message was not read", waiting: "Its first message" },
  stored: { done: "Its values are stored", failed: "Nothing is stored", waiting: "Its first value" },
};

function wordsOf({ step, state, isOther }: CheckedStep, { isOpen, isAsked }: CheckerProps): string {
  if (isOther === true) return "A client was not let in. Is it your board?";
  if (step === "connected" && state === "waiting" && isAsked) return "A board waits until you let it in";
  if (step === "loggedIn" && isOpen && state !== "failed") return "No password is needed";
  return WORDS[step][state];
}

function Addresses({ found }: { found: FoundCheck | undefined }) {
  return (
    <p class="check-step-addresses quiet">
      {hostsOf(found?.addresses ?? [])
        .slice(0, MOST_HOSTS)
        .map((host) => (
          <code key={host}>
            mqtt://{host}:{mqttPort()}
          </code>
        ))}
    </p>
  );
}

function NobodyYet() {
  return (
    <p class="quiet">
      Is the board on, and in the same network as the hub? Boards need Wi-Fi of 2.4 GHz; a guest network keeps devices
      apart. The address in its code must be one of those above.
    </p>
  );
}
