/** Chooses what the charts are compared with: yesterday, last week, or another device. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { getDevices } from "../hub/api.ts";
import { clockOffsetMs } from "../preferences/time-zone.ts";
import {
  type Comparison,
  daysBefore,
  LAST_WEEK,
  NO_COMPARISON,
  withComparison,
  YESTERDAY,
} from "../range/comparison.ts";
import type { ChartContext } from "../series/chart-context.ts";
import { goToQuery, query } from "../ui/route.ts";

const CHOICES: Readonly<Record<string, Comparison>> = { none: NO_COMPARISON, yesterday: YESTERDAY, week: LAST_WEEK };
const OTHER = "device";

const choose = (next: Comparison): void => goToQuery(withComparison(query.peek(), next));

export function CompareChoice({ context }: { context: ChartContext }) {
  const asks = useSignal(false);
  const now = context.compared.comparison.value;
  const chosen =
    now.kind === "device" ? OTHER : (Object.entries(CHOICES).find(([, each]) => each === now)?.[0] ?? "none");
  return (
    <div class="compare">
      <label>
        Compare{" "}
        <select
          value={asks.value ? OTHER : chosen}
          onChange={(event) => {
            const next = CHOICES[event.currentTarget.value];
            asks.value = next === undefined;
            if (next !== undefined) choose(next);
          }}
        >
          <option value="none">with nothing</option>
          <option value="yesterday">with yesterday</option>
          <option value="week">with last week</option>
          <option value={OTHER}>
            {now.kind === "device" ? `with ${context.compared.words.value}` : "with a device…"}
          </option>
        </select>
      </label>
      {asks.value && (
        <DeviceField
          self={context.device.id}
          done={(id) => {
            asks.value = false;
            if (id !== undefined) choose({ kind: "device", id });
          }}
        />
      )}
      <ClockNote context={context} />
    </div>
  );
}

const MOST_OFFERED = 20;

/** Offers the devices of which the text is a part of id, name or place. */
function DeviceField({ self, done }: { self: string; done: (id: string | undefined) => void }) {
  const list = useId();
  const text = useSignal("");
  const found = useSignal<readonly { id: string; name: string }[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    getDevices({ limit: MOST_OFFERED, search: text.value }, abort.signal)
      .then(({ devices }) => {
        found.value = devices
          .filter(({ deviceId }) => deviceId !== self)
          .map(({ deviceId, name }) => ({ id: deviceId, name: name ?? deviceId }));
      })
      .catch(() => undefined); // an id can be typed all the same
    return () => abort.abort();
  }, [text.value]);
  return (
    <form
      class="compare-device"
      onSubmit={(event) => {
        event.preventDefault();
        const typed = text.value.trim();
        const known = found.value.find(({ id, name }) => id === typed || name === typed);
        if (typed !== "") done(known?.id ?? typed);
      }}
      onKeyDown={(event) => event.key === "Escape" && done(undefined)}
    >
      <input
        // The person has just asked for it.
        ref={(input) => input?.focus()}
        aria-label="Device to compare with"
        placeholder="Name or id"
        list={list}
        value={text.value}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <datalist id={list}>
        {found.value.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </datalist>
      <button type="submit">Compare</button>
    </form>
  );
}

/** Where the clocks were changed in between, the same time of day is not 24 hours away. */
function ClockNote({ context: { compared, feed } }: { context: ChartContext }) {
  const isChanged = useComputed(() => {
    const comparison = compared.comparison.value;
    if (comparison.kind !== "days") return false;
    const { fromMs, toMs } = feed.still.value;
    const offsets = [fromMs, toMs].flatMap((ms) => [ms, daysBefore(ms, comparison.days)]).map(clockOffsetMs);
    return new Set(offsets).size > 1;
  });
  if (!isChanged.value) return null;
  return <span class="quiet">The clocks were changed: the same time of day is compared.</span>;
}
