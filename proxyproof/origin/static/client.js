/**
 * The JavaScript client: one API over WebSocket and Server-Sent Events.
 *
 *     import { EventStream } from "/static/client.js";
 *
 *     const stream = new EventStream("/", {
 *       loopId: "a",                                   // default null: all loops
 *       onEvent: (event) => show(event.type, event.data),
 *       onStatus: ({ status, transport, reason }) => tell(status, transport, reason),
 *     });
 *     stream.connect();
 *     …
 *     await stream.disconnect();                       // resolves when the connection is gone
 *
 * It has the states and rules of the Python client (`proxyproof/client`): WebSocket first, fallback
 * to an event stream by fetch, return to WebSocket, resuming by the last id, full jitter, watchdog,
 * and `unauthorized` as an end that means: log in. Events are delivered as they arrive: nothing is
 * left out, sorted or made unique; a gap that the origin announces is an event of type `gap`.
 *
 * A component takes `use-events.js` (or `react.js`); many tabs share one stream by `shared.js`.
 * The whole reference is docs/javascript.md.
 */

import { PARTS } from "./assembly.js";
import { listenToPage } from "./page-signals.js";
import { makePolicy } from "./policy.js";

export { POLICY } from "./policy.js";

/**
 * @typedef {import("./ending.js").Ending} Ending
 * @typedef {import("./ending.js").TransportName} TransportName
 * @typedef {import("./message.js").StreamEvent} StreamEvent
 * @typedef {import("./parts.js").Parts} Parts
 * @typedef {import("./policy.js").Policy} Policy
 * @typedef {import("./state.js").Change} Change
 * @typedef {import("./state.js").Status} Status
 *
 * @typedef {object} StreamOptions
 * @property {"auto" | TransportName} [transport] `auto` (default) takes WebSocket, falls back and
 *   returns; `websocket`, `sse` (by fetch) or `eventsource` (the browser's own) take only that.
 * @property {string | null} [loopId] the one loop to receive; null: all.
 * @property {string | null} [resumeFrom] id of the last event that is known already.
 * @property {(event: StreamEvent) => void} [onEvent] takes each event as it comes.
 * @property {(change: Change) => void} [onStatus] takes each change of the status.
 * @property {(position: string) => void} [onPosition] takes the id to resume after where a connection
 *   tells it without an event, as at its beginning.
 * @property {Partial<Policy>} [policy] durations and bounds other than `POLICY`.
 * @property {RequestCredentials} [credentials] of fetch; default `same-origin`.
 * @property {Parts} [parts] what the stream is made of.
 * @property {typeof listenToPage} [listen] how to hear of the page's network and life.
 */

/** A stream of events that survives what happens to its connections. */
export class EventStream {
  #state;
  #position;
  #supervisor;
  #listen;
  /** @type {AbortController | null} of the present run; null: none. */
  #run = null;
  /** @type {Promise<void>} resolves when no connection is left. */
  #idle = Promise.resolve();

  /**
   * @param {string | URL} url address of the application or of a stream, may be relative to the page.
   * @param {StreamOptions} [options]
   * @throws {TypeError | RangeError} a bad URL, transport or policy.
   */
  constructor(url, options = {}) {
    const { onEvent = () => {}, onStatus = () => {}, parts = PARTS } = options;
    const policy = makePolicy(options.policy);
    const target = new parts.Target(String(url), options.loopId ?? null, globalThis.location?.href);
    this.#listen = options.listen ?? listenToPage;
    this.#state = new parts.State(policy.clock, reported(onStatus));
    this.#position = new parts.Position(options.resumeFrom ?? null);
    /** @type {import("./transports/connection.js").Wiring} */
    const wiring = {
      policy,
      credentials: options.credentials ?? "same-origin",
      decoder: (lastEventId) => new parts.Decoder(lastEventId),
      watchdog: (...of) => new parts.Watchdog(...of),
    };
    this.#supervisor = new parts.Supervisor({
      policy,
      target,
      connect: (request, listener) => new parts[request.transport](request, wiring, listener),
      route: new parts.Route(wanted(target.transports, options.transport ?? "auto"), policy),
      backoff: new parts.Backoff(policy),
      position: this.#position,
      state: this.#state,
      judge: parts.judge,
      deliver: reported(onEvent),
      moved: reported(options.onPosition ?? (() => {})),
    });
  }

  /** @returns {Status} */
  get status() {
    return this.#state.status;
  }

  /** The transport in use or about to be; null before the start. */
  get transport() {
    return this.#state.transport;
  }

  /** The id to resume after: of the last event delivered, or where the stream began. */
  get lastEventId() {
    return this.#position.resumeFrom;
  }

  /** The newest changes of the status, in order. */
  get history() {
    return this.#state.history;
  }

  /** How the newest connections ended, in order. */
  get endings() {
    return this.#supervisor.endings;
  }

  /** How many attempts to connect were made. */
  get connections() {
    return this.#supervisor.connections;
  }

  /**
   * Keep the stream from now on, from the last id that is known. Harmless when it is kept already;
   * after `unauthorized` or `closed` it begins anew.
   *
   * @param {Promise<unknown>} [after] wait for this first: the end of another stream.
   */
  connect(after) {
    if (this.#run !== null) return;
    const run = new AbortController();
    this.#run = run;
    // A connect that is taken back at once (React mounts twice) opens nothing.
    this.#idle = Promise.all([this.#idle, after]).then(() => this.#keep(run));
  }

  /**
   * End the stream: nothing is delivered from here on.
   *
   * @returns {Promise<void>} resolves when the connection is gone.
   */
  disconnect() {
    this.#run?.abort();
    this.#run = null;
    if (this.status !== "unauthorized") {
      this.#state.to("closed", this.transport, "closed by the user");
    }
    return this.#idle;
  }

  /** The network or the page is back: do not wait any longer, and doubt what seems open. */
  wake() {
    this.#supervisor.wake();
  }

  /** @param {AbortController} run */
  async #keep(run) {
    const silence = this.#listen(this.#supervisor);
    try {
      await this.#supervisor.run(run.signal);
    } finally {
      silence();
      if (this.#run === run) this.#run = null;
    }
  }
}

/**
 * A callback whose errors are shown as what they are, and do not look like those of a connection.
 *
 * @template T
 * @param {(value: T) => void} callback
 * @returns {(value: T) => void}
 */
function reported(callback) {
  return (value) => {
    try {
      callback(value);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };
}

/**
 * @param {TransportName[]} possible
 * @param {"auto" | TransportName} transport
 * @returns {TransportName[]}
 */
function wanted(possible, transport) {
  if (transport === "auto") return possible;
  const kind = transport === "eventsource" ? "sse" : transport;
  if (possible.includes(kind)) return [transport];
  throw new TypeError(`the URL leads to ${possible.join(" or ")}, not to ${transport}`);
}
