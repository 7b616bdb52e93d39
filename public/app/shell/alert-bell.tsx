/** The link to the alerts on every page: how many fire, and how bad the worst of them is. */

import { worstIn } from "../alerts/alert-words.ts";
import { SEVERITY_ICONS } from "../alerts/severity-mark.tsx";
import { firing, firingTotal } from "../hub/alert-state.ts";
import { Icon } from "../ui/icon.tsx";
import { alertsHref } from "../ui/route.ts";
import { countWords } from "../ui/value-words.ts";

const MOST_SHOWN = 999;

export function AlertBell({ here }: { here: boolean }) {
  const worst = worstIn(firing.value);
  const count = firingTotal.value;
  return (
    <a href={alertsHref("now")} class="bell" aria-current={here ? "page" : undefined} data-firing={count}>
      <Icon name="bell" />
      Alerts
      {worst !== undefined && (
        <span class={`bell-count bell-${worst}`} data-worst={worst}>
          <Icon name={SEVERITY_ICONS[worst]} />
          <span aria-hidden="true">{count > MOST_SHOWN ? `${MOST_SHOWN}+` : count}</span>
          <span class="sr-only">{`: ${countWords(count)} ${count === 1 ? "fires" : "fire"}, the worst is ${worst}`}</span>
        </span>
      )}
    </a>
  );
}
