/** The forms that make a person, a token and an application. Each asks the hub, and tells what came of it. */
import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { MIN_PASSWORD, ROLES, type Role, SCOPES, type Scope } from "../../src/contract/levels.ts";
import type { AddProps } from "./access-list.tsx";
import { type HubFault, postApplication, postToken, postUser, toFault } from "./api.ts";
import { FaultNote } from "./fault-note.tsx";
import { PasswordField, TextField } from "./text-field.tsx";

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
    <AddForm label="Add a person" add={add}>
      <TextField label="Name" value={name} isRequired />
      <PasswordField label="Password" value={password} autoComplete="new-password" minLength={MIN_PASSWORD} />
      <Choice label="Role" value={role} choices={ROLES} />
    </AddForm>
  );
}

export function AddToken({ added }: AddProps) {
  const name = useSignal("");
  const scope = useSignal<Scope>("viewer");
  const add = async () => {
    const { secret } = await postToken({ name: name.value.trim(), scope: scope.value });
    added(name.value.trim(), secret);
    name.value = "";
  };
  return (
    <AddForm label="Make a token" add={add}>
      <TextField label="What for" value={name} isRequired />
      <Choice label="May do" value={scope} choices={SCOPES} />
    </AddForm>
  );
}

const filtersOf = (text: string): string[] => text.split(/[\s,]+/).filter((filter) => filter !== "");

export function AddApplication({ added }: AddProps) {
  const name = useSignal("");
  const publish = useSignal("");
  const subscribe = useSignal("devices/#");
  const add = async () => {
    const wish = { name: name.value.trim(), publish: filtersOf(publish.value), subscribe: filtersOf(subscribe.value) };
    const { secret } = await postApplication(wish);
    added(wish.name, secret);
    name.value = "";
  };
  return (
    <AddForm label="Let an application in" add={add}>
      <TextField label="Name" value={name} isRequired />
      <TextField label="May publish to" value={publish} isCode maxLength={1_000} />
      <TextField label="May read" value={subscribe} isCode maxLength={1_000} />
    </AddForm>
  );
}

function AddForm({ label, add, children }: { label: string; add: () => Promise<void>; children: ComponentChildren }) {
  const busy = useSignal(false);
  const fault = useSignal<HubFault | undefined>(undefined);
  const submit = async () => {
    busy.value = true;
    fault.value = undefined;
    await add().catch((thrown: unknown) => {
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
      {fault.value !== undefined && <FaultNote what="Nothing was made." fault={fault.value} />}
    </form>
  );
}

function Choice<Word extends string>({
  label,
  value,
  choices,
}: {
  label: string;
  value: Signal<Word>;
  choices: readonly Word[];
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
            {word}
          </option>
        ))}
      </select>
    </label>
  );
}
