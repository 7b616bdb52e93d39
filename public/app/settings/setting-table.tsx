/** Settings of the hub: each with its value, where that comes from, and what it is for. */
import type { SettingAnswer, SettingsAnswer } from "../../../src/contract/answers/settings-answer.ts";

const SOURCE_WORDS: Record<SettingAnswer["source"], string> = {
  default: "default",
  environment: "environment",
  flag: "flag",
};

/** `names` undefined: all of them. */
export function SettingTable({
  label,
  settings,
  names,
}: {
  label: string;
  settings: SettingsAnswer;
  names?: readonly string[];
}) {
  const rows = settings.settings.filter(({ name }) => names?.includes(name) ?? true);
  return (
    <table class="stacked setting-table" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Setting</th>
          <th scope="col">Value</th>
          <th scope="col">From</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name} data-setting={row.name}>
            <th scope="row">
              <code>{row.name}</code>
              <Meaning text={row.meaning} />
            </th>
            <td data-label="Value">
              <Value setting={row} />
            </td>
            <td data-label="From" data-source={row.source}>
              {SOURCE_WORDS[row.source]}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ setting: { value, default: fallback } }: { setting: SettingAnswer }) {
  if (value === undefined) return <span class="quiet">set, not shown</span>;
  return (
    <>
      {value === "" ? <span class="quiet">none</span> : <code>{value}</code>}
      {value !== fallback && <span class="quiet setting-default"> default: {fallback === "" ? "none" : fallback}</span>}
    </>
  );
}

/** Words between backticks are code, those between stars are a name. */
const Meaning = ({ text }: { text: string }) => (
  <span class="setting-meaning">
    {text.split("`").map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part.replaceAll("*", "")))}
  </span>
);

export const HowToChange = () => (
  <p class="quiet">
    The hub reads these when it starts. To change one, set it in the environment of the hub or as a flag, and restart
    it.
  </p>
);
