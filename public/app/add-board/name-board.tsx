/** The name of a board that is to be connected, and what the hub knows of its device id while it is typed. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Recipe } from "../access/recipes/recipe.ts";
import { getBoards, type HubFault } from "../hub/api.ts";
import { reaches } from "../hub/session.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { TextField } from "../ui/text-field.tsx";
import { deviceIdOf } from "./device-id-of.ts";
import type { FoundCheck } from "./use-board-check.ts";

interface NameBoardProps {
  recipe: Recipe;
  name: Signal<string>;
  found: FoundCheck | undefined;
  fault: HubFault | undefined;
  /** Makes its secret. Undefined: it needs none. */
  make: (() => Promise<void>) | undefined;
}

export function NameBoard({ recipe, name, found, fault, make }: NameBoardProps) {
  const isBusy = useSignal(false);
  const { family, kind, nameLabel, nameHelp, placeholder } = recipe;
  if (family === "application" && make !== undefined && !reaches("owner")) {
    return <p class="quiet">{kind} is an application, and only an owner can add it.</p>;
  }
  const isNative = family === "native";
  const submit = async () => {
    isBusy.value = true;
    await make?.();
    isBusy.value = false;
  };
  return (
    <form
      class="add-board"
      aria-label="Name the board"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextField label={nameLabel} value={name} isFirst isRequired isCode={!isNative} placeholder={placeholder} />
      {make !== undefined && (
        <button type="submit" class="primary" disabled={isBusy.value || (isNative && deviceIdOf(name.value) === "")}>
          Create a secret
        </button>
      )}
      {isNative && <ItsId text={name.value} found={found} readsSecrets={make !== undefined && !isBusy.value} />}
      <p class="quiet">
        {nameHelp}
        {make !== undefined &&
          ` The secret is its ${family === "thingsboard" ? "access token" : "MQTT password"}.${
            family === "application" || isNative
              ? ""
              : " A board that already has one gets a new one, and the old one stops working."
          }`}
      </p>
      {fault !== undefined && <FaultNote what="No secret was created." fault={fault} />}
    </form>
  );
}

interface ItsIdProps {
  text: string;
  found: FoundCheck | undefined;
  /** Whether secrets are needed, and none is being made. */
  readsSecrets: boolean;
}

function ItsId({ text, found, readsSecrets }: ItsIdProps) {
  const withSecret = useSignal<readonly string[]>([]);
  useEffect(() => {
    if (!readsSecrets) return;
    getBoards().then(
      ({ boards }) => {
        withSecret.value = boards.map(({ deviceId }) => deviceId);
      },
      () => undefined, // then it is not said
    );
  }, [readsSecrets]);
  const id = deviceIdOf(text);
  return (
    <output class="its-id" data-id={id}>
      {id !== "" && (
        <>
          Its device id: <code>{id}</code>.{" "}
          {withSecret.value.includes(id)
            ? "It has a secret: a new one replaces it, and the old one stops working."
            : found?.deviceId === id && found.isKnown && "The hub knows this device: its readings stay."}
        </>
      )}
      {id === "" && text.trim() !== "" && "Use at least one letter or digit."}
    </output>
  );
}
