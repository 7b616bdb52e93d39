/** Who and what may use the hub: people, tokens for programs, MQTT credentials of boards and applications. */
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
import { fullTime } from "../ui/time-words.ts";
import { AddPerson, AddToken, ChangePerson } from "./access-forms.tsx";
import { AccessList } from "./access-list.tsx";
import { AddApplication } from "./application-form.tsx";

const at = (time: string | null): string => (time === null ? "never" : fullTime(Date.parse(time)));
const filters = (topics: readonly string[]): string => topics.join(", ") || "nothing";

export const People = () => (
  <AccessList
    title="Accounts"
    columns={["Name", "Role", "Since"]}
    read={async () =>
      (await getUsers()).users.map(({ id, name, role, createdAt }) => ({ id, name, cells: [role, at(createdAt)] }))
    }
    remove={deleteUser}
    removal="will no longer be able to sign in"
    addWords="Add a person"
    Add={AddPerson}
    Change={ChangePerson}
  />
);

export const Tokens = () => (
  <AccessList
    title="Tokens for programs"
    columns={["Name", "Role", "Expires", "Last used"]}
    read={async () =>
      (await getTokens()).tokens.map(({ id, name, scope, expiresAt, lastUsedAt }) => ({
        id,
        name,
        cells: [scope, at(expiresAt), at(lastUsedAt)],
      }))
    }
    remove={deleteToken}
    removal="will stop working at once"
    secretIs={(name) =>
      `This is the token of ${name}. The program sends it in each request: Authorization: Bearer <token>.`
    }
    addWords="Create a token"
    Add={AddToken}
  />
);

export const Applications = () => (
  <AccessList
    title="MQTT clients of programs"
    columns={["Name", "Publishes to", "Subscribes to", "Last used"]}
    read={async () =>
      (await getApplications()).applications.map(({ id, name, publish, subscribe, lastUsedAt }) => ({
        id,
        name,
        cells: [filters(publish), filters(subscribe), at(lastUsedAt)],
      }))
    }
    remove={deleteApplication}
    removal="will be disconnected and cannot connect again"
    secretIs={(name) => `${name} logs in with this MQTT password and any user name.`}
    addWords="Add an application"
    Add={AddApplication}
  />
);

export const Boards = () => (
  <AccessList
    title="Boards"
    columns={["Device", "Kind", "Last used"]}
    read={async () =>
      (await getBoards()).boards.map(({ deviceId, family, lastUsedAt }) => ({
        id: deviceId,
        name: deviceId,
        cells: [FAMILY_NAMES[family], at(lastUsedAt)],
      }))
    }
    remove={deleteBoard}
    removal="will be disconnected and cannot connect again; its readings stay"
    addWords="Add board"
    addHref="#/add"
  />
);
