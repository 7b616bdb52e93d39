/** Whether the page is live, and how soon it shows what arrives: with the choice of that, and a pause. */
import { freshness, subscribeFault } from "../hub/link.ts";
import { answerMs, SLOW_ANSWER_MS } from "../hub/readiness.ts";
import { isPaused, updateEveryS, waitingUpdates } from "../preferences/pace.ts";
import { UpdateChoice } from "../settings/choices.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";
import { timeOfDay } from "../ui/time-words.ts";
import { countWords } from "../ui/value-words.ts";
import { type LinkState, linkState } from "./link-state.ts";

const MEANINGS: Record<LinkState["state"], string> = {
  connecting: "The page is being connected to the hub",
  live: "The page shows what arrives. The time is how long the hub takes to answer",
  slow: "The hub takes more than two seconds to answer",
  stale: "Nothing has come from the hub since then",
  refused: "The hub does not send live values to this page",
  paused: "The page stands still until you resume it; alerts that begin are shown all the same",
};

export function StatusChip() {
  const { state, words } = linkState(
    {
      freshness: freshness.value,
      answerMs: answerMs.value,
      isPaused: isPaused.value,
      isRefused: subscribeFault.value !== undefined,
      waiting: waitingUpdates.value,
      updateEveryS: updateEveryS.value,
    },
    SLOW_ANSWER_MS,
    { timeOfDay, count: countWords },
  );
  return (
    <div class="status">
      <Menu
        buttonClass={`chip chip-${state}`}
        state={state}
        title={MEANINGS[state]}
        panelClass="status-panel"
        button={
          <>
            <span aria-hidden="true">{state === "live" ? "●" : "○"}</span> {words}
            <span class="sr-only">: updates</span>
          </>
        }
      >
        {() => <UpdateChoice />}
      </Menu>
      <PauseButton />
    </div>
  );
}

function PauseButton() {
  const words = isPaused.value ? "Resume updates" : "Pause updates";
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={words}
      title={words}
      onClick={() => {
        isPaused.value = !isPaused.peek();
      }}
    >
      <Icon name={isPaused.value ? "resume" : "pause"} />
    </button>
  );
}
