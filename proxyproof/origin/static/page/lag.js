/** How late events arrive: the worst of each half second of the last minute, drawn as bars. */

const BARS = 120;
const WIDTH = 0.5; // seconds a bar
const HEIGHT = 40; // of the drawing
const SMALLEST_SCALE = 0.01; // seconds: less is noise and must not look like trouble

/** Keeps what the chart shows. */
export class Lags {
  /** @type {{ number: number, worst: number }[]} the bars that have an event, oldest first. */
  #bars = [];

  /**
   * @param {number} at seconds, of the arrival.
   * @param {number} lag seconds.
   */
  add(at, lag) {
    const number = Math.floor(at / WIDTH);
    const last = this.#bars.at(-1);
    if (last?.number === number) {
      last.worst = Math.max(last.worst, lag);
      return;
    }
    this.#bars.push({ number, worst: lag });
    this.#bars.splice(0, this.#bars.length - BARS);
  }

  /**
   * The last minute as a path, and the worst lag in it; null: nothing came.
   *
   * @param {number} now seconds.
   * @returns {{ path: string, worst: number | null, newest: number | null }}
   */
  drawn(now) {
    const first = Math.floor(now / WIDTH) - BARS + 1;
    const bars = this.#bars.filter(({ number }) => number >= first);
    const worst = Math.max(...bars.map((bar) => bar.worst));
    const scale = Math.max(worst, SMALLEST_SCALE);
    const path = bars.map((bar) => stroke(bar.number - first, bar.worst / scale)).join("");
    const newest = bars.at(-1)?.worst ?? null;
    return { path, worst: newest === null ? null : worst, newest };
  }
}

/**
 * @param {number} place
 * @param {number} part of the height, at most 1.
 */
function stroke(place, part) {
  const length = Math.max(1, part * HEIGHT); // also of a clock that is behind
  return `M${place + 0.5} ${HEIGHT}v${-length.toFixed(1)}`;
}

/**
 * Seconds from the timestamp of an event to now; null if it has none.
 *
 * @param {unknown} timestamp
 * @param {number} now seconds.
 */
export function lagOf(timestamp, now) {
  if (typeof timestamp !== "string") return null;
  const at = Date.parse(timestamp) / 1000;
  return Number.isNaN(at) ? null : now - at;
}

/** @param {number} seconds */
export function shortLag(seconds) {
  if (Math.abs(seconds) < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  return Math.abs(seconds) < 99.5 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}
