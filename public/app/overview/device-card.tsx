/** One device as a card of fixed height: name and age, what is wrong, one large value and two more, and the last three hours. The card is one link. */
import { useComputed } from "@preact/signals";
import type { DeviceState } from "../hub/device-state.ts";
import { Age } from "../ui/age.tsx";
import { Icon } from "../ui/icon.tsx";
import { MetricValue } from "../ui/metric-value.tsx";
import { deviceHref } from "../ui/route.ts";
import { shortLabels } from "../ui/value-words.ts";
import { type DeviceFacts, useDeviceFacts } from "./device-facts.ts";
import { SparkLine } from "./spark-line.tsx";

const SPARK_PX = 30;
/** Padding and edge. */
const ASIDE_PX = 31;

interface DeviceCardProps {
  readonly device: DeviceState;
  readonly widthPx: number;
  /** It stands under the heading of its place. */
  readonly hidesLocation: boolean;
}

export function DeviceCard({ device, widthPx, hidesLocation }: DeviceCardProps) {
  const facts = useDeviceFacts(device);
  const { trouble, name, isNamed, spark, presence24 } = facts;
  const presence = device.presence.value.detail;
  return (
    <div class={`card card-${trouble.state}`} data-device-id={device.id} data-presence={presence}>
      <p class="card-top">
        <a class={isNamed ? "card-link" : "card-link mono"} href={deviceHref(device.id)} data-row>
          {name}
        </a>
        <Age at={device.heardAtMs} />
      </p>
      <TroubleLine device={device} facts={facts} hidesLocation={hidesLocation} />
      <CardValues device={device} metrics={facts.metrics} />
      <SparkLine
        means={spark?.means}
        presence={presence24}
        width={widthPx - ASIDE_PX}
        height={SPARK_PX}
        state={trouble.state}
      />
    </div>
  );
}

interface TroubleLineProps {
  readonly device: DeviceState;
  readonly facts: DeviceFacts;
  readonly hidesLocation: boolean;
}

/** A word only where something is wrong; else where it stands. */
export function TroubleLine({ device, facts: { trouble, severity, isNamed }, hidesLocation }: TroubleLineProps) {
  const { place } = device.about.value;
  if (trouble.words === undefined)
    return (
      <p class="card-about">
        {!hidesLocation && place !== undefined && <span>{place}</span>}
        {isNamed && <span class="mono">{device.id}</span>}
      </p>
    );
  return (
    <p
      class={`card-about trouble trouble-${trouble.state}`}
      title={trouble.words}
      data-trouble={trouble.state}
      data-card-alert={severity}
    >
      {trouble.icon !== undefined && <Icon name={trouble.icon} />}
      {severity !== undefined && <span class="sr-only">{severity}: </span>}
      <span>{trouble.words}</span>
    </p>
  );
}

function CardValues({ device, metrics }: { device: DeviceState; metrics: readonly string[] }) {
  const isOld = useComputed(() => device.presence.value.state === "offline");
  if (metrics.length === 0) return <p class="card-values quiet">No reading yet</p>;
  const labels = shortLabels(metrics.map(device.described));
  return (
    <dl class={isOld.value ? "card-values card-old" : "card-values"}>
      {Object.entries(metrics).map(([place, metric]) => (
        // By place: another metric in the largest one moves nothing.
        <div key={place}>
          <dt>{labels[Number(place)]}</dt>
          <dd>
            <MetricValue metric={device.described(metric)} value={device.values.get(metric)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
