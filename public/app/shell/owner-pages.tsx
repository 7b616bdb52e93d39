/** The pages of those who keep the hub, which are loaded together: adding a board, the settings, the inspector. */
import { AddBoard } from "../access/add-board.tsx";
import { Inspector } from "../inspector/inspector.tsx";
import { TopicsPage } from "../mapping/topics-page.tsx";
import { SettingsPage } from "../settings/settings-page.tsx";

const PAGES = { add: AddBoard, settings: SettingsPage, inspector: Inspector, topics: TopicsPage } as const;

export function OwnerPages({ page }: { page: keyof typeof PAGES }) {
  const Page = PAGES[page];
  return <Page />;
}
