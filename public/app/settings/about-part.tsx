/** Version, health and licences, and every setting of the hub. */
import type { SettingsAnswer } from "../../../src/contract/answers/settings-answer.ts";
import { readiness } from "../hub/readiness.ts";
import { fullTime } from "../ui/time-words.ts";
import { countWords } from "../ui/value-words.ts";
import { SettingTable } from "./setting-table.tsx";

export function AboutPart({ settings }: { settings: SettingsAnswer | undefined }) {
  return (
    <>
      <dl class="setting-facts">
        {settings !== undefined && (
          <>
            <div>
              <dt>Version</dt>
              <dd>Aerie {settings.version}</dd>
            </div>
            <div>
              <dt>Started</dt>
              <dd>{fullTime(Date.parse(settings.startedAt))}</dd>
            </div>
          </>
        )}
        <div>
          <dt>Health</dt>
          <dd>{healthWords()}</dd>
        </div>
        <div>
          <dt>Licence</dt>
          <dd>
            MIT. This dashboard also contains other software:{" "}
            <a href="third-party-licenses.txt">third-party licences</a>.
          </dd>
        </div>
      </dl>
      {settings !== undefined && (
        <details class="all-settings">
          <summary>All {countWords(settings.settings.length)} settings of the hub</summary>
          <SettingTable label="All settings" settings={settings} />
        </details>
      )}
    </>
  );
}

function healthWords(): string {
  const now = readiness.value;
  if (now === undefined) return "not known";
  const all = [...now.problems, ...now.warnings].map(({ problem }) => problem);
  return all.length === 0 ? "everything works" : all.join(". ");
}
