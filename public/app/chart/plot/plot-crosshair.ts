/** The line at the instant that a pointer or the keys chose, and the dot on the value there. */

interface Area {
  readonly over: HTMLElement;
  valToPos(value: number, scale: string): number;
}

export interface CrosshairData {
  readonly t: readonly number[];
  readonly mean: readonly (number | null)[];
}

export interface Crosshair {
  /** Undefined: hides it. */
  show(instant: number | undefined): void;
  /** After the plot was drawn. */
  draw(area: Area, data: CrosshairData): void;
}

export function createCrosshair(): Crosshair {
  const line = document.createElement("div");
  const dot = document.createElement("div");
  line.className = "crosshair";
  dot.className = "crosshair-dot";
  let instant: number | undefined;
  let drawn: [Area, CrosshairData] | undefined;

  function draw(area: Area, data: CrosshairData): void {
    drawn = [area, data];
    if (line.parentNode !== area.over) area.over.append(line, dot);
    const left = instant === undefined ? -1 : area.valToPos(instant, "x");
    line.hidden = !(left >= 0 && left <= area.over.clientWidth);
    const index = line.hidden || instant === undefined ? undefined : nearestValue(data, instant);
    const [at, value] = index === undefined ? [] : [data.t[index], data.mean[index]];
    dot.hidden = at === undefined || value === undefined || value === null;
    line.style.translate = `${Math.round(left)}px`;
    if (at === undefined || value === undefined || value === null) return;
    dot.style.translate = `${Math.ceil(area.valToPos(at, "x"))}px ${Math.ceil(area.valToPos(value, "y"))}px`;
  }
  return {
    show(next) {
      instant = next;
      if (drawn !== undefined) draw(...drawn);
    },
    draw,
  };
}

/** Index of the reading next to the instant; where it is none, of the next one that has a value. */
export function nearestValue({ t, mean }: CrosshairData, instant: number): number | undefined {
  let low = 0;
  let high = t.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((t[middle] ?? 0) < instant) low = middle;
    else high = middle;
  }
  const near = instant - (t[low] ?? 0) <= (t[high] ?? 0) - instant ? low : high;
  for (let away = 0; away < t.length; away++) {
    for (const index of [near - away, near + away]) {
      if (mean[index] !== undefined && mean[index] !== null) return index;
    }
  }
  return undefined;
}
