/** The list of events, newest first: a bounded number of rows that are rewritten in place. */

import { write } from "./elements.js";
import { shortLag } from "./lag.js";

/**
 * @typedef {import("../message.js").JsonObject} JsonObject
 *
 * @typedef {object} Shown an event, and when it arrived.
 * @property {JsonObject} data
 * @property {number | null} lag seconds from its timestamp to its arrival; null: not known.
 */

const CELLS = /** @type {const} */ (["time", "type", "loop", "detail", "late"]);
const TONES = new Map([
  ["loop.created", "good"],
  ["loop.started", "good"],
  ["loop.completed", "good"],
  ["loop.accepted", "good"],
  ["server.connected", "good"],
  ["loop.error", "bad"],
  ["server.error", "bad"],
  ["loop.deleted", "bad"],
  ["gap", "wait"],
  ["closed", "wait"],
]);

// Rows that a screen shows without scrolling are rewritten each frame, those below less often: what
// nobody looks at must not cost what the eye follows.
const NEAR = 30;
const LATER = 250; // milliseconds

/** Rows stay where they are; only what stands in them changes. */
export class EventList {
  /** @type {Row[]} */
  #rows = [];
  /** @type {readonly Shown[]} */
  #events = [];
  /** @type {ReturnType<typeof setTimeout> | null} */
  #timer = null;

  /**
   * @param {HTMLOListElement} list
   * @param {Element} empty what is shown while there is nothing.
   */
  constructor(list, empty) {
    this.list = list;
    this.empty = empty;
  }

  /**
   * Show these events, which come oldest first.
   *
   * @param {readonly Shown[]} events
   */
  show(events) {
    this.#events = events;
    this.#fill(0, NEAR);
    this.#timer ??= setTimeout(() => this.#fillBelow(), LATER);
    this.empty.toggleAttribute("hidden", events.length > 0);
  }

  #fillBelow() {
    this.#timer = null;
    this.#fill(NEAR, Math.max(this.#events.length, this.#rows.length));
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  #fill(from, to) {
    const count = Math.min(to, this.#events.length);
    while (this.#rows.length < count) this.#rows.push(new Row(this.list));
    for (const [index, row] of this.#rows.slice(from, to).entries()) {
      row.show(this.#events[this.#events.length - 1 - from - index] ?? null);
    }
  }
}

class Row {
  #item = document.createElement("li");
  /** @type {Record<typeof CELLS[number], HTMLElement>} */
  #cells;
  /** @type {Shown | null} */
  #shown = null;

  /** @param {HTMLOListElement} list */
  constructor(list) {
    const cells = CELLS.map((name) => {
      const cell = document.createElement(name === "time" ? "time" : "span");
      cell.className = name;
      return /** @type {const} */ ([name, cell]);
    });
    this.#cells = /** @type {Record<typeof CELLS[number], HTMLElement>} */ (
      Object.fromEntries(cells)
    );
    this.#item.append(...cells.map(([, cell]) => cell));
    list.append(this.#item);
  }

  /** @param {Shown | null} shown */
  show(shown) {
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#item.hidden = shown === null;
    if (shown !== null) this.#fill(shown);
  }

  /** @param {Shown} shown */
  #fill({ data, lag }) {
    const { id, type, timestamp, loopId, ...rest } = data;
    write(this.#cells.time, clockTime(timestamp));
    write(this.#cells.type, String(type));
    write(this.#cells.loop, typeof loopId === "string" ? loopId : "–");
    write(this.#cells.detail, detail(rest));
    write(this.#cells.late, lag === null ? "" : shortLag(lag));
    this.#item.title = String(id ?? "");
    this.#item.dataset.tone = TONES.get(String(type)) ?? "plain";
  }
}

/** @param {JsonObject} fields */
function detail(fields) {
  const { text, message, ...others } = fields;
  const said = text ?? message;
  if (typeof said === "string" && Object.keys(others).length === 0) return said;
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
}

/**
 * The time of day of a timestamp, with milliseconds.
 *
 * @param {unknown} timestamp
 */
function clockTime(timestamp) {
  const at = new Date(String(timestamp));
  if (Number.isNaN(at.getTime())) return "–";
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const seconds = `${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  return `${two(at.getHours())}:${two(at.getMinutes())}:${seconds}`;
}
