/** How full the disk is, how fast the store grows, and for how long readings are kept. */
import type { SettingsAnswer } from "../../../src/contract/answers/settings-answer.ts";
import { durationWords } from "../ui/time-words.ts";
import { bytesWords, countWords } from "../ui/value-words.ts";
import { daysLeft, daysLeftWords } from "./days-left.ts";
import { HowToChange, SettingTable } from "./setting-table.tsx";

const NAMES = [
  "AERIE_DATA_DIR",
  "AERIE_MONGODB_URL",
  "AERIE_RAW_DAYS",
  "AERIE_HOUR_DAYS",
  "AERIE_DAY_DAYS",
  "AERIE_MAX_STORE_BYTES",
  "AERIE_MAX_OUTBOX_BYTES",
];

export function StoragePart({ settings }: { settings: SettingsAnswer }) {
  const { space, growth, store } = settings;
  const days = daysLeft(settings);
  return (
    <>
      <dl class="setting-facts">
        <div>
          <dt>Store</dt>
          <dd>{store === "embedded" ? "embedded, in the data directory" : "MongoDB"}</dd>
        </div>
        {space !== undefined && (
          <>
            <div>
              <dt>Used by the store</dt>
              <dd>{bytesWords(space.usedBytes)}</dd>
            </div>
            <div>
              <dt>Free on its disk</dt>
              <dd>
                {bytesWords(space.diskFreeBytes)} of {bytesWords(space.diskBytes)}{" "}
                <meter
                  aria-label="Used part of the disk"
                  min={0}
                  max={space.diskBytes}
                  value={space.diskBytes - space.diskFreeBytes}
                  high={space.diskBytes * 0.9}
                />
              </dd>
            </div>
          </>
        )}
        <div>
          <dt>Growth</dt>
          <dd data-growth>
            {growth === undefined
              ? "known when the hub has run for an hour"
              : `${bytesWords(growth.bytesADay)} a day, measured over ${durationWords(growth.overMs)}`}
          </dd>
        </div>
        {days !== undefined && (
          <div>
            <dt>Room for</dt>
            <dd data-days-left={days}>{daysLeftWords(days)} at this rate</dd>
          </div>
        )}
      </dl>
      <p>{retentionWords(settings)}</p>
      <HowToChange />
      <SettingTable label="Settings of storage" settings={settings} names={NAMES} />
    </>
  );
}

function retentionWords({ settings }: SettingsAnswer): string {
  const daysOf = (name: string) => {
    const value = settings.find((each) => each.name === name)?.value ?? "0";
    return value === "0" ? "for good" : `for ${countWords(Number(value))} days`;
  };
  return `Readings are kept ${daysOf("AERIE_RAW_DAYS")}, means of each hour ${daysOf("AERIE_HOUR_DAYS")}, means of each day ${daysOf("AERIE_DAY_DAYS")}. A device may have times of its own.`;
}
