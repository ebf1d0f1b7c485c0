/**
 * What the user is told about the connection: the status, and every change of it.
 *
 * `closed` before the start and after the end; `connecting` while a connection is being opened;
 * `waiting` between two attempts; `unauthorized` is an end: log in, then connect again.
 *
 * @typedef {import("./ending.js").TransportName} TransportName
 * @typedef {"connecting" | "open" | "waiting" | "closed" | "unauthorized"} Status
 *
 * @typedef {object} Change one change of the status.
 * @property {number} at seconds by the clock of the policy.
 * @property {Status} status
 * @property {TransportName | null} transport
 * @property {string} reason
 */

// A page may stay open for months: only the newest changes are kept.
const KEPT = 200;

/** The status of a stream and its history. */
export class State {
  /** @type {Status} */
  status = "closed";
  /** @type {TransportName | null} */
  transport = null;
  /** @type {Change[]} */
  history = [];

  /**
   * @param {() => number} clock
   * @param {(change: Change) => void} listener
   */
  constructor(clock, listener) {
    this.clock = clock;
    this.listener = listener;
  }

  /**
   * Enter a status; nothing happens if nothing changed.
   *
   * @param {Status} status
   * @param {TransportName | null} transport
   * @param {string} reason
   */
  to(status, transport, reason) {
    if (status === this.status && transport === this.transport) return;
    this.status = status;
    this.transport = transport;
    const change = { at: this.clock(), status, transport, reason };
    this.history.push(change);
    this.history.splice(0, this.history.length - KEPT);
    this.listener(change);
  }
}
