/**
 * Connects a board, by a secret with what to put on the board or by letting it in, and shows when its first message came.
 */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { getDevice, type HubFault, postApplication, postBoard, toFault } from "../hub/api.ts";
import { heardAtMsOf } from "../hub/device-state.ts";
import { reaches, session } from "../hub/session.ts";
import { CommandLine } from "../ui/command-line.tsx";
import { FaultNote } from "../ui/fault-note.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { deviceHref, query } from "../ui/route.ts";
import { TextField } from "../ui/text-field.tsx";
import { JoinWindow, type LetIn } from "./join-window.tsx";
import type { Recipe } from "./recipes/recipe.ts";
import { RECIPES } from "./recipes/recipes.ts";

const LOOK_EVERY_MS = 2_000;
const DEVICE_ID = "[A-Za-z0-9._:~\\-]{1,64}";

/** A credential that was made on this page. */
interface Made {
  readonly recipe: Recipe;
  readonly name: string;
  readonly login: string;
  readonly secret: string;
  /** Undefined: it speaks for many devices. */
  readonly deviceId: string | undefined;
}

export function AddBoard() {
  const letIn = useSignal<LetIn | undefined>(undefined);
  const made = useSignal<Made | undefined>(undefined);
  const recipe = useSignal<Recipe>(recipeOf(new URLSearchParams(query.peek()).get("kind")));
  usePageTitle("Connect a board");
  if (!reaches("operator")) return <p class="quiet">Only an operator or owner can connect a board.</p>;
  const shown = made.value?.recipe.family === recipe.value.family ? made.value : undefined;
  return (
    <>
      <h1>Connect a board</h1>
      <Kinds chosen={recipe} />
      <NameIt recipe={recipe.value} made={made} />
      {shown !== undefined && <PutOnBoard key={shown.secret} recipe={recipe.value} made={shown} />}
      <JoinWindow
        letIn={(board) => {
          letIn.value = board;
        }}
      />
      {letIn.value !== undefined && (
        <LetInBoard key={`${letIn.value.deviceId} ${letIn.value.secret}`} board={letIn.value} />
      )}
    </>
  );
}

const recipeOf = (kind: string | null): Recipe => RECIPES.find((each) => each.kind === kind) ?? RECIPES[0];

function Kinds({ chosen }: { chosen: Signal<Recipe> }) {
  return (
    <fieldset class="kinds" aria-label="Kind of board">
      {RECIPES.map((each) => (
        <button
          key={each.kind}
          type="button"
          aria-pressed={chosen.value.kind === each.kind}
          onClick={() => {
            chosen.value = each;
          }}
        >
          {each.kind}
        </button>
      ))}
    </fieldset>
  );
}

