/** Presets that fit what devices have sent, or the hub itself, and are not in use: each is switched on with one click. */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { RulePreset } from "../../../src/contract/answers/alert-answers.ts";
import { getRulePresets, postRule } from "../hub/alert-api.ts";
import { type HubFault, toFault } from "../hub/api.ts";
import { reaches } from "../hub/session.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { Icon } from "../ui/icon.tsx";
import { alertsHref } from "../ui/route.ts";
import { dismiss, dismissed } from "./dismissed-offers.ts";

/** Above the devices, which are what the page is for. */
const SHOWN_ELSEWHERE = 2;

interface OffersProps {
  /** On another page than that of the rules: those about devices, and those that were sent away stay away. */
  readonly isElsewhere?: boolean;
  readonly made?: () => void;
}

export function RuleOffers({ isElsewhere = false, made }: OffersProps) {
  const title = useId();
  const presets = useSignal<readonly RulePreset[]>([]);
  const done = useSignal<readonly string[]>([]);
  const look = async (abort?: AbortSignal) => {
    presets.value = (await getRulePresets(abort)).presets;
  };
  useHubRead(reaches("owner") ? "presets of rules" : "", look);
  if (!reaches("owner")) return null;
  const offered = presets.value.filter(
    ({ id, fits, rules, inUse }) =>
      (fits.length > 0 || (!isElsewhere && rules.some(({ condition }) => condition.kind === "hub"))) &&
      (!inUse || done.value.includes(id)) &&
      !(isElsewhere && dismissed.value.includes(id) && !done.value.includes(id)),
  );
  if (offered.length === 0) return null;
  const shown = isElsewhere ? offered.slice(0, SHOWN_ELSEWHERE) : offered;
  return (
    <section class="offers" aria-labelledby={title}>
      <h2 id={title} class="small-head">
        {offered.some(({ fits }) => fits.length > 0) && "Your devices measure this. "}Shall the hub watch it?
      </h2>
      <ul>
        {shown.map((preset) => (
          <Offer
            key={preset.id}
            {...{ preset, isElsewhere }}
            isDone={done.value.includes(preset.id)}
            made={async () => {
              done.value = [...done.value, preset.id];
              await look().catch(() => undefined);
              made?.();
            }}
          />
        ))}
      </ul>
      {shown.length < offered.length && (
        <p class="quiet">
          <a href={alertsHref("rules")}>{offered.length - shown.length} more</a>
        </p>
      )}
    </section>
  );
}

interface OfferProps {
  readonly preset: RulePreset;
  readonly isDone: boolean;
  readonly isElsewhere: boolean;
  readonly made: () => Promise<void>;
}

const NAMED = 3;

function Offer({ preset, isDone, isElsewhere, made }: OfferProps) {
  const busy = useSignal(false);
  const fault = useSignal<HubFault | undefined>(undefined);
  const { id, label, meaning, notice, fits, rules } = preset;
  const accept = async () => {
    busy.value = true;
    fault.value = undefined;
    try {
      for (const rule of rules) await postRule(rule);
      await made();
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
    busy.value = false;
  };
  const more = fits.length - NAMED;
  return (
    <li class="offer" data-preset={id}>
      <div>
        <p>
          <Icon name="bell" /> <strong>{label}</strong>{" "}
          <span class="quiet">
            {fits.slice(0, NAMED).join(", ")}
            {more > 0 && ` and ${more} more`}
          </span>
        </p>
        <p class="offer-meaning">{meaning}</p>
        {notice !== undefined && (
          <p class="offer-notice" data-notice>
            <Icon name="warning" /> {notice}
          </p>
        )}
      </div>
      {isDone ? (
        <p role="status" class="accepted">
          ✓ It is on. <a href={alertsHref("rules")}>Rules</a>
        </p>
      ) : (
        <span class="buttons">
          <button
            type="button"
            class="primary"
            disabled={busy.value}
            aria-label={`Switch on ${label}`}
            onClick={() => void accept()}
          >
            Switch on
          </button>
          {isElsewhere && (
            <button type="button" aria-label={`Not now: ${label}`} onClick={() => dismiss(id)}>
              Not now
            </button>
          )}
        </span>
      )}
      {fault.value !== undefined && <FaultNote what="It was not switched on." fault={fault.value} />}
    </li>
  );
}
