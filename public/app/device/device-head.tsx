/** The head of a device's page: name, state, age and why; below it what else is known, and buttons to change it. */
import { useSignal } from "@preact/signals";
import type { TimeFault } from "../../../src/contract/readings.ts";
import { type DeviceState, displayName } from "../hub/device-state.ts";
import { reaches } from "../hub/session.ts";
import { Age } from "../ui/age.tsx";
import { Icon } from "../ui/icon.tsx";
import { LazyPage } from "../ui/lazy-page.tsx";
import { PresenceMark } from "../ui/presence-mark.tsx";
import { newRuleHref } from "../ui/route.ts";
import { agoWords } from "../ui/time-words.ts";
import { DeviceDelete } from "./device-delete.tsx";
import { DeviceEdit } from "./device-edit.tsx";
import { DeviceWhy } from "./device-why.tsx";
import { MetricsEdit } from "./metrics/metrics-edit.tsx";
import { intervalWords } from "./why-words.ts";

/** It stays in view while the page is scrolled. */
export function DeviceHead({ device }: { device: DeviceState }) {
  const about = device.about.value;
  const name = displayName(device.id, about);
  return (
    <div class="device-head" data-device-id={device.id}>
      <BackLink />
      <h1 class={about.name === undefined ? "mono" : ""} title={name}>
        {name}
      </h1>
      <PresenceMark device={device} withSince />
      <span class="head-age">
        <span class="sr-only">Last message: </span>
        <Age at={device.heardAtMs} words={agoWords} />
      </span>
      <DeviceWhy device={device} />
    </div>
  );
}

/** Of a device that nothing is known of. */
export const UnknownHead = ({ id }: { id: string }) => (
  <div class="device-head">
    <BackLink />
    <h1 class="mono" title={id}>
      {id}
    </h1>
  </div>
);

const BackLink = () => (
  <a class="head-back" href="#/" aria-label="All devices" title="All devices">
    <Icon name="back" />
  </a>
);

/** What is known of a device, and buttons to change it for who may. */
export function DeviceFacts({ device }: { device: DeviceState }) {
  const editing = useSignal(false);
  const mayChange = reaches("operator");
  const about = device.about.value;
  return (
    <div class="device-about">
      <div class="facts">
        {about.name !== undefined && <span class="mono">{device.id}</span>}
        {about.place !== undefined && <span>{about.place}</span>}
        {about.intervalMs !== undefined && <span>usually every {intervalWords(about.intervalMs)}</span>}
        <div class="device-actions">
          {mayChange && (
            <button
              type="button"
              aria-expanded={editing.value}
              onClick={() => {
                editing.value = !editing.value;
              }}
            >
              Edit
            </button>
          )}
          {mayChange && <MetricsEdit device={device} />}
          {reaches("owner") && (
            <a class="button-link" href={newRuleHref({ device: device.id })}>
              Alert me when it is offline
            </a>
          )}
          {mayChange && <DeviceDelete device={device} />}
        </div>
      </div>
      {about.timeFault !== undefined && <TimeNote fault={about.timeFault} said={about.attributes["deviceClock"]} />}
      {editing.value && (
        <DeviceEdit
          device={device}
          done={() => {
            editing.value = false;
          }}
        />
      )}
      <LazyPage load={boardReplacement} props={{ device, isEditing: editing.value }} isQuiet />
    </div>
  );
}

const boardReplacement = async () => (await import("./board-replacement.tsx")).BoardReplacement;

const TIME_FAULTS: Record<TimeFault, { what: string; fix: string }> = {
  clock: {
    what: "This device's clock is wrong",
    fix: "Have the board set its clock (NTP), or send no time",
  },
  zone: {
    what: "The time that this device sends has no time zone",
    fix: "End the time with Z (UTC) or an offset: 2026-11-30T10:00:00+01:00",
  },
  unreadable: {
    what: "The time that this device sends cannot be read",
    fix: "Have the board send ISO 8601 with a time zone, or epoch seconds or milliseconds",
  },
};

function TimeNote({ fault, said }: { fault: TimeFault; said: unknown }) {
  return (
    <div class="note note-warn" data-note="device-clock">
      <Icon name="clock" />
      <p>
        {TIME_FAULTS[fault].what}
        {said !== undefined && (
          <>
            : it sent <code>{typeof said === "object" ? JSON.stringify(said) : String(said)}</code>
          </>
        )}
        . The hub uses the time of arrival instead. {TIME_FAULTS[fault].fix}.
      </p>
    </div>
  );
}
