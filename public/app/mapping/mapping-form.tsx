/** The fields of a mapping as a form. Its submission shows what would come of it, and saves nothing. */
import { type Signal, useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { MappingFields } from "../../../src/contract/mappings.ts";
import { TextField } from "../ui/text-field.tsx";
import { fieldsIn, type MappingText, textOf } from "./mapping-text.ts";

export interface MappingFormProps {
  readonly fields: MappingFields;
  readonly busy: Signal<boolean>;
  readonly show: (fields: MappingFields) => void;
  readonly changed: () => void;
}

export function MappingForm({ fields, busy, show, changed }: MappingFormProps) {
  const first = textOf(fields);
  const text = {
    topic: useSignal(first.topic),
    payload: useSignal<MappingText["payload"]>(first.payload),
    device: useSignal(first.device),
    time: useSignal(first.time),
    values: useSignal(first.values),
    rename: useSignal(first.rename),
    only: useSignal(first.only),
    scale: useSignal(first.scale),
    units: useSignal(first.units),
  };
  const message = useSignal("");
  const submit = () => {
    const { topic, payload, device, time, values, rename, only, scale, units } = text;
    const parsed = fieldsIn({
      topic: topic.value,
      payload: payload.value,
      device: device.value,
      time: time.value,
      values: values.value,
      rename: rename.value,
      only: only.value,
      scale: scale.value,
      units: units.value,
    });
    message.value = parsed.ok ? "" : parsed.message;
    if (parsed.ok) show(parsed.fields);
  };
  const isJson = text.payload.value === "json";
  return (
    <form
      class="mapping-form"
      aria-label="Mapping"
      onInput={changed}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextField label="Topic" value={text.topic} isFirst isRequired isCode maxLength={512} placeholder={EXAMPLE} />
      <PayloadChoice value={text.payload} />
      {isJson && (
        <>
          <TextField label="Device at" value={text.device} isCode maxLength={200} placeholder="{device} of the topic" />
          <TextField label="Time at" value={text.time} isCode maxLength={200} placeholder="when it came" />
          <TextField label="Values at" value={text.values} isCode maxLength={200} placeholder="the whole payload" />
        </>
      )}
      <TextField label="Other names" value={text.rename} isCode maxLength={2_000} placeholder="temp=temperature" />
      <TextField label="Only these metrics" value={text.only} isCode maxLength={2_000} placeholder="all" />
      <TextField label="Scale" value={text.scale} isCode maxLength={2_000} placeholder="level=0.1:-5" />
      <TextField label="Units" value={text.units} isCode maxLength={2_000} placeholder="level=cm" />
      <button type="submit" disabled={busy.value}>
        Preview
      </button>
      <p class="quiet">
        <code>{"{device}"}</code> and <code>{"{metric}"}</code> stand for one level of the topic,{" "}
        <code>{"{device+}"}</code> and <code>{"{metric+}"}</code> for several, <code>+</code> for one that does not
        matter.
        {isJson && (
          <>
            {" "}
            A path in the JSON is written <code>meta.time</code>.
          </>
        )}{" "}
        A scale is a factor, or factor:offset.
      </p>
      {message.value !== "" && (
        <p class="form-fault" role="alert">
          {message.value}
        </p>
      )}
    </form>
  );
}

const EXAMPLE = "home/{device}/{metric}";

const PAYLOADS = { value: "one value", json: "JSON" } as const;

function PayloadChoice({ value }: { value: Signal<MappingText["payload"]> }) {
  const id = useId();
  return (
    <label for={id}>
      Payload
      <select
        id={id}
        value={value.value}
        onChange={(event) => {
          value.value = event.currentTarget.value === "json" ? "json" : "value";
        }}
      >
        {Object.entries(PAYLOADS).map(([word, words]) => (
          <option key={word} value={word}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
