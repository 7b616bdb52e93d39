/** A list of the Inspector that is searched, comes in pages, and is read again every few seconds while the page is not paused. */
import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { watchLive } from "../hub/link.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { isPaused } from "../preferences/pace.ts";
import { ReadNote } from "../ui/fault-note.tsx";

const LOOK_EVERY_MS = 5_000;

export interface PageRequest {
  readonly search: string;
  readonly cursor: string | undefined;
}

interface PagedListProps<Answer> {
  /** `clients`; of what is read. */
  readonly name: string;
  readonly label: string;
  readonly placeholder: string;
  readonly read: (request: PageRequest, abort: AbortSignal) => Promise<Answer>;
  /** `look` reads it again. */
  readonly children: (found: Answer, look: () => void) => ComponentChildren;
}

export function PagedList<Answer extends { nextCursor: string | null }>(props: PagedListProps<Answer>) {
  const { name, label, placeholder, children } = props;
  const search = useSignal("");
  /** The pages that were turned to: of each the cursor before it. */
  const cursors = useSignal<readonly string[]>([]);
  const found = useSignal<Answer | undefined>(undefined);
  const turn = useSignal(0);
  /** A slow answer must come: another read would end the one under way. */
  const reading = useRef(0);
  const cursor = cursors.value.at(-1);
  useEffect(() => {
    watchLive([]); // no readings are shown here
    const timer = setInterval(() => {
      if (!document.hidden && !isPaused.peek() && reading.current === 0) turn.value += 1;
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const read = useHubRead(
    name,
    async (abort) => {
      reading.current += 1;
      try {
        found.value = await props.read({ search: search.value.trim(), cursor }, abort);
      } finally {
        reading.current -= 1;
      }
    },
    turn.value,
  );
  const look = () => (turn.value += 1);
  return (
    <>
      <input
        type="search"
        class="client-search"
        aria-label={label}
        placeholder={placeholder}
        maxLength={200}
        value={search.value}
        onInput={(event) => {
          search.value = event.currentTarget.value;
          cursors.value = [];
          look();
        }}
      />
      <ReadNote what={`The ${name} could not be read.`} read={read} />
      {found.value === undefined ? (
        read.state.value === "loading" && <p class="quiet">Loading {name}…</p>
      ) : (
        <>
          {children(found.value, look)}
          <Pager cursors={cursors} next={found.value.nextCursor} look={look} />
        </>
      )}
    </>
  );
}

interface PagerProps {
  cursors: Signal<readonly string[]>;
  /** Null: there is no further page. */
  next: string | null;
  look: () => void;
}

function Pager({ cursors, next, look }: PagerProps) {
  const turnTo = (pages: readonly string[]) => {
    cursors.value = pages;
    look();
  };
  return (
    <p class="pager">
      {cursors.value.length > 0 && (
        <button type="button" onClick={() => turnTo(cursors.value.slice(0, -1))}>
          Previous page
        </button>
      )}
      {next !== null && (
        <button type="button" onClick={() => turnTo([...cursors.value, next])}>
          Next page
        </button>
      )}
    </p>
  );
}
