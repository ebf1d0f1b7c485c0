/** Keeps the stream alive: one connection after the other, never two at a time. */

import { ended } from "./ending.js";

/**
 * @typedef {import("./ending.js").Ending} Ending
 * @typedef {import("./ending.js").TransportName} TransportName
 * @typedef {import("./message.js").Batch} Batch
 * @typedef {import("./message.js").Message} Message
 * @typedef {import("./message.js").StreamEvent} StreamEvent
 * @typedef {import("./route.js").Step} Step
 * @typedef {import("./rules.js").Meaning} Meaning
 * @typedef {import("./target.js").Request} Request
 * @typedef {import("./transports/connection.js").Connection} Connection
 * @typedef {import("./transports/connection.js").Listener} Listener
 *
 * @typedef {object} Crew what a supervisor works with.
 * @property {import("./policy.js").Policy} policy
 * @property {import("./target.js").Target} target
 * @property {(request: Request, listener: Listener) => Connection} connect
 * @property {import("./route.js").Route} route
 * @property {import("./backoff.js").Backoff} backoff
 * @property {import("./position.js").Position} position
 * @property {import("./state.js").State} state
 * @property {(ending: Ending) => Meaning} judge
 * @property {(event: StreamEvent) => void} deliver
 * @property {(position: string) => void} moved is told of a position that came without an event.
 */

// A page may stay open for months: only the newest endings are kept.
const KEPT = 200;

/** Opens, hears, judges the end, waits, and opens again. */
export class Supervisor {
  /** How many attempts to connect were made. */
  connections = 0;
  /** @type {Ending[]} how each connection ended, in order. */
  endings = [];
  /** @type {Connection | null} @protected */
  connection = null;
  /** @type {(() => void) | null} ends the present wait. */
  #endWait = null;

  /** @param {Crew} crew */
  constructor(crew) {
    this.crew = crew;
  }

  /**
   * Keep the stream until it is closed for good.
   *
   * @param {AbortSignal} signal tells to stop; the promise then waits for the connection to be gone.
   */
  async run(signal) {
    signal.addEventListener("abort", () => this.stop(), { once: true });
    let reason = "start";
    while (!signal.aborted) {
      const ending = await this.attempt(reason);
      if (signal.aborted) return;
      this.#note(ending);
      const step = this.#conclude(ending);
      if (step.final !== null) {
        this.crew.state.to(step.final, ending.transport, ending.detail);
        return;
      }
      if (!step.atOnce) await this.#wait(ending);
      reason = ending.detail;
    }
  }

  /**
   * Make one connection and live through it.
   *
   * @param {string} reason
   * @returns {Promise<Ending>}
   */
  async attempt(reason) {
    const { policy, position, route, state, target } = this.crew;
    route.beforeAttempt(policy.clock());
    const { transport } = route;
    state.to("connecting", transport, reason);
    this.connections += 1;
    let cancelReturn = () => {};
    const connection = this.crew.connect(target.request(transport, position.resumeFrom), {
      opened: () => {
        this.#opened(transport);
        cancelReturn = this.#returnLater(connection);
      },
      received: (batch) => this.take(batch),
    });
    this.connection = connection;
    connection.start();
    const ending = await connection.over;
    cancelReturn();
    return ending;
  }

  /** The network or the page is back: do not wait any longer, and doubt what seems open. */
  wake() {
    this.#endWait?.();
    this.connection?.doubt();
  }

  /**
   * The network or the page has gone: so has the connection.
   *
   * @param {string} detail
   */
  interrupt(detail) {
    const { connection } = this;
    connection?.end(ended(connection.request.transport, "offline", detail));
  }

  /**
   * Take what one read gave.
   *
   * @param {Batch} batch
   */
  take(batch) {
    if (batch.retry !== null) this.crew.backoff.retry(batch.retry);
    for (const message of batch.messages) this.deliver(message);
    this.crew.position.received(batch.position);
    if (batch.position !== null && batch.messages.length === 0) this.crew.moved(batch.position);
  }

  /**
   * Hand an event over; only then the next connection resumes after it.
   *
   * @param {Message} message
   */
  deliver({ event, position }) {
    this.crew.position.received(position);
    this.crew.deliver(event);
  }

  /** @param {TransportName} transport */
  #opened(transport) {
    this.crew.state.to("open", transport, "connected");
    this.crew.backoff.opened();
    this.crew.route.opened();
  }

  /** @param {Connection} connection */
  #returnLater(connection) {
    const { policy, route } = this.crew;
    if (route.returnAt === null) return () => {};
    const { transport } = connection.request;
    const detail = "closed by the client: WebSocket is tried again";
    return policy.after(Math.max(0, route.returnAt - policy.clock()), () =>
      connection.end(ended(transport, "replaced", detail)),
    );
  }

  /** Let go of the connection, and wait for nothing. */
  stop() {
    const { connection } = this;
    connection?.end(ended(connection.request.transport, "replaced", "closed by the user"));
    this.#endWait?.();
  }

  /** @param {Ending} ending */
  #note(ending) {
    this.endings.push(ending);
    this.endings.splice(0, this.endings.length - KEPT);
  }

  /**
   * @param {Ending} ending
   * @returns {Step}
   */
  #conclude(ending) {
    const { backoff, judge, policy, position, route } = this.crew;
    const before = route.transport;
    backoff.ended(ending.openFor ?? 0);
    const step = route.ended(ending, judge(ending), policy.clock());
    if (route.transport !== before) position.switched();
    return step;
  }

  /** @param {Ending} ending */
  async #wait(ending) {
    const { backoff, policy, route, state } = this.crew;
    state.to("waiting", route.transport, ending.detail);
    const seconds = backoff.wait(ending.retryAfter, ending.transport !== "websocket");
    await new Promise((resolve) => {
      const cancel = policy.after(seconds, () => resolve(undefined));
      this.#endWait = () => {
        cancel();
        resolve(undefined);
      };
    });
    this.#endWait = null;
  }
}
