/** What the page of alerts shows while nothing fires: that nothing does, and what is watched. */
import { useSignal } from "@preact/signals";
import { channelsOrNone, getRules } from "../hub/alert-api.ts";
import { reaches } from "../hub/session.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { ReadNote } from "../ui/fault-note.tsx";
import { Icon } from "../ui/icon.tsx";
import { alertsHref, newRuleHref } from "../ui/route.ts";
import { countWords } from "../ui/value-words.ts";

interface Watched {
  readonly rules: number;
  readonly off: number;
  /** That are switched on. */
  readonly channels: number;
}

export function AllQuiet() {
  const watched = useSignal<Watched | undefined>(undefined);
  const read = useHubRead("what is watched", async (abort) => {
    const [{ rules }, channels] = await Promise.all([getRules(abort), channelsOrNone(abort)]);
    const on = rules.filter(({ enabled }) => enabled).length;
    watched.value = {
      rules: on,
      off: rules.length - on,
      channels: channels.filter(({ enabled }) => enabled).length,
    };
  });
  return (
    <>
      <div class="all-quiet" data-quiet>
        <Icon name="online" />
        <div>
          <p>
            <strong>Nothing fires.</strong>
          </p>
          {watched.value !== undefined && <p class="quiet">{watchedWords(watched.value)}</p>}
        </div>
        {watched.value !== undefined && reaches("owner") && (
          <p class="buttons">
            {watched.value.channels === 0 && <a href={alertsHref("channels")}>Choose where alerts are sent</a>}
            <a href={newRuleHref()}>Make a rule</a>
          </p>
        )}
      </div>
      <ReadNote what="What is watched could not be read." read={read} />
    </>
  );
}

export function watchedWords({ rules, off, channels }: Watched): string {
  const watch =
    rules === 0
      ? "No rule is switched on, so nothing is watched."
      : `${countWords(rules)} ${rules === 1 ? "rule is" : "rules are"} switched on${off > 0 ? `, ${countWords(off)} off` : ""}.`;
  const sent =
    channels === 0
      ? "Alerts are shown here, and sent nowhere."
      : `Alerts are sent to ${countWords(channels)} ${channels === 1 ? "channel" : "channels"}.`;
  return `${watch} ${sent}`;
}
