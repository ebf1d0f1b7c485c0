/**
 * The stream as a store, for components of any framework; `react.js` makes a hook of it.
 *
 *     const store = createEvents({ url: "/", loopId: "a", maxEvents: 500 });
 *     const unsubscribe = store.subscribe(() => render(store.getSnapshot()));
 *     store.connect();
 *
 * The snapshot is a new object when something changed and the same one when nothing did. Events
 * reach it once a frame, so that a burst costs one rendering; `onEvent` gets each at once.
 */

import { EventStream } from "./client.js";
import { canShare, SharedStream } from "./shared.js";

/**
 * @typedef {import("./client.js").Change} Change
 * @typedef {import("./client.js").Status} Status
 * @typedef {import("./client.js").StreamEvent} StreamEvent
 * @typedef {import("./client.js").StreamOptions} StreamOptions
 * @typedef {import("./message.js").JsonObject} JsonObject
 *
 * @typedef {object} Own
 * @property {string | URL} [url] default `/`: the application that serves the page.
 * @property {boolean} [autoConnect] connect when the component is there; default true.
 * @property {boolean} [shared] take part in one stream of all tabs; default false.
 * @property {number} [maxEvents] how many of the newest events are kept; default 1000.
 * @property {(event: JsonObject, whole: StreamEvent) => void} [onEvent] takes each event at once.
 * @property {(status: Status, change: Change) => void} [onStatusChange]
 * @property {(act: () => void) => void} [schedule] when to show events; default: the next frame.
 *
 * @typedef {Own & Omit<StreamOptions, "onEvent" | "onStatus">} EventsOptions
 *
 * @typedef {object} Snapshot
 * @property {readonly JsonObject[]} events the newest events, oldest first.
 * @property {Status} status
 * @property {Change["transport"]} transport
 * @property {string} reason why the status is what it is.
 */

/** @type {Snapshot} */
const NOTHING = Object.freeze({ events: [], status: "closed", transport: null, reason: "" });

/** One stream at a time, what came of it, and who wants to know. */
export class EventsStore {
  #options;
  /** @type {EventStream | SharedStream | null} */
  #stream = null;
  /** @type {Promise<unknown>} resolves when the connection before is gone. */
  #before = Promise.resolve();
  #snapshot = NOTHING;
  /** @type {JsonObject[]} came, and are not shown yet. */
  #fresh = [];
  #scheduled = false;
  /** @type {Set<() => void>} */
  #listeners = new Set();

  /** @param {EventsOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /**
   * Call `listener` whenever the snapshot changes.
   *
   * @param {() => void} listener
   * @returns {() => void} ends that.
   */
  subscribe = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  getSnapshot = () => this.#snapshot;

  /**
   * Take other options. Callbacks and bounds hold from now on. Another stream (`url`, `loopId`,
   * `transport`, `shared`) ends the present one and begins with no events; connect then.
   *
   * @param {EventsOptions} options
   */
  update = (options) => {
    const before = this.#options;
    this.#options = options;
    if (isSameStream(before, options)) return;
    this.disconnect(); // shows what came: nothing is left for the next stream
    this.#stream = null;
    this.#show(NOTHING);
  };

  /** Open the stream, when the connection before it is gone; harmless if it is open. */
  connect = () => {
    this.#stream ??= this.#make();
    this.#stream.connect(this.#before);
  };

  /**
   * Close the stream. What came stays.
   *
   * @returns {Promise<unknown>} resolves when the connection is gone.
   */
  disconnect = () => {
    if (this.#stream !== null) this.#before = this.#stream.disconnect();
    return this.#before;
  };

  /** Forget the events. */
  clearEvents = () => {
    this.#fresh = [];
    this.#show({ ...this.#snapshot, events: [] });
  };

  #make() {
    const { url = "/", shared = false, onEvent, onStatusChange, ...rest } = this.#options;
    const Stream = shared && canShare() ? SharedStream : EventStream;
    /** @type {EventStream | SharedStream} */
    const stream = new Stream(url, {
      ...rest,
      onEvent: (event) => this.#stream === stream && this.#take(event),
      onStatus: (change) => this.#stream === stream && this.#note(change),
    });
    return stream;
  }

  /** @param {StreamEvent} event */
  #take(event) {
    const { maxEvents = 1000, onEvent, schedule = nextFrame } = this.#options;
    const data = shown(event);
    this.#fresh.push(data);
    // A hidden page has no frames: what would be dropped anyway does not pile up.
    if (this.#fresh.length > 2 * maxEvents) this.#fresh = newest(this.#fresh, maxEvents);
    if (!this.#scheduled) {
      this.#scheduled = true;
      schedule(() => this.#flush());
    }
    onEvent?.(data, event);
  }

  /** @param {Change} change */
  #note(change) {
    const { status, transport, reason } = change;
    this.#show({ ...this.#snapshot, events: this.#events(), status, transport, reason });
    this.#options.onStatusChange?.(status, change);
  }

  #flush() {
    this.#scheduled = false;
    if (this.#fresh.length > 0) this.#show({ ...this.#snapshot, events: this.#events() });
  }

  #events() {
    if (this.#fresh.length === 0) return this.#snapshot.events;
    const all = [...this.#snapshot.events, ...this.#fresh];
    this.#fresh = [];
    return newest(all, this.#options.maxEvents ?? 1000);
  }

  /** @param {Snapshot} snapshot */
  #show(snapshot) {
    this.#snapshot = snapshot;
    for (const listener of [...this.#listeners]) listener();
  }
}

/**
 * Make a store; nothing is opened before `connect()`.
 *
 * @param {EventsOptions} [options]
 */
export function createEvents(options = {}) {
  return new EventsStore(options);
}

/**
 * @param {EventsOptions} one
 * @param {EventsOptions} other
 */
function isSameStream(one, other) {
  const key = (/** @type {EventsOptions} */ { url = "/", loopId, transport, shared }) =>
    JSON.stringify([String(url), loopId ?? null, transport ?? "auto", shared ?? false]);
  return key(one) === key(other);
}

/**
 * The event as its JSON says it; text that is no JSON object stands in `data`.
 *
 * @param {StreamEvent} event
 * @returns {JsonObject}
 */
function shown({ data, id, type, raw }) {
  return Object.keys(data).length > 0 ? data : { id, type, data: raw };
}

/**
 * @template T
 * @param {T[]} items
 * @param {number} count
 */
function newest(items, count) {
  return items.slice(Math.max(0, items.length - count));
}

/** @param {() => void} act */
function nextFrame(act) {
  let done = false;
  const once = () => {
    if (!done) act();
    done = true;
  };
  globalThis.requestAnimationFrame?.(once);
  // A hidden page has no frames, but its title may show what came.
  setTimeout(once, 250);
}
