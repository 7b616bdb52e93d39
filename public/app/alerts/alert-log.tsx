/** The alert log: what began, ended, was acknowledged and silenced, newest first, with filters and as files. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { AlertEvent, Rule } from "../../../src/contract/alerts.ts";
import { getAlertLog, getRules } from "../hub/alert-api.ts";
import { watchAlerts } from "../hub/alert-state.ts";
import { type HubFault, toFault } from "../hub/api.ts";
import { hubNowMs } from "../hub/clock.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { FaultNote, ReadNote } from "../ui/fault-note.tsx";
import { goToQuery, query } from "../ui/route.ts";
import { dayWords } from "../ui/time-words.ts";
import { countWords } from "../ui/value-words.ts";
import { AlertEventRow } from "./alert-event-row.tsx";
import { filterIn, filterQuery, isNarrowed, type LogFilter, logQuery } from "./log-filter.ts";
import { LogFilters } from "./log-filters.tsx";

const PAGE = 100;
/** Lines that come while somebody looks are read again so soon, and not more often. */
const LOOK_AFTER_MS = 1_000;

interface Found {
  readonly events: readonly AlertEvent[];
  readonly nextCursor: string | null;
}

export function AlertLog() {
  const filter = filterIn(query.value);
  const asked = filterQuery(filter);
  const found = useSignal<Found | undefined>(undefined);
  const rules = useSignal<readonly Rule[]>([]);
  const fresh = useFresh();
  useHubRead("rules for the log", async (abort) => {
    rules.value = (await getRules(abort)).rules;
  });
  const read = useHubRead(
    `alert log ${asked}`,
    async (abort) => {
      found.value = await getAlertLog({ ...logQuery(filter, hubNowMs.peek()), limit: PAGE }, abort);
    },
    fresh,
  );
  const isOld = read.state.value === "loading";
  return (
    <>
      <LogFilters
        filter={filter}
        rules={rules.value}
        devices={devicesIn(found.value?.events ?? [])}
        change={(next) => goToQuery(filterQuery({ ...filter, ...next }))}
      />
      <ReadNote what="The log could not be read." read={read} />
      {(found.value === undefined || isOld) && read.state.value === "loading" && <p class="quiet">Loading the log…</p>}
      {found.value !== undefined && !isOld && <Events found={found.value} filter={filter} />}
    </>
  );
}

/** Counts up when alerts changed, a little later: the log has them then. */
function useFresh(): number {
  const fresh = useSignal(0);
  useEffect(() => {
    let later: ReturnType<typeof setTimeout> | undefined;
    const stop = watchAlerts(() => {
      later ??= setTimeout(() => {
        later = undefined;
        fresh.value += 1;
      }, LOOK_AFTER_MS);
    });
    return () => {
      stop();
      clearTimeout(later);
    };
  }, []);
  return fresh.value;
}

function devicesIn(events: readonly AlertEvent[]): readonly { id: string; name: string }[] {
  const names = new Map<string, string>();
  for (const { deviceId, deviceName } of events) {
    if (deviceId !== undefined && !names.has(deviceId)) names.set(deviceId, deviceName ?? deviceId);
  }
  return [...names].map(([id, name]) => ({ id, name })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function Events({ found, filter }: { found: Found; filter: LogFilter }) {
  const more = useSignal<readonly AlertEvent[]>([]);
  const cursor = useSignal(found.nextCursor);
  const of = useRef(found);
  if (of.current !== found) {
    of.current = found; // a new reading begins with its first page
    more.value = [];
    cursor.value = found.nextCursor;
  }
  const events = [...found.events, ...more.value];
  if (events.length === 0) {
    return (
      <p class="empty" data-empty>
        {isNarrowed(filter) ? "No alert matches these filters in that time." : "No alert began or ended in that time."}
      </p>
    );
  }
  return (
    <>
      {byDay(events).map(({ day, events: ofDay }) => (
        <section key={day} class="log-day" aria-label={day}>
          <h2 class="small-head">{day}</h2>
          <ol class="log">
            {ofDay.map((event) => (
              <AlertEventRow key={event.id} event={event} />
            ))}
          </ol>
        </section>
      ))}
      <MoreEvents {...{ filter, cursor, more, shown: events.length }} />
    </>
  );
}

function byDay(events: readonly AlertEvent[]): { day: string; events: AlertEvent[] }[] {
  const days: { day: string; events: AlertEvent[] }[] = [];
  for (const event of events) {
    const day = dayWords(Date.parse(event.at), hubNowMs.peek());
    const last = days.at(-1);
    if (last?.day === day) last.events.push(event);
    else days.push({ day, events: [event] });
  }
  return days;
}

interface MoreProps {
  readonly filter: LogFilter;
  readonly cursor: { value: string | null };
  readonly more: { value: readonly AlertEvent[] };
  readonly shown: number;
}

function MoreEvents({ filter, cursor, more, shown }: MoreProps) {
  const busy = useSignal(false);
  const fault = useSignal<HubFault | undefined>(undefined);
  const load = async () => {
    if (cursor.value === null) return;
    busy.value = true;
    fault.value = undefined;
    const asked = { ...logQuery(filter, hubNowMs.peek()), limit: PAGE, cursor: cursor.value };
    await getAlertLog(asked).then(
      (page) => {
        more.value = [...more.value, ...page.events];
        cursor.value = page.nextCursor;
      },
      (thrown: unknown) => {
        fault.value = toFault(thrown);
      },
    );
    busy.value = false;
  };
  if (cursor.value === null) return null;
  return (
    <div class="more">
      {fault.value !== undefined && <FaultNote what="The next lines could not be read." fault={fault.value} />}
      <p class="quiet">{countWords(shown)} lines</p>
      <button type="button" disabled={busy.value} onClick={() => void load()}>
        {busy.value ? "Loading…" : "Load more"}
      </button>
    </div>
  );
}
