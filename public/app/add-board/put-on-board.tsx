/** What to put on a board so that it reaches the hub. What is typed here stays in the page. */
import { useSignal } from "@preact/signals";
import type { ListenAddress } from "../../../src/contract/answers/settings-answer.ts";
import type { Recipe } from "../access/recipes/recipe.ts";
import { CommandLine } from "../ui/command-line.tsx";
import { Select } from "../ui/form-fields.tsx";
import { TextField } from "../ui/text-field.tsx";
import type { Connected } from "./connected-board.ts";
import { hostsOf, mqttPort } from "./hub-hosts.ts";

interface PutOnBoardProps {
  recipe: Recipe;
  board: Connected;
  addresses: readonly ListenAddress[];
}

export function PutOnBoard({ recipe, board, addresses }: PutOnBoardProps) {
  const wifiName = useSignal("");
  const wifiPassword = useSignal("");
  const chosen = useSignal("");
  const hosts = hostsOf(addresses);
  const host = hosts.includes(chosen.value) ? chosen.value : (hosts[0] ?? location.hostname);
  const { name, login, secret, checkedId } = board;
  if (secret === undefined) {
    return (
      <section aria-labelledby="put-on-board" data-let-in={checkedId}>
        <h2 id="put-on-board">2. {checkedId} is let in</h2>
        <p class="quiet">It keeps the password that it has, and connects again by itself.</p>
      </section>
    );
  }
  const text = recipe.text({
    host,
    port: mqttPort(),
    name,
    login,
    secret,
    wifiName: wifiName.value,
    wifiPassword: wifiPassword.value,
  });
  return (
    <section aria-labelledby="put-on-board">
      <h2 id="put-on-board">2. Put this on the board</h2>
      <p class="quiet">
        {recipe.where}
        {secret !== "" && " It contains the secret, which is shown only once."}
        {recipe.asksWifi === true && " The Wi-Fi name and password stay in this page and are not sent to the hub."}
      </p>
      {(recipe.asksWifi === true || hosts.length > 1) && (
        <div class="wifi">
          {recipe.asksWifi === true && (
            <>
              <TextField label="Wi-Fi name" value={wifiName} />
              {/* Not hidden: it stands in the code below. */}
              <TextField label="Wi-Fi password" value={wifiPassword} />
            </>
          )}
          {hosts.length > 1 && (
            <Select
              label="Address of the hub, as the board reaches it"
              value={host}
              choices={hosts.map((each) => [each, each] as const)}
              change={(next) => {
                chosen.value = next;
              }}
            />
          )}
        </div>
      )}
      <CommandLine name="the code" command={text} isLong />
    </section>
  );
}
