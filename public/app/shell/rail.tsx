/** The pages of the dashboard, the connection's state and the account: a rail on a desk; a bar and tabs on a phone. */
import type { ComponentChildren } from "preact";
import { mayAddBoard } from "../access/board-access.ts";
import { isIn } from "../hub/session.ts";
import { Icon, type IconName } from "../ui/icon.tsx";
import { type Route, route } from "../ui/route.ts";
import { AccountMenu } from "./account-menu.tsx";
import { AlertBell } from "./alert-bell.tsx";
import { InspectorCount } from "./inspector-count.tsx";
import { StatusChip } from "./status-chip.tsx";

export function Rail() {
  return (
    <header class={isIn.value ? "rail" : "rail rail-bare"}>
      <a class="brand" href="#/">
        Aerie
      </a>
      {isIn.value && <Pages />}
      <div class="rail-foot">
        {isIn.value && <StatusChip />}
        <AccountMenu />
      </div>
    </header>
  );
}

const OF_INSPECTOR: ReadonlySet<Route["page"]> = new Set(["inspector", "live", "clients", "retained", "topics"]);

function Pages() {
  const { page } = route.value;
  return (
    <nav aria-label="Pages">
      <PageLink href="#/" icon="overview" here={page === "overview" || page === "device"}>
        Overview
      </PageLink>
      <PageLink href="#/views" icon="view" here={page === "views" || page === "view"}>
        Views
      </PageLink>
      <AlertBell here={page === "alerts" || page === "rule"} />
      <PageLink href="#/inspector" icon="inspector" here={OF_INSPECTOR.has(page)}>
        Inspector
        <InspectorCount />
      </PageLink>
      <PageLink href="#/settings" icon="settings" here={page === "settings"}>
        Settings
      </PageLink>
      {mayAddBoard() && (
        <PageLink href="#/add" icon="add" here={page === "add"} isButton>
          Add board
        </PageLink>
      )}
    </nav>
  );
}

interface PageLinkProps {
  readonly href: string;
  readonly icon: IconName;
  readonly here: boolean;
  /** It begins something, rather than showing something. */
  readonly isButton?: boolean;
  readonly children: ComponentChildren;
}

function PageLink({ href, icon, here, isButton = false, children }: PageLinkProps) {
  return (
    <a href={href} class={isButton ? "rail-button" : ""} aria-current={here ? "page" : undefined}>
      <Icon name={icon} />
      {children}
    </a>
  );
}
