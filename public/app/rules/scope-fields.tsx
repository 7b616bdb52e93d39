/** For which devices a rule holds. */
import { useSignal } from "@preact/signals";
import { FAMILIES } from "../../../src/contract/families.ts";
import { Checks, Segments, Text } from "../ui/form-fields.tsx";
import type { Faults } from "./draft/condition-draft.ts";
import type { KnownDevices } from "./draft/known-devices.ts";
import type { RuleDraft, RuleField } from "./draft/rule-draft.ts";

const SCOPES = [
  ["all", "All devices"],
  ["devices", "Some devices"],
  ["families", "Families of boards"],
] as const;

const FAMILY_WORDS = {
  native: "Aerie's own",
  tasmota: "Tasmota",
  shelly: "Shelly",
  zigbee: "Zigbee2MQTT",
  homie: "Homie",
  sparkplug: "Sparkplug",
  thingsboard: "ThingsBoard",
  ha: "Home Assistant discovery, such as ESPHome",
  mapping: "by a mapping",
} as const;

/** More of them are searched, not shown. */
const MOST_SHOWN = 24;

interface ScopeProps {
  readonly draft: RuleDraft;
  readonly known: KnownDevices;
  readonly faults: Faults<RuleField>;
  readonly change: (part: Partial<RuleDraft>) => void;
}

export function ScopeFields({ draft, known, faults, change }: ScopeProps) {
  return (
    <div class="scope">
      <Segments legend="On" choices={SCOPES} value={draft.scope} change={(scope) => change({ scope })} />
      {draft.scope === "all" && <p class="quiet">New devices join at once.</p>}
      {draft.scope === "devices" && <Devices {...{ draft, known, faults, change }} />}
      {draft.scope === "families" && (
        <Checks
          legend="Families"
          choices={(["native", ...FAMILIES] as const).map((family) => [family, FAMILY_WORDS[family]] as const)}
          chosen={draft.families}
          fault={faults.families}
          change={(families) => change({ families })}
        />
      )}
    </div>
  );
}

function Devices({ draft: { devices }, known, faults, change }: ScopeProps) {
  const search = useSignal("");
  const words = search.value.toLowerCase();
  const chosen = new Set(devices);
  const gone = devices.filter((id) => !known.devices.some((device) => device.id === id));
  const matching = known.devices.filter(
    ({ id, name }) => chosen.has(id) || id.toLowerCase().includes(words) || name.toLowerCase().includes(words),
  );
  // Those that are chosen stay in view.
  const shown = [...matching]
    .sort((a, b) => Number(chosen.has(b.id)) - Number(chosen.has(a.id)))
    .slice(0, MOST_SHOWN + devices.length);
  const choices = [
    ...shown.map(({ id, name }) => [id, name] as const),
    ...gone.map((id) => [id, known.isPart ? id : `${id} (not there)`] as const),
  ];
  return (
    <>
      {known.devices.length > MOST_SHOWN && (
        <Text
          label="Search devices"
          value={search.value}
          change={(next) => (search.value = next)}
          placeholder="name or id"
        />
      )}
      <Checks
        legend="Devices"
        choices={choices}
        chosen={devices}
        fault={faults.devices}
        change={(next) => change({ devices: next })}
      />
      {shown.length < matching.length && <p class="quiet">Search to find the others.</p>}
    </>
  );
}
