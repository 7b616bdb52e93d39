/** Fields of the form of a rule: a choice, a text with its fault below it, a length of time, boxes to tick. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { type Duration, UNIT_WORDS, UNITS } from "./duration.ts";

interface SelectProps<Word extends string> {
  readonly label: string;
  readonly value: Word;
  readonly choices: readonly (readonly [word: Word, words: string])[];
  readonly change: (word: Word) => void;
  /** The label is said to screen readers only: the sentence around it says the rest. */
  readonly isBare?: boolean;
}

export function Select<Word extends string>({ label, value, choices, change, isBare = false }: SelectProps<Word>) {
  const id = useId();
  return (
    <label for={id} class="field">
      <span class={isBare ? "sr-only" : ""}>{label}</span>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          const found = choices.find(([word]) => word === event.currentTarget.value);
          if (found !== undefined) change(found[0]);
        }}
      >
        {choices.map(([word, words]) => (
          <option key={word} value={word}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

interface InputProps {
  readonly id: string;
  readonly inputMode: "decimal" | undefined;
  readonly autoComplete: "off" | "new-password";
  readonly placeholder: string | undefined;
  readonly maxLength: number;
  readonly list: string | undefined;
  readonly "aria-invalid": true | undefined;
  readonly "aria-describedby": string | undefined;
  readonly value: string;
  readonly onInput: (event: { currentTarget: HTMLInputElement }) => void;
}

const INPUTS = {
  text: (props: InputProps) => <input type="text" {...props} />,
  url: (props: InputProps) => <input type="url" {...props} />,
  time: ({ list: _, ...props }: InputProps) => <input type="time" {...props} />,
  password: ({ list: _, ...props }: InputProps) => <input type="password" {...props} />,
};

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly fault?: string | undefined;
  readonly unit?: string | undefined;
  readonly isNumber?: boolean;
  readonly isBare?: boolean;
  readonly placeholder?: string;
  readonly list?: readonly string[];
  readonly type?: keyof typeof INPUTS;
  readonly maxLength?: number;
  readonly hint?: string;
}

export function Text(props: TextProps) {
  const { label, value, change, fault, unit, hint, isNumber = false, isBare = false, list, type = "text" } = props;
  const Input = INPUTS[type];
  const id = useId();
  const faultId = `${id}-fault`;
  const hintId = `${id}-hint`;
  const described = [...(fault === undefined ? [] : [faultId]), ...(hint === undefined ? [] : [hintId])].join(" ");
  return (
    <div class={`field${isNumber ? " field-number" : ""}`}>
      <label for={id} class={isBare ? "sr-only" : ""}>
        {label}
      </label>
      <span class="field-input">
        <Input
          id={id}
          inputMode={isNumber ? "decimal" : undefined}
          autoComplete={type === "password" ? "new-password" : "off"}
          placeholder={props.placeholder}
          maxLength={props.maxLength ?? 200}
          list={list === undefined ? undefined : `${id}-list`}
          aria-invalid={fault === undefined ? undefined : true}
          aria-describedby={described === "" ? undefined : described}
          value={value}
          onInput={(event) => change(event.currentTarget.value)}
        />
        {unit !== undefined && unit !== "" && <span class="field-unit">{unit}</span>}
      </span>
      {list !== undefined && (
        <datalist id={`${id}-list`}>
          {list.map((word) => (
            <option key={word} value={word} />
          ))}
        </datalist>
      )}
      {hint !== undefined && (
        <span id={hintId} class="field-hint">
          {hint}
        </span>
      )}
      {fault !== undefined && (
        <span id={faultId} class="field-fault">
          {fault}
        </span>
      )}
    </div>
  );
}

interface TimeProps {
  readonly label: string;
  readonly value: Duration;
  readonly change: (value: Duration) => void;
  readonly fault?: string | undefined;
  readonly isBare?: boolean;
  readonly hint?: string;
}

export function TimeField({ label, value, change, fault, isBare = false, hint }: TimeProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  const faultId = `${id}-fault`;
  const described = [...(fault === undefined ? [] : [faultId]), ...(hint === undefined ? [] : [hintId])].join(" ");
  return (
    <div class="field-time">
      <label for={id} class={isBare ? "sr-only" : "field-label"}>
        {label}
      </label>
      <span class="field field-number">
        <input
          id={id}
          type="text"
          inputMode="decimal"
          autoComplete="off"
          maxLength={10}
          aria-invalid={fault === undefined ? undefined : true}
          aria-describedby={described === "" ? undefined : described}
          value={value.amount}
          onInput={(event) => change({ ...value, amount: event.currentTarget.value })}
        />
      </span>
      <Select
        label={`Unit of: ${label}`}
        isBare
        value={value.unit}
        choices={UNITS.map((unit) => [unit, UNIT_WORDS[unit]] as const)}
        change={(unit) => change({ ...value, unit })}
      />
      {hint !== undefined && (
        <span id={hintId} class="field-hint">
          {hint}
        </span>
      )}
      {fault !== undefined && (
        <span id={faultId} class="field-fault">
          {fault}
        </span>
      )}
    </div>
  );
}

interface CheckProps {
  readonly checked: boolean;
  readonly change: (checked: boolean) => void;
  readonly children: ComponentChildren;
}

export function Check({ checked, change, children }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={(event) => change(event.currentTarget.checked)} />
      <span>{children}</span>
    </label>
  );
}

interface ChecksProps<Word extends string> {
  readonly legend: string;
  readonly choices: readonly (readonly [word: Word, words: string])[];
  readonly chosen: readonly Word[];
  readonly change: (chosen: readonly Word[]) => void;
  readonly fault?: string | undefined;
}

export function Checks<Word extends string>({ legend, choices, chosen, change, fault }: ChecksProps<Word>) {
  const id = useId();
  return (
    <fieldset class="checks" aria-describedby={fault === undefined ? undefined : id}>
      <legend>{legend}</legend>
      <div class="checks-list">
        {choices.map(([word, words]) => (
          <Check
            key={word}
            checked={chosen.includes(word)}
            change={(isOn) => change(isOn ? [...chosen, word] : chosen.filter((each) => each !== word))}
          >
            {words}
          </Check>
        ))}
      </div>
      {fault !== undefined && (
        <span id={id} class="field-fault">
          {fault}
        </span>
      )}
    </fieldset>
  );
}

interface RadioProps<Word extends string> {
  readonly legend: string;
  readonly choices: readonly (readonly [word: Word, words: string])[];
  readonly value: Word;
  readonly change: (word: Word) => void;
}

/** A few choices side by side. */
export function Segments<Word extends string>({ legend, choices, value, change }: RadioProps<Word>) {
  const name = useId();
  return (
    <fieldset class="segments-field">
      <legend>{legend}</legend>
      <div class="segments">
        {choices.map(([word, words]) => (
          <label key={word} class="segment">
            <input type="radio" name={name} checked={word === value} onChange={() => change(word)} />
            {words}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
