/** The forms that add a person and a token, and change a person. */
import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { LEVEL_MEANINGS, MIN_PASSWORD, ROLES, type Role, SCOPES, type Scope } from "../../../src/contract/levels.ts";
import { type HubFault, patchUser, postToken, postUser, toFault } from "../hub/api.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { PasswordField, TextField } from "../ui/text-field.tsx";
import type { AddProps, ChangeProps } from "./access-list.tsx";

export function AddPerson({ added }: AddProps) {
  const name = useSignal("");
  const password = useSignal("");
  const role = useSignal<Role>("viewer");
  const add = async () => {
    const who = name.value.trim();
    await postUser({ name: who, password: password.value, role: role.value });
    name.value = "";
    password.value = "";
    added(who);
  };
  return (
    <AccessForm label="Add a person" work={add}>
      <TextField label="Name" value={name} isRequired />
      <PasswordField label="Password" value={password} autoComplete="new-password" minLength={MIN_PASSWORD} />
      <Choice label="Role" value={role} choices={ROLES} />
      <Meanings of={ROLES} />
    </AccessForm>
  );
}

/** A new role or password ends the person's sign-ins. */
export function ChangePerson({ row, changed }: ChangeProps) {
  const password = useSignal("");
  const role = useSignal<Role>(ROLES.find((word) => word === row.cells[0]) ?? "viewer");
  const change = async () => {
    await patchUser(row.id, {
      ...(role.value !== row.cells[0] && { role: role.value }),
      ...(password.value !== "" && { password: password.value }),
    });
    changed();
  };
  return (
    <AccessForm label={`Change ${row.name}`} failed="Nothing was changed." work={change}>
      <Choice label="Role" value={role} choices={ROLES} />
      <PasswordField
        label="New password (leave empty to keep the old one)"
        value={password}
        autoComplete="new-password"
        minLength={MIN_PASSWORD}
        isRequired={false}
      />
      <Meanings of={ROLES} />
      <p class="quiet">{row.name} must sign in again after this change.</p>
    </AccessForm>
  );
}

export function AddToken({ added }: AddProps) {
  const name = useSignal("");
  const scope = useSignal<Scope>("viewer");
  const days = useSignal("");
  const add = async () => {
    const { secret } = await postToken({ name: name.value.trim(), scope: scope.value, ...expiryIn(days.value) });
    added(name.value.trim(), secret);
    name.value = "";
  };
  return (
    <AccessForm label="Create a token" work={add}>
      <TextField label="Name of the program" value={name} isRequired />
      <Choice label="Role" value={scope} choices={SCOPES} />
      <ExpiryField value={days} />
      <Meanings of={SCOPES} />
    </AccessForm>
  );
}

export const expiryIn = (days: string): { days?: number } => (days.trim() === "" ? {} : { days: Number(days) });

export function ExpiryField({ value }: { value: Signal<string> }) {
  return (
    <TextField
      label="Expires after (days)"
      value={value}
      placeholder="never"
      maxLength={4}
      isCode
      format={{ pattern: "[1-9][0-9]{0,3}", words: "1 to 3650, or empty if it should never expire" }}
    />
  );
}

interface AccessFormProps {
  readonly label: string;
  readonly work: () => Promise<void>;
  readonly failed?: string;
  readonly children: ComponentChildren;
}

export function AccessForm({ label, work, failed = "Nothing was saved.", children }: AccessFormProps) {
  const busy = useSignal(false);
  const fault = useSignal<HubFault | undefined>(undefined);
  const submit = async () => {
    busy.value = true;
    fault.value = undefined;
    await work().catch((thrown: unknown) => {
      fault.value = toFault(thrown);
    });
    busy.value = false;
  };
  return (
    <form
      class="add-board"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {children}
      <button type="submit" disabled={busy.value}>
        {label}
      </button>
      {fault.value !== undefined && <FaultNote what={failed} fault={fault.value} />}
    </form>
  );
}

function Meanings({ of: levels }: { of: readonly (Role | Scope)[] }) {
  return (
    <p class="quiet" data-meanings>
      {levels.map((level, index) => (
        <span key={level}>
          {index > 0 && "; "}
          <strong>{level}</strong> {LEVEL_MEANINGS[level]}
        </span>
      ))}
      .
    </p>
  );
}

export function Choice<Word extends string>({
  label,
  value,
  choices,
  words = (word) => word,
}: {
  label: string;
  value: Signal<Word>;
  choices: readonly Word[];
  words?: (word: Word) => string;
}) {
  const id = useId();
  return (
    <label for={id}>
      {label}
      <select
        id={id}
        value={value.value}
        onChange={(event) => {
          value.value = choices.find((word) => word === event.currentTarget.value) ?? value.value;
        }}
      >
        {choices.map((word) => (
          <option key={word} value={word}>
            {words(word)}
          </option>
        ))}
      </select>
    </label>
  );
}
