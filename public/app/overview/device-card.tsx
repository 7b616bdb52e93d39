/** One device in the overview: presence, name, age, its most important values. The card is one link. */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Alert } from "../../../src/contract/alerts.ts";
import { alertParts, worstOf } from "../alerts/alert-groups.ts";
import { sentencesOf } from "../alerts/alert-words.ts";
import { alertsOf } from "../hub/alert-state.ts";
import { type DeviceState, displayName } from "../hub/device-state.ts";
import { Age } from "../ui/age.tsx";
import { Icon } from "../ui/icon.tsx";
import { MetricValue } from "../ui/metric-value.tsx";
import { PresenceMark } from "../ui/presence-mark.tsx";
import { deviceHref } from "../ui/route.ts";
import { shortLabels } from "../ui/value-words.ts";

const TELLING = 3;

export function DeviceCard({ device }: { device: DeviceState }) {
  const about = device.about.value;
  const named = about.name !== undefined;
  const rank = device.rank.value;
  const card = useRef<HTMLLIElement>(null);
  const asleep = useAsleep(card);
  const alerting = alertsOf(device.id);
  const worst = worstOf(alerting);
  return (
    <li
      ref={card}
      class={`card card-${rank}${worst === undefined ? "" : ` card-alerting-${worst}`}`}
      data-device-id={device.id}
      data-presence={device.presence.value.state}
    >
      <a class="card-link" href={deviceHref(device.id)}>
        <span class={named ? "card-name" : "card-name mono"}>{displayName(device.id, about)}</span>
      </a>
      <span class="card-head">
        <PresenceMark device={device} />
        <Age at={device.heardAtMs} asleep={asleep} />
      </span>
      {(named || about.place !== undefined) && (
        <span class="card-where">
          {about.place !== undefined && <span>{about.place}</span>}
          {named && <span class="mono">{device.id}</span>}
        </span>
      )}
      <CardValues device={device} />
      <CardAlert alerts={alerting} />
      {worst === undefined && about.timeFault === "clock" && (
        <span class="card-badge">
          <Icon name="clock" /> clock is wrong
        </span>
      )}
    </li>
  );
}

/** Whether the browser leaves the card out for being off screen (`content-visibility`, overview.css). */
function useAsleep(card: RefObject<HTMLElement | null>): ReadonlySignal<boolean> {
  const asleep = useSignal(false);
  useEffect(() => {
    const element = card.current;
    const changed = (event: Event) => {
      asleep.value = "skipped" in event && event.skipped === true;
    };
    element?.addEventListener("contentvisibilityautostatechange", changed);
    return () => element?.removeEventListener("contentvisibilityautostatechange", changed);
  }, []);
  return asleep;
}

/** The worst one, in its own words, and how many there are. */
function CardAlert({ alerts }: { alerts: readonly Alert[] }) {
  const [first] = alertParts(alerts).open.concat(alerts);
  if (first === undefined) return null;
  const more = alerts.length - 1;
  return (
    <span class={`card-alert severity-${first.severity}`} data-card-alert={first.severity}>
      <Icon name={first.severity} />
      <span class="sr-only">{first.severity}: </span>
      <span>
        {more > 0 && `${alerts.length} alerts: `}
        {sentencesOf(first).cause}
      </span>
    </span>
  );
}

function CardValues({ device }: { device: DeviceState }) {
  const telling = device.metrics.value.slice(0, TELLING);
  const labels = shortLabels(telling.map(device.described));
  if (telling.length === 0) return <span class="card-values quiet">No reading yet</span>;
  return (
    <dl class="card-values">
      {telling.map((metric, index) => (
        <div key={metric}>
          <dt>{labels[index]}</dt>
          <dd>
            <MetricValue metric={device.described(metric)} value={device.values.get(metric)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
