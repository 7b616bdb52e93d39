/** The form that adds an application: with the filters of a program that the hub knows, or with others. */
import { type Signal, signal, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import {
  APPLICATION_PRESETS,
  filtersOf,
  PRESET_NAMES,
  type PresetName,
} from "../../../src/contract/application-presets.ts";
import { postApplication } from "../hub/api.ts";
import { TextField } from "../ui/text-field.tsx";
import { AccessForm, Choice, ExpiryField, expiryIn } from "./access-forms.tsx";
import type { AddProps } from "./access-list.tsx";

const OTHER = "other";

export function AddApplication({ added }: AddProps) {
  const name = useSignal("");
  const program = useSignal<PresetName | typeof OTHER>(OTHER);
  const publish = useSignal("");
  const subscribe = useSignal("devices/#");
  const days = useSignal("");
  const fields = useMemo(fieldsOfPresets, []);
  const preset = program.value === OTHER ? undefined : program.value;
  const parameters = preset === undefined ? [] : (fields.get(preset) ?? []);
  const values = Object.fromEntries(parameters.map((field) => [field.parameter, field.value.value.trim()]));

  const add = async () => {
    const topics =
      preset === undefined
        ? { publish: listIn(publish.value), subscribe: listIn(subscribe.value) }
        : { preset, parameters: values };
    const { secret } = await postApplication({ name: name.value.trim(), ...topics, ...expiryIn(days.value) });
    added(name.value.trim(), secret);
    name.value = "";
  };

  return (
    <AccessForm label="Add an application" work={add}>
      <TextField label="Name" value={name} isRequired />
      <Choice
        label="Program"
        value={program}
        choices={[OTHER, ...PRESET_NAMES]}
        words={(word) => (word === OTHER ? "another one" : APPLICATION_PRESETS[word].label)}
      />
      {preset === undefined && (
        <>
          <TextField label="May publish to" value={publish} isCode maxLength={1_000} />
          <TextField label="May subscribe to" value={subscribe} isCode maxLength={1_000} />
        </>
      )}
      {parameters.map(({ parameter, label, value }) => (
        <TextField key={`${preset} ${parameter}`} label={label} value={value} isCode isRequired maxLength={100} />
      ))}
      <ExpiryField value={days} />
      {preset === undefined ? <FilterHelp /> : <PresetMeaning preset={preset} values={values} />}
    </AccessForm>
  );
}

interface ParameterField {
  readonly parameter: string;
  readonly label: string;
  readonly value: Signal<string>;
}

const fieldsOfPresets = (): ReadonlyMap<PresetName, readonly ParameterField[]> =>
  new Map(
    PRESET_NAMES.map((preset) => [
      preset,
      Object.entries(APPLICATION_PRESETS[preset].parameters).map(([parameter, { label, fallback = "" }]) => ({
        parameter,
        label,
        value: signal(fallback),
      })),
    ]),
  );

const listIn = (text: string): string[] => text.split(/[\s,]+/).filter((filter) => filter !== "");

function FilterHelp() {
  return (
    <p class="quiet">
      An application is a program that uses MQTT, such as Node-RED. Separate topic filters by commas;{" "}
      <code>devices/#</code> matches all topics of all devices. Leave a field empty if it may not publish, or not
      subscribe.
    </p>
  );
}

/** What the program does, and with which filters; as long as a parameter is missing, with its placeholder. */
function PresetMeaning({ preset, values }: { preset: PresetName; values: Readonly<Record<string, string>> }) {
  const { label, meaning, publish, subscribe } = APPLICATION_PRESETS[preset];
  const filled = filtersOf(preset, values);
  const topics = filled.ok ? filled : { publish, subscribe };
  return (
    <p class="quiet" data-preset={preset}>
      {label} {meaning}. It may publish to <code>{topics.publish.join(", ")}</code> and subscribe to{" "}
      <code>{topics.subscribe.join(", ")}</code>.
    </p>
  );
}
