/** The menu of the person before the page: theme, keys, sign out. */
import { session, signOut } from "../hub/session.ts";
import { ThemeChoice } from "../settings/choices.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";
import { isHelpOpen } from "./help-open.ts";

export function AccountMenu() {
  const name = session.value?.name;
  return (
    <Menu
      buttonClass="account-button"
      panelClass="account-panel"
      button={
        <>
          <Icon name="person" />
          <span class="account-name">{name ?? "Menu"}</span>
        </>
      }
    >
      {(close) => (
        <>
          <ThemeChoice />
          <button
            type="button"
            onClick={() => {
              close();
              isHelpOpen.value = true;
            }}
          >
            Keyboard shortcuts
          </button>
          {name !== undefined && (
            <button type="button" onClick={() => void signOut()}>
              Sign out
            </button>
          )}
        </>
      )}
    </Menu>
  );
}
