/** One list of accounts, tokens or credentials: shown, added to, removed from. */
import { useSignal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect, useId } from "preact/hooks";
import { type HubFault, toFault } from "../hub/api.ts";
import { CommandLine } from "../ui/command-line.tsx";
import { FaultNote } from "../ui/fault-note.tsx";

export interface AccessRow {
  readonly id: string;
  readonly name: string;
  readonly about: string;
}

export interface AddProps {
  /** `secret` is shown once. */
  added(name: string, secret?: string): void;
}

export interface ChangeProps {
  readonly row: AccessRow;
  changed(): void;
}

export interface AccessListProps {
  readonly title: string;
  readonly read: () => Promise<readonly AccessRow[]>;
  readonly remove: (id: string) => Promise<unknown>;
  /** The end of the sentence that begins with the name of the removed one. */
  readonly removal: string;
  /** What a new secret is and how it is used, before the words that it is shown once. */
  readonly secretIs?: (name: string) => string;
  readonly Add: FunctionComponent<AddProps>;
  /** Left out: an entry cannot be changed, only removed and added again. */
  readonly Change?: FunctionComponent<ChangeProps>;
}

export function AccessList({ title, read, remove, removal, secretIs, Add, Change }: AccessListProps) {
  const id = useId();
  const rows = useSignal<readonly AccessRow[] | undefined>(undefined);
  const fault = useSignal<{ what: string; fault: HubFault } | undefined>(undefined);
  const made = useSignal<{ name: string; secret: string } | undefined>(undefined);
  const asking = useSignal<string | undefined>(undefined);
  const changing = useSignal<string | undefined>(undefined);

  const work = async (removed?: AccessRow) => {
    fault.value = undefined;
    const failed = (what: string) => (thrown: unknown) => {
      fault.value ??= { what, fault: toFault(thrown) };
    };
    if (removed !== undefined) await remove(removed.id).catch(failed(`${removed.name} was not removed.`));
    await read().then(
      (read) => {
        rows.value = read; // also after a fault: it may have been revoked all the same
      },
      failed(`${title}: the list could not be read.`),
    );
    asking.value = undefined;
    changing.value = undefined;
  };
  useEffect(() => void work(), []);

  return (
    <section class="access-list" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {fault.value !== undefined && <FaultNote {...fault.value} />}
      <ul>
        {rows.value?.map((row) => (
          <ListEntry
            key={row.id}
            {...{ row, removal, Change }}
            isAsking={asking.value === row.id}
            isChanging={changing.value === row.id}
            ask={(isAsking) => {
              asking.value = isAsking ? row.id : undefined;
            }}
            change={(isChanging) => {
              changing.value = isChanging ? row.id : undefined;
            }}
            changed={() => void work()}
            remove={() => void work(row)}
          />
        ))}
      </ul>
      {rows.value?.length === 0 && <p class="quiet">None yet.</p>}
      {made.value !== undefined && (
        <div role="status" data-secret={made.value.name}>
          <p>{secretIs?.(made.value.name)} Copy it now: it is shown only once.</p>
          <CommandLine name={`the secret of ${made.value.name}`} command={made.value.secret} />
        </div>
      )}
      <Add
        added={(name, secret) => {
          made.value = secret === undefined ? undefined : { name, secret };
          void work();
        }}
      />
    </section>
  );
}

interface EntryProps extends Pick<AccessListProps, "removal"> {
  readonly Change: AccessListProps["Change"] | undefined;
  readonly row: AccessRow;
  /** Its removal is to be confirmed. */
  readonly isAsking: boolean;
  readonly isChanging: boolean;
  readonly ask: (isAsking: boolean) => void;
  readonly change: (isChanging: boolean) => void;
  readonly changed: () => void;
  readonly remove: () => void;
}

function ListEntry({ row, removal, Change, isAsking, isChanging, ask, change, changed, remove }: EntryProps) {
  return (
    <li data-row={row.name}>
      <span>
        <strong>{row.name}</strong> <span class="quiet">{row.about}</span>
      </span>
      {isAsking ? (
        <span class="buttons" role="alert">
          <span>
            {row.name} {removal}.
          </span>
          <button type="button" class="danger" onClick={remove}>
            Remove
          </button>
          <button type="button" onClick={() => ask(false)}>
            Keep
          </button>
        </span>
      ) : (
        <span class="buttons">
          {Change !== undefined && (
            <button
              type="button"
              aria-label={`Change ${row.name}`}
              aria-expanded={isChanging}
              onClick={() => change(!isChanging)}
            >
              Change…
            </button>
          )}
          <button type="button" aria-label={`Remove ${row.name}`} onClick={() => ask(true)}>
            Remove…
          </button>
        </span>
      )}
      {Change !== undefined && isChanging && <Change row={row} changed={changed} />}
    </li>
  );
}
