/** The settings page: people, tokens for programs, MQTT credentials of boards and applications. */
import { FAMILY_NAMES } from "../../../src/contract/families.ts";
import {
  deleteApplication,
  deleteBoard,
  deleteToken,
  deleteUser,
  getApplications,
  getBoards,
  getTokens,
  getUsers,
} from "../hub/api.ts";
import { reaches } from "../hub/session.ts";
import { usePageTitle } from "../ui/page-title.ts";
import { fullTime } from "../ui/time-words.ts";
import { AddPerson, AddToken, ChangePerson } from "./access-forms.tsx";
import { AccessList } from "./access-list.tsx";
import { AddApplication } from "./application-form.tsx";
import { WithoutSecret } from "./without-secret.tsx";

const used = (at: string | null): string => (at === null ? "never used" : `used ${fullTime(Date.parse(at))}`);
const expires = (at: string | null): string =>
  at === null ? "does not expire" : `expires ${fullTime(Date.parse(at))}`;

export function SettingsPage() {
  usePageTitle("Settings");
  return (
    <>
      <h1>Settings</h1>
      {reaches("owner") && (
        <>
          <AccessList
            title="People"
            read={async () => (await getUsers()).users.map(({ id, name, role }) => ({ id, name, about: role }))}
            remove={deleteUser}
            removal="will no longer be able to sign in"
            Add={AddPerson}
            Change={ChangePerson}
          />
          <AccessList
            title="Tokens for programs"
            read={async () =>
              (await getTokens()).tokens.map(({ id, name, scope, expiresAt, lastUsedAt }) => ({
                id,
                name,
                about: `${scope}, ${expires(expiresAt)}, ${used(lastUsedAt)}`,
              }))
            }
            remove={deleteToken}
            removal="will stop working at once"
            secretIs={(name) =>
              `This is the token of ${name}. The program sends it in each request: Authorization: Bearer <token>.`
            }
            Add={AddToken}
          />
          <AccessList
            title="Applications (MQTT)"
            read={async () =>
              (await getApplications()).applications.map(({ id, name, publish, subscribe, lastUsedAt }) => ({
                id,
                name,
                about: `publishes to ${publish.join(", ") || "nothing"}, subscribes to ${subscribe.join(", ") || "nothing"}, ${used(lastUsedAt)}`,
              }))
            }
            remove={deleteApplication}
            removal="will be disconnected and cannot connect again"
            secretIs={(name) => `${name} logs in with this MQTT password and any user name.`}
            Add={AddApplication}
          />
        </>
      )}
      {reaches("operator") ? (
        <>
          <Boards />
          <WithoutSecret />
        </>
      ) : (
        <p class="quiet">
          Only an operator or owner can connect boards. Only an owner can add people, tokens and applications.
        </p>
      )}
      <p class="quiet">
        Aerie is published under the MIT licence. This dashboard also contains other software:{" "}
        <a href="third-party-licenses.txt">third-party licences</a>.
      </p>
    </>
  );
}

function Boards() {
  return (
    <AccessList
      title="Boards"
      read={async () =>
        (await getBoards()).boards.map(({ deviceId, family, lastUsedAt }) => ({
          id: deviceId,
          name: deviceId,
          about: `${family === "native" ? "" : `${FAMILY_NAMES[family]}, `}${used(lastUsedAt)}`,
        }))
      }
      remove={deleteBoard}
      removal="will be disconnected and cannot connect again; its readings stay"
      Add={ConnectBoard}
    />
  );
}

function ConnectBoard() {
  return (
    <p>
      <a href="#/add">Connect a board</a>
    </p>
  );
}
