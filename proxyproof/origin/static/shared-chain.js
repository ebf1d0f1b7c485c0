/**
 * How a tab knows that it was given every event once: each is linked to the one before.
 *
 * @typedef {import("./message.js").StreamEvent} StreamEvent
 *
 * @typedef {object} Link
 * @property {StreamEvent} event
 * @property {string | null} before the position of the stream before this event.
 * @property {string | null} position the position after it.
 */

// When the lead passes on, the next tab may ask again for what the last one shared at its end.
const REMEMBERED = 2000;

/** What one tab was given. */
export class Chain {
  /** @type {Set<string>} */
  #taken = new Set();

  /** @param {string | null} position */
  constructor(position) {
    this.position = position;
  }

  /**
   * Begin where the others are, unless it has begun.
   *
   * @param {string | null} position
   */
  join(position) {
    this.position ??= position;
  }

  /**
   * Take a position that came without an event, if nothing was missed before it.
   *
   * @param {string | null} before
   * @param {string} position
   */
  move(before, position) {
    if (this.position === null || this.position === before) this.position = position;
  }

  /**
   * Take the next link.
   *
   * @param {Link} link
   * @returns {{ taken: boolean, missed: string | null }} whether it is new, and after which position
   *   something was missed.
   */
  take({ event, before, position }) {
    if (event.id !== "" && this.#taken.has(event.id)) return { taken: false, missed: null };
    const own = this.position;
    // A gap of the origin says itself what is missing.
    const isNext = own === null || own === before || event.type === "gap";
    this.position = position;
    if (event.id !== "") this.#remember(event.id);
    return { taken: true, missed: isNext ? null : own };
  }

  /** @param {string} id */
  #remember(id) {
    this.#taken.add(id);
    const [oldest] = this.#taken;
    if (this.#taken.size > REMEMBERED && oldest !== undefined) this.#taken.delete(oldest);
  }
}

/**
 * The event that says what a tab was not given: never silence.
 *
 * @param {string} requested
 * @param {Link} link the first that it was given again.
 * @returns {StreamEvent}
 */
export function gapBetween(requested, { event, before }) {
  const data = { type: "gap", reason: "not-shared", requested, oldest: event.id, newest: before };
  return { id: "", type: "gap", data, raw: JSON.stringify(data), at: event.at };
}
