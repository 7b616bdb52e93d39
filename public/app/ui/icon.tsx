/** The icons, drawn for Aerie on a 16 × 16 grid. Each stands beside a word that says the same. */

const DRAWINGS = {
  /** Filled, with a tick cut out of it. */
  online: (
    <path
      fill="currentColor"
      fill-rule="evenodd"
      d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm3.9 5.3L7.3 11a.9.9 0 0 1-1.3 0L4 9l1.2-1.2 1.4 1.4 4-4 1.3 1.1Z"
    />
  ),
  /** An hourglass. */
  late: <path {...stroke(1.6)} d="M3.8 2h8.4M3.8 14h8.4M5 2v2.6L8 8l3-3.4V2M5 14v-2.6L8 8l3 3.4V14" />,
  /** A crescent, filled. */
  asleep: <path fill="currentColor" d="M13.6 9.9A6.2 6.2 0 0 1 6.1 2.4a6.2 6.2 0 1 0 7.5 7.5Z" />,
  /** Hollow, struck through. */
  offline: <path {...stroke(1.7)} d="M8 1.9a6.1 6.1 0 1 0 0 12.2A6.1 6.1 0 0 0 8 1.9Zm-4.3 1.8 8.6 8.6" />,
  fire: (
    <path
      fill="currentColor"
      d="M8.6 1c.5 2.6 3.9 4.2 3.9 8.1A4.6 4.6 0 0 1 8 14.8a4.6 4.6 0 0 1-4.5-4.6c0-1.9.9-3.2 1.9-4.3.2 1.3.7 2 1.4 2.3C6.5 5.6 7 3.2 8.6 1Z"
    />
  ),
  warning: <path {...stroke(1.6)} d="M8 2 1.6 13.4h12.8L8 2Zm0 4.4v3.4m0 1.6v.5" />,
  /** Filled, with eight corners: worse than a triangle, without colour too. */
  critical: (
    <path
      fill="currentColor"
      fill-rule="evenodd"
      d="M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2L5.2 1Zm2 3v5.2h1.6V4H7.2Zm0 6.4V12h1.6v-1.6H7.2Z"
    />
  ),
  info: <path {...stroke(1.6)} d="M8 1.9a6.1 6.1 0 1 0 0 12.2A6.1 6.1 0 0 0 8 1.9Zm0 5.4v3.9m0-6.5v.4" />,
  bell: (
    <path
      {...stroke(1.5)}
      d="M3 12h10c-1.1-1.1-1.6-2.3-1.6-5A3.4 3.4 0 0 0 8 3.4 3.4 3.4 0 0 0 4.6 7c0 2.7-.5 3.9-1.6 5Zm3.7 2.2h2.6M8 3.4V1.8"
    />
  ),
  snooze: <path {...stroke(1.5)} d="M2.5 8h4.6l-4.6 5.5h4.6M9.3 2.5h4.2L9.3 7.6h4.2" />,
  done: <path {...stroke(1.8)} d="m3 8.6 3.3 3.2L13 4.6" />,
  clock: <path {...stroke(1.6)} d="M8 1.9a6.1 6.1 0 1 0 0 12.2A6.1 6.1 0 0 0 8 1.9ZM8 4.6V8.2l2.4 1.4" />,
  search: <path {...stroke(1.6)} d="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Zm3.3 7.8 3.4 3.4" />,
  light: (
    <path
      {...stroke(1.5)}
      d="M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6Zm0-4v1.5m0 11V15M1 8h1.5m11 0H15M3 3l1.1 1.1m7.8 7.8L13 13M3 13l1.1-1.1m7.8-7.8L13 3"
    />
  ),
  dark: <path {...stroke(1.5)} d="M13.5 9.6A6 6 0 0 1 6.4 2.5a6 6 0 1 0 7.1 7.1Z" />,
  table: <path {...stroke(1.4)} d="M2 3h12v10H2V3Zm0 3.4h12M2 9.7h12M6.2 6.4V13" />,
  overview: (
    <path
      {...stroke(1.5)}
      d="M2.5 2.5h4.2v4.2H2.5V2.5Zm6.8 0h4.2v4.2H9.3V2.5ZM2.5 9.3h4.2v4.2H2.5V9.3Zm6.8 0h4.2v4.2H9.3V9.3Z"
    />
  ),
  /** A document under a lens. */
  inspector: (
    <path
      {...stroke(1.5)}
      d="M12 6V2H3v12h3.5M5.3 5h4.4M5.3 8h1.5m3.9-.5a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2Zm1.9 4.6 1.9 1.9"
    />
  ),
  /** Three sliders. */
  settings: (
    <path {...stroke(1.5)} d="M2 4h5m3.5 0H14M8.7 2.4v3.2M2 8h2m3.5 0H14M5.7 6.4v3.2M2 12h7m3.5 0H14M10.7 10.4v3.2" />
  ),
  add: <path {...stroke(1.7)} d="M8 2.8v10.4M2.8 8h10.4" />,
  person: (
    <path {...stroke(1.5)} d="M8 2a2.9 2.9 0 1 0 0 5.8A2.9 2.9 0 0 0 8 2ZM2.6 14c.4-2.6 2.6-4 5.4-4s5 1.4 5.4 4" />
  ),
  pause: <path {...stroke(2)} d="M5.5 3.5v9m5-9v9" />,
  resume: <path fill="currentColor" d="M4.5 2.5v11l9-5.5-9-5.5Z" />,
  back: <path {...stroke(1.7)} d="M10 3 5 8l5 5" />,
  forth: <path {...stroke(1.7)} d="m6 3 5 5-5 5" />,
  nearer: <path {...stroke(1.6)} d="M8 3.2v9.6M3.2 8h9.6" />,
  further: <path {...stroke(1.6)} d="M3.2 8h9.6" />,
  pin: <path {...stroke(1.5)} d="M6 2.2h4M6.7 2.2v4L4.4 9.2h7.2L9.3 6.2v-4M8 9.2v4.6" />,
  /** A picture with a line in it. */
  view: <path {...stroke(1.5)} d="M2 3h12v10H2V3Zm2 7 2.6-3.2 2.4 2L12 5.6" />,
  download: <path {...stroke(1.5)} d="M8 2.2v7.6M4.8 6.9 8 10.1l3.2-3.2M2.8 13.4h10.4" />,
} as const;

export type IconName = keyof typeof DRAWINGS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" data-icon={name}>
      {DRAWINGS[name]}
    </svg>
  );
}

function stroke(width: number) {
  return {
    fill: "none",
    stroke: "currentColor",
    "stroke-width": width,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  } as const;
}
