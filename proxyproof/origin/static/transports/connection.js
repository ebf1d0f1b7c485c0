/**
 * One connection, whatever the transport: it opens in time, shows life, and ends once.
 *
 * @typedef {import("../ending.js").Ending} Ending
 * @typedef {import("../message.js").Batch} Batch
 * @typedef {import("../policy.js").Policy} Policy
 * @typedef {import("../target.js").Request} Request
 * @typedef {import("../decoder.js").EventStreamDecoder} EventStreamDecoder
 * @typedef {import("../watchdog.js").Watchdog} Watchdog
 *
 * @typedef {object} Wiring what a transport needs to open connections.
 * @property {Policy} policy
 * @property {RequestCredentials} credentials
 * @property {(lastEventId: string) => EventStreamDecoder} decoder
 * @property {(policy: Policy, ask: (() => void) | null, dead: (detail: string) => void) => Watchdog}
 *   watchdog
 *
 * @typedef {object} Listener who is told of a connection until it is over.
 * @property {() => void} opened
 * @property {(batch: Batch) => void} received
 */

import { ended } from "../ending.js";

/** The part that all transports share; each adds how it opens and how it lets go. */
export class Connection {
  /** @type {Ending | null} */
  #ending = null;
  #openedAt = /** @type {number | null} */ (null);
  #reads = 0;
  #events = 0;
  /** @type {(ending: Ending) => void} */
  #resolve = () => {};
  #cancelOpening;

  /**
   * @param {Request} request
   * @param {Wiring} wiring
   * @param {Listener} listener
   */
  constructor(request, wiring, listener) {
    this.request = request;
    this.wiring = wiring;
    this.policy = wiring.policy;
    this.listener = listener;
    const ask = this.canBeAsked ? () => this.ask() : null;
    this.watchdog = wiring.watchdog(this.policy, ask, (detail) =>
      this.end(this.ended("silent", detail)),
    );
    /** @type {Promise<Ending>} resolves when the connection is over and let go of. */
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#cancelOpening = this.policy.after(this.policy.openTimeout, () =>
      this.end(this.ended("timeout", `no answer within ${this.policy.openTimeout} s`)),
    );
  }

  /** Whether it has ended. */
  get isOver() {
    return this.#ending !== null;
  }

  /** Whether it is, or was, open. */
  get wasOpen() {
    return this.#openedAt !== null;
  }

  /** Whether a live connection can be made to show life. */
  get canBeAsked() {
    return false;
  }

  /** Get a sign of life from a live connection. */
  ask() {}

  /** Begin. */
  start() {
    try {
      this.open();
    } catch (error) {
      this.end(this.ended("unreachable", `not opened: ${String(error)}`));
    }
  }

  /** Open it, as the transport does. */
  open() {}

  /**
   * Let go of what the transport holds.
   *
   * @param {Ending} ending
   * @returns {Promise<void> | void} resolves when the other side can have seen it.
   */
  release(ending) {
    void ending;
  }

  /** The transport is open. */
  opened() {
    if (this.isOver) return;
    this.#cancelOpening();
    this.#openedAt = this.policy.clock();
    this.watchdog.start();
    this.listener.opened();
  }

  /**
   * Something came.
   *
   * @param {Partial<Batch>} [batch] what it holds of the stream.
   */
  heard({ messages = [], position = null, retry = null } = {}) {
    if (this.isOver) return;
    this.watchdog.feed();
    this.#reads += 1;
    this.#events += messages.length;
    this.listener.received({ messages, position, retry });
  }

  /**
   * End it, from either side; the first end counts.
   *
   * @param {Ending} ending
   */
  end(ending) {
    if (this.isOver) return;
    const openFor = this.#openedAt === null ? null : this.policy.clock() - this.#openedAt;
    const whole = { ...ending, openFor, reads: this.#reads, events: this.#events };
    this.#ending = whole;
    this.#cancelOpening();
    this.watchdog.stop();
    void Promise.resolve(this.release(whole)).then(() => this.#resolve(whole));
  }

  /** Doubt whether it is alive. */
  doubt() {
    if (this.wasOpen && !this.isOver) this.watchdog.doubt();
  }

  /**
   * @param {import("../ending.js").Cause} cause
   * @param {string} detail
   * @param {Partial<Ending>} [facts]
   */
  ended(cause, detail, facts) {
    return ended(this.request.transport, cause, detail, facts);
  }
}
