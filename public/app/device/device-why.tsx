/** Why a device is online, late, asleep or offline: the facts that the hub decides by, and its verdict. */
import { useEffect } from "preact/hooks";
import { shownNowMs } from "../hub/clock.ts";
import type { DeviceState } from "../hub/device-state.ts";
import { isStale } from "../hub/freshness.ts";
import { freshness } from "../hub/link.ts";
import { readDevice } from "../hub/read-device.ts";
import { isPaused } from "../preferences/pace.ts";
import { Menu } from "../ui/menu.tsx";
import { agoWords, fullTime } from "../ui/time-words.ts";
import { availabilityWords, connectionWords, unknownWords, usualWords, verdictWords } from "./why-words.ts";

/** The facts change with each reading, the events say only when the verdict does. */
const AGAIN_MS = 5_000;

export const DeviceWhy = ({ device }: { device: DeviceState }) => (
  <Menu kind="drop" class="why" panelClass="why-panel" button="Why?">
    {() => <Facts device={device} />}
  </Menu>
);

function Facts({ device }: { device: DeviceState }) {
  useEffect(() => {
    // What was known before stays on screen where the hub does not answer; the page says that by itself.
    const read = () => void readDevice(device.id).catch(() => undefined);
    read();
    const timer = setInterval(() => !isPaused.peek() && read(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [device]);
  const { detail: state, detailSinceMs, because } = device.presence.value;
  const presence = { state, because };
  const link = freshness.value;
  const nowMs = shownNowMs.value;
  const { lastReadingAt } = because;
  const lastMs = lastReadingAt === undefined ? undefined : Date.parse(lastReadingAt);
  return (
    <>
      <p class="why-verdict">{isStale(link) ? unknownWords(link.sinceMs) : verdictWords(presence, nowMs)}</p>
      <dl>
        <dt>Connection</dt>
        <dd data-why="connection">{connectionWords(presence)}</dd>
        <dt>Last said of it</dt>
        <dd data-why="availability">{availabilityWords(presence)}</dd>
        <dt>Last reading</dt>
        <dd data-why="reading">
          {lastMs === undefined ? "Never" : `${agoWords(lastMs, nowMs)} (${fullTime(lastMs)})`}
        </dd>
        <dt>Usual interval</dt>
        <dd data-why="interval">{usualWords(presence)}</dd>
        <dt>In this state</dt>
        <dd>since {fullTime(detailSinceMs)}</dd>
      </dl>
      <p class="quiet">Imported history does not count as a sign of life.</p>
    </>
  );
}