function NameIt({ recipe, made }: { recipe: Recipe; made: Signal<Made | undefined> }) {
  const name = useSignal(new URLSearchParams(query.peek()).get("id") ?? "");
  const busy = useSignal(false);
  const fault = useSignal<HubFault | undefined>(undefined);

  const make = async () => {
    busy.value = true;
    fault.value = undefined;
    try {
      made.value = await credentialOf(recipe, name.value.trim());
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
    busy.value = false;
  };

  if (recipe.family === "application" && !reaches("owner")) {
    return <p class="quiet">{recipe.kind} is an application, and only an owner can add it.</p>;
  }
  return (
    <form
      class="add-board"
      aria-label="Name the board"
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <TextField
        label={recipe.nameLabel}
        value={name}
        isFirst
        isRequired
        isCode={recipe.family !== "application"}
        placeholder={recipe.placeholder}
        {...(recipe.family === "native" && {
          format: { pattern: DEVICE_ID, words: "1 to 64 of A-Z a-z 0-9 . _ : ~ -" },
        })}
      />
      <button type="submit" class="primary" disabled={busy.value}>
        Create a secret
      </button>
      <p class="quiet">
        {recipe.nameHelp} The secret is its {recipe.family === "thingsboard" ? "access token" : "MQTT password"}.
        {recipe.family !== "application" &&
          " A board that already has one gets a new one, and the old one stops working."}
      </p>
      {fault.value !== undefined && <FaultNote what="No secret was created." fault={fault.value} />}
    </form>
  );
}

async function credentialOf(recipe: Recipe, name: string): Promise<Made> {
  const { family, preset } = recipe;
  if (family === "application") {
    const { secret } = await postApplication({ name, preset });
    return { recipe, name, login: "zigbee2mqtt", secret, deviceId: undefined };
  }
  const { deviceId, secret } = await postBoard(family === "native" ? { deviceId: name } : { family, name });
  return { recipe, name, login: family === "native" ? deviceId : `${family}:${name}`, secret, deviceId };
}

/** A board that was let in with a password of its own needs nothing more. */
function LetInBoard({ board: { deviceId, family, name, secret } }: { board: LetIn }) {
  if (secret !== undefined) {
    const recipe = RECIPES.find((each) => each.family === family) ?? RECIPES[0];
    const login = family === "native" ? deviceId : `${family}:${name}`;
    return <PutOnBoard recipe={recipe} made={{ recipe, name, login, secret, deviceId }} />;
  }
  return (
    <section aria-labelledby="let-in">
      <h2 id="let-in">{deviceId} is let in</h2>
      <Heard deviceId={deviceId} />
    </section>
  );
}

function PutOnBoard({ recipe, made }: { recipe: Recipe; made: Made }) {
  const wifiName = useSignal("");
  const wifiPassword = useSignal("");
  const { name, login, secret, deviceId } = made;
  const host = location.hostname;
  const port = session.value?.mqttPort ?? 1883;
  const text = recipe.text({
    host,
    port,
    name,
    login,
    secret,
    wifiName: wifiName.value,
    wifiPassword: wifiPassword.value,
  });
  return (
    <section aria-labelledby="put-on-board">
      <h2 id="put-on-board">Put this on the board</h2>
      <p class="quiet">
        {recipe.where} It contains the secret, which is shown only once.
        {recipe.asksWifi === true && " The Wi-Fi name and password stay in this page and are not sent to the hub."}
      </p>
      {recipe.asksWifi === true && (
        <div class="wifi">
          <TextField label="Wi-Fi name" value={wifiName} />
          {/* Not hidden: it stands in the code below. */}
          <TextField label="Wi-Fi password" value={wifiPassword} />
        </div>
      )}
      <CommandLine name="the code" command={text} />
      {deviceId === undefined ? <ManyHeard name={name} /> : <Heard deviceId={deviceId} />}
    </section>
  );
}

function ManyHeard({ name }: { name: string }) {
  return (
    <p class="quiet">
      The devices of {name} appear in the <a href="#/">overview</a> as they report. If none does, the{" "}
      <a href="#/inspector">Inspector</a> shows whether the hub refused something, and why.
    </p>
  );
}

/** Looks until the board is heard: from now on its page shows what it sends. */
function Heard({ deviceId }: { deviceId: string }) {
  const sinceMs = useRef(Date.now());
  const isHeard = useSignal(false);
  useEffect(() => {
    const timer = setInterval(async () => {
      const device = await getDevice(deviceId).catch(() => undefined);
      const heardAtMs = device && heardAtMsOf(device);
      if (heardAtMs === undefined || heardAtMs < sinceMs.current) return;
      isHeard.value = true;
      clearInterval(timer);
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [deviceId]);
  return isHeard.value ? (
    <p class="note note-ok" role="status" data-heard="yes">
      <span>
        <strong>The hub received a message from {deviceId}.</strong>{" "}
        <a href={deviceHref(deviceId)}>See what it sends</a>
      </span>
    </p>
  ) : (
    <p class="quiet" role="status" data-heard="no">
      Waiting for a message from {deviceId}… If none arrives, the <a href="#/inspector">Inspector</a> shows whether the
      hub refused something, and why.
    </p>
  );
}
