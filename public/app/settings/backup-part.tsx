/** When the last backup was made, and how to make one. */
import type { SettingsAnswer } from "../../../src/contract/answers/settings-answer.ts";
import { shownNowMs } from "../hub/clock.ts";
import { CommandLine } from "../ui/command-line.tsx";
import { agoWords, fullTime } from "../ui/time-words.ts";
import { SettingTable } from "./setting-table.tsx";

const NAMES = ["AERIE_BACKUP_DAYS"];

export function BackupPart({ settings }: { settings: SettingsAnswer }) {
  const { lastBackupAt } = settings;
  const atMs = lastBackupAt === undefined ? undefined : Date.parse(lastBackupAt);
  return (
    <>
      <p data-last-backup>
        {atMs === undefined
          ? "No backup was made yet."
          : `The last backup was made ${agoWords(atMs, shownNowMs.value)}, on ${fullTime(atMs)}.`}{" "}
        On the hub's machine, this copies everything while the hub works:
      </p>
      <CommandLine name="the command" command="npx aerie backup aerie-backup.db" />
      <SettingTable label="Settings of backups" settings={settings} names={NAMES} />
    </>
  );
}
