/** Connects a board: by a secret with what to put on it, or by letting it in. Beside it is how far it has come. */
import { batch, type Signal, useSignal } from "@preact/signals";
import { isOpen, mayAddBoard } from "../access/board-access.ts";
import type { Recipe } from "../access/recipes/recipe.ts";
import { RECIPES } from "../access/recipes/recipes.ts";
import { type HubFault, toFault } from "../hub/api.ts";
import { session } from "../hub/session.ts";
import { usePageTitle } from "../ui/page-title.ts";
import { query } from "../ui/route.ts";
import { BoardChecker } from "./board-checker.tsx";
import { type Connected, connectedBy, withoutSecret } from "./connected-board.ts";
import { deviceIdOf } from "./device-id-of.ts";
import { JoinWindow, useJoining, WaitingBoards } from "./join-window.tsx";
import { NameBoard } from "./name-board.tsx";
import { PutOnBoard } from "./put-on-board.tsx";
import { useBoardCheck } from "./use-board-check.ts";

export function AddBoard() {
  usePageTitle("Add a board");
  const { isUnclaimed } = session.value ?? {};
  if (!mayAddBoard()) return <p class="quiet">Only an operator or owner can add a board.</p>;
  return (
    <>
      <h1>Add a board</h1>
      {isUnclaimed === true && (
        <p data-unclaimed>
          Until there is an account, only programs on this computer may send values, and they need no password. To let
          in the boards of your network, <a href="#/setup">make your account</a>.
        </p>
      )}
      <Connecting isOpen={isOpen()} kinds={isUnclaimed === true ? RECIPES.filter(isForComputers) : RECIPES} />
    </>
  );
}

const isForComputers = ({ kind }: Recipe): boolean => kind === "Command line" || kind === "Python";

interface ConnectingProps {
  /** No board needs a password. */
  isOpen: boolean;
  kinds: readonly Recipe[];
}

function Connecting({ isOpen, kinds }: ConnectingProps) {
  const asked = new URLSearchParams(query.peek());
  const recipe = useSignal<Recipe>(kinds.find(({ kind }) => kind === asked.get("kind")) ?? kinds[0] ?? RECIPES[0]);
  const name = useSignal(asked.get("id") ?? "");
  const board = useSignal<Connected | undefined>(undefined);
  const fault = useSignal<HubFault | undefined>(undefined);
  const joining = useJoining(!isOpen);

  const typedId = recipe.value.family === "native" ? deviceIdOf(name.value) : "";
  const known = isOpen ? withoutSecret(recipe.value, name.value) : board.value;
  const shown = known?.recipe.family === recipe.value.family ? known : undefined;
  const { found, restart } = useBoardCheck(shown?.checkedId ?? typedId);

  const show = (next: Connected) => {
    batch(() => {
      board.value = next;
      if (recipe.peek().family !== next.recipe.family) recipe.value = next.recipe;
    });
    restart(next.at);
  };
  const make = async (ofRecipe: Recipe, itsName: string) => {
    fault.value = undefined;
    try {
      show(await connectedBy(ofRecipe, itsName));
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
  };
  const typed = () => make(recipe.peek(), name.peek().trim());

  return (
    <div class="connect">
      <div class="connect-steps">
        <WaitingBoards joining={joining} letIn={show} />
        <section aria-labelledby="name-board">
          <h2 id="name-board">1. Kind and name</h2>
          <Kinds kinds={kinds} chosen={recipe} />
          <NameBoard
            recipe={recipe.value}
            name={name}
            found={found.value}
            fault={fault.value}
            make={isOpen ? undefined : typed}
          />
        </section>
        {shown !== undefined && (
          <PutOnBoard recipe={recipe.value} board={shown} addresses={found.value?.addresses ?? []} />
        )}
        {!isOpen && <JoinWindow joining={joining} />}
      </div>
      <BoardChecker
        found={found.value}
        board={shown}
        isOpen={isOpen}
        isAsked={(joining.state.value?.waiting ?? []).length > 0}
        fixes={{
          renew: () => (shown === undefined ? typed() : make(shown.recipe, shown.title ?? shown.name)),
          openWindow: joining.open,
          // Its credential got another family, and it keeps its password.
          renamed: (checkedId) => shown && show({ ...shown, checkedId, secret: undefined }),
        }}
      />
    </div>
  );
}

function Kinds({ kinds, chosen }: { kinds: readonly Recipe[]; chosen: Signal<Recipe> }) {
  return (
    <fieldset class="kinds" aria-label="Kind of board">
      {kinds.map((each) => (
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
