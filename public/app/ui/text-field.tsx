/** A labelled text field, and one for passwords. The browser validates them. */
import type { Signal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";

interface FieldProps {
  readonly label: string;
  readonly value: Signal<string>;
  /** The cursor stands here when the form is shown. */
  readonly isFirst?: boolean;
}

export interface TextFieldProps extends FieldProps {
  readonly isRequired?: boolean;
  readonly maxLength?: number;
  readonly placeholder?: string;
  readonly autoComplete?: "off" | "username";
  /** No words of a language: a phone is not to make its first letter large. */
  readonly isCode?: boolean;
  /** A regular expression, and the same in words. */
  readonly format?: { readonly pattern: string; readonly words: string };
}

/** An attribute that was set does not go again: Preact leaves it empty, and an empty pattern matches no text. */
const ANYTHING = ".*";

export function TextField({ label, value, isFirst, format, ...props }: TextFieldProps) {
  const { isRequired = false, maxLength = 64, placeholder, autoComplete = "off", isCode = false } = props;
  const { id, input } = useField(isFirst);
  return (
    <label for={id}>
      {label}
      <input
        id={id}
        ref={input}
        required={isRequired}
        maxLength={maxLength}
        placeholder={placeholder}
        autoComplete={autoComplete}
        autoCapitalize={isCode ? "none" : undefined}
        pattern={format?.pattern ?? ANYTHING}
        title={format?.words}
        value={value.value}
        onInput={(event) => {
          value.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}

export interface PasswordFieldProps extends FieldProps {
  readonly autoComplete: "current-password" | "new-password";
  readonly minLength?: number | undefined;
  /** False: none is an answer too. */
  readonly isRequired?: boolean;
}

export function PasswordField(props: PasswordFieldProps) {
  const { label, value, isFirst, autoComplete, minLength, isRequired = true } = props;
  const { id, input } = useField(isFirst);
  return (
    <label for={id}>
      {label}
      <input
        id={id}
        ref={input}
        type="password"
        required={isRequired}
        minLength={minLength}
        maxLength={200}
        autoComplete={autoComplete}
        value={value.value}
        onInput={(event) => {
          value.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}

function useField(isFirst = false) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isFirst) input.current?.focus();
  }, []);
  return { id, input };
}
