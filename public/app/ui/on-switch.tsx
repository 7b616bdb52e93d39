/** A switch with the word on or off beside it. */

interface OnSwitchProps {
  /** Of what is switched. */
  readonly name: string;
  readonly isOn: boolean;
  readonly isBusy: boolean;
  readonly turn: () => void;
}

export const OnSwitch = ({ name, isOn, isBusy, turn }: OnSwitchProps) => (
  <label class="switch">
    <input
      type="checkbox"
      role="switch"
      aria-checked={isOn}
      checked={isOn}
      disabled={isBusy}
      aria-label={`${name} is on`}
      onChange={turn}
    />
    <span aria-hidden="true">{isOn ? "on" : "off"}</span>
  </label>
);
