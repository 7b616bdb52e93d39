/** The list of the page's keys, with the switch that turns them off. */
import { SHORTCUTS, shortcuts } from "../preferences/shortcuts.ts";
import { Modal } from "../ui/modal.tsx";
import { OnSwitch } from "../ui/on-switch.tsx";
import { isHelpOpen } from "./help-open.ts";

export function KeyHelp() {
  if (!isHelpOpen.value) return null;
  return (
    <Modal
      title="Keyboard shortcuts"
      close={() => {
        isHelpOpen.value = false;
      }}
    >
      <dl class="key-list">
        {SHORTCUTS.map(({ keys, words }) => (
          <div key={words}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <div class="key-switch">
        <span>Keyboard shortcuts</span>
        <OnSwitch
          name="Keyboard shortcuts"
          isOn={shortcuts.value === "on"}
          isBusy={false}
          turn={() => {
            shortcuts.value = shortcuts.peek() === "on" ? "off" : "on";
          }}
        />
      </div>
    </Modal>
  );
}
