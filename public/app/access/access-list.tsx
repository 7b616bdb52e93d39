/** One list of accounts, tokens or credentials as a table: shown, added to and changed in a dialog, removed from. */
import { useSignal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { type HubFault, toFault } from "../hub/api.ts";
import { CommandLine } from "../ui/command-line.tsx";
import { FaultNote } from "../ui/fault-note.tsx";
import { Modal } from "../ui/modal.tsx";

export interface AccessRow {
  readonly id: string;
  readonly name: string;
  /** One for each column but the first, which has the name. */
  readonly cells: readonly string[];
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
  readonly columns: readonly [string, ...string[]];
  readonly read: () => Promise<readonly AccessRow[]>;
  readonly remove: (id: string) => Promise<unknown>;
  /** The end of the sentence that begins with the name of the removed one. */
  readonly removal: string;
  /** What a new secret is and how it is used, before the words that it is shown once. */
  readonly secretIs?: (name: string) => string;
  /** What the button says that opens `Add`. */
  readonly addWords: string;
  /** A page instead of a form. */
  readonly addHref?: string;
  readonly Add?: FunctionComponent<AddProps>;
  /** Left out: an entry cannot be changed, only removed and added again. */
  readonly Change?: FunctionComponent<ChangeProps>;
}

type Open = { readonly does: "add" } | { readonly does: "change" | "remove"; readonly row: AccessRow };

export function AccessList(props: AccessListProps) {
  const { title, read, remove, secretIs, addWords, addHref } = props;
  const id = useId();
  const rows = useSignal<readonly AccessRow[] | undefined>(undefined);
  const fault = useSignal<{ what: string; fault: HubFault } | undefined>(undefined);
  const made = useSignal<{ name: string; secret: string } | undefined>(undefined);
  const open = useSignal<Open | undefined>(undefined);
  const isRemoving = useSignal(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const close = () => {
    open.value = undefined;
  };

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
    close();
  };
  const removeRow = async (row: AccessRow) => {
    isRemoving.value = true;
    await work(row);
    isRemoving.value = false;
    // The button that opened the dialog is gone with its row.
    requestAnimationFrame(() => document.activeElement === document.body && heading.current?.focus());
  };
  useEffect(() => void work(), []);

  return (
    <section class="access-table" aria-labelledby={id}>
      <div class="access-head">
        <h3 id={id} ref={heading} tabIndex={-1}>
          {title}
        </h3>
        {addHref === undefined ? (
          <button
            type="button"
            onClick={() => {
              open.value = { does: "add" };
            }}
          >
            {addWords}
          </button>
        ) : (
          <a class="main-link" href={addHref}>
            {addWords}
          </a>
        )}
      </div>
      {fault.value !== undefined && <FaultNote {...fault.value} />}
      {made.value !== undefined && (
        <div class="note access-secret" role="status" data-secret={made.value.name}>
          <p>{secretIs?.(made.value.name)} Copy it now; it won't be shown again.</p>
          <CommandLine name={`the secret of ${made.value.name}`} command={made.value.secret} />
        </div>
      )}
      {rows.value?.length === 0 && <p class="quiet">None yet.</p>}
      {rows.value !== undefined && rows.value.length > 0 && (
        <Rows
          {...props}
          rows={rows.value}
          open={(next) => {
            open.value = next;
          }}
        />
      )}
      {open.value !== undefined && (
        <Dialog
          {...props}
          now={open.value}
          close={close}
          made={(secret) => {
            made.value = secret;
          }}
          work={() => void work()}
          isRemoving={isRemoving.value}
          remove={(row) => void removeRow(row)}
        />
      )}
    </section>
  );
}

interface DialogProps extends Pick<AccessListProps, "addWords" | "removal" | "Add" | "Change"> {
  readonly now: Open;
  readonly close: () => void;
  readonly made: (secret: { name: string; secret: string } | undefined) => void;
  /** Reads the list again. */
  readonly work: () => void;
  readonly isRemoving: boolean;
  readonly remove: (row: AccessRow) => void;
}

function Dialog({ now, close, made, work, isRemoving, remove, addWords, removal, Add, Change }: DialogProps) {
  if (now.does === "add") {
    const added: AddProps["added"] = (name, secret) => {
      made(secret === undefined ? undefined : { name, secret });
      work();
    };
    return (
      Add && (
        <Modal title={addWords} close={close}>
          <Add added={added} />
        </Modal>
      )
    );
  }
  const { row } = now;
  if (now.does === "change") {
    return (
      Change && (
        <Modal title={`Change ${row.name}`} close={close}>
          <Change row={row} changed={() => work()} />
        </Modal>
      )
    );
  }
  return (
    <Modal title={`Remove ${row.name}?`} close={close}>
      <p>
        {row.name} {removal}.
      </p>
      <p class="buttons">
        <button type="button" class="danger" disabled={isRemoving} onClick={() => remove(row)}>
          {isRemoving ? "Removing…" : "Remove"}
        </button>
        <button type="button" onClick={close}>
          Keep
        </button>
      </p>
    </Modal>
  );
}

interface RowsProps extends Pick<AccessListProps, "title" | "columns" | "Change"> {
  readonly rows: readonly AccessRow[];
  readonly open: (next: Open) => void;
}

function Rows({ title, columns, Change, rows, open }: RowsProps) {
  return (
    <table class="stacked" aria-label={title}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
          <th scope="col">
            <span class="sr-only">Change or remove</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} data-row={row.name}>
            <th scope="row">{row.name}</th>
            {row.cells.map((cell, index) => (
              <td key={columns[index + 1]} data-label={columns[index + 1]}>
                {cell}
              </td>
            ))}
            <td class="buttons">
              {Change !== undefined && (
                <button type="button" aria-label={`Change ${row.name}`} onClick={() => open({ does: "change", row })}>
                  Change…
                </button>
              )}
              <button type="button" aria-label={`Remove ${row.name}`} onClick={() => open({ does: "remove", row })}>
                Remove…
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
