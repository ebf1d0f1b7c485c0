/** What a screen reader is told: each turn of the stream and each answer to a press, and no event. */

import { write } from "./elements.js";

const PAUSE = 1000; // milliseconds: of several turns in a row the last one is told

/** A live region that does not chatter. */
export class Announcer {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Element} region */
  constructor(region) {
    this.region = region;
  }

  /**
   * The answer to something that the user did: at once.
   *
   * @param {string} text
   */
  answer(text) {
    clearTimeout(this.#timer);
    write(this.region, text);
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
