/** What a screen reader is told: each turn of the stream and each answer to a press, and no event. */

import { write } from "./elements.js";

const PAUSE = 1000; // milliseconds: of several turns in a row the last one is told
const GAP = 100; // milliseconds that the region is empty: only what changes is read out

/** A live region that does not chatter. */
export class Announcer {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Element} region */
  constructor(region) {
    this.region = region;
  }

  /**
   * The answer to something that the user did: at once, and again if it is the same once more.
   *
   * @param {string} text
   */
  answer(text) {
    clearTimeout(this.#timer);
    const repeated = this.region.textContent === text;
    write(this.region, repeated ? "" : text);
    if (repeated) this.#timer = setTimeout(() => write(this.region, text), GAP);
  }

  /**
   * Something that happened by itself: when it has settled.
   *
   * @param {string} text
   */
  tell(text) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => write(this.region, text), PAUSE);
  }
}
