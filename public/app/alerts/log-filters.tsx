/** The filters above the alert log, and its export. */
import { useId } from "preact/hooks";
import type { Rule, Severity } from "../../../src/contract/alerts.ts";
import { hubNowMs } from "../hub/clock.ts";
import { exportHref, isNarrowed, type LogFilter, SPANS } from "./log-filter.ts";

interface FiltersProps {
  readonly filter: LogFilter;
  readonly rules: readonly Rule[];
  readonly devices: readonly { id: string; name: string }[];
  readonly change: (next: Partial<LogFilter>) => void;
}

const SEVERITY_CHOICES: readonly { word: Severity | ""; words: string }[] = [
  { word: "", words: "all severities" },
  { word: "critical", words: "critical" },
  { word: "warning", words: "warning" },
  { word: "info", words: "info" },
];

export function LogFilters({ filter, rules, devices, change }: FiltersProps) {
  const known = devices.some(({ id }) => id === filter.device) || filter.device === "";
  const shown = known ? devices : [{ id: filter.device, name: filter.device }, ...devices];
  const nowMs = hubNowMs.peek();
  return (
    <search class="log-filters" aria-label="Filters of the log">
      <Select label="Time" value={filter.span} change={(key) => change({ span: spanOf(key) })}>
        {SPANS.map(({ key, words }) => [key, words])}
      </Select>
      <Select
        label="Severity"
        value={filter.severity}
        change={(word) => change({ severity: SEVERITY_CHOICES.find((each) => each.word === word)?.word ?? "" })}
      >
        {SEVERITY_CHOICES.map(({ word, words }) => [word, words])}
      </Select>
      <Select label="Rule" value={filter.rule} change={(rule) => change({ rule })}>
        {[["", "all rules"], ...rules.map(({ id, name }): [string, string] => [id, name])]}
      </Select>
      <Select label="Device" value={filter.device} change={(device) => change({ device })}>
        {[["", "all devices"], ...shown.map(({ id, name }): [string, string] => [id, name])]}
      </Select>
      {isNarrowed(filter) && (
        <button type="button" onClick={() => change({ device: "", rule: "", severity: "" })}>
          Clear
        </button>
      )}
      <span class="log-export">
        Download{" "}
        {(["csv", "ndjson"] as const).map((format) => (
          <a key={format} href={exportHref(filter, nowMs, format)} download>
            {format.toUpperCase()}
          </a>
        ))}
      </span>
    </search>
  );
}

const spanOf = (key: string) => SPANS.find((each) => each.key === key)?.key ?? "week";

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly children: readonly (readonly string[])[];
  readonly change: (value: string) => void;
}

function Select({ label, value, children, change }: SelectProps) {
  const id = useId();
  return (
    <label for={id}>
      {label}
      <select id={id} value={value} onChange={(event) => change(event.currentTarget.value)}>
        {children.map(([word = "", words = word]) => (
          <option key={word} value={word}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
