/** A stream on fake transports: the test is the server. */

import { EventStream } from "../../proxyproof/origin/static/client.js";
import { ended } from "../../proxyproof/origin/static/ending.js";
import { readEvent } from "../../proxyproof/origin/static/message.js";
import { PARTS } from "../../proxyproof/origin/static/parts.js";
import { Connection } from "../../proxyproof/origin/static/transports/connection.js";
import { Clock, settled } from "./clock.js";

export class Stage {
  clock = new Clock();
  /** Every connection that was asked for, in order. */
  made = [];
  events = [];
  changes = [];
  /** What the page tells: `wake`, `interrupt`; null: nobody listens. */
  page = null;

  constructor({ url = "http://app.test/", policy = {}, parts = PARTS, ...options } = {}) {
    const { made } = this;
    class Fake extends Connection {
      open() {
        made.push(this);
      }
    }
    this.parts = { ...parts, websocket: Fake, sse: Fake, eventsource: Fake };
    this.stream = new EventStream(url, {
      parts: this.parts,
      policy: this.clock.policy(policy),
      onEvent: (event) => this.events.push(event),
      onStatus: (change) => this.changes.push(change),
      listen: (hearer) => {
        this.page = hearer;
        return () => {
          this.page = null;
        };
      },
      ...options,
    });
  }

  /** The newest connection. */
  get last() {
    return this.made.at(-1);
  }

  /** Connections that are not over. */
  get live() {
    return this.made.filter((connection) => !connection.isOver);
  }

  get statuses() {
    return this.changes.map(({ status, transport }) => `${status} ${transport}`);
  }

  async connect() {
    this.stream.connect();
    await settled();
  }

  /** The newest connection opens and shows a first sign of life. */
  async open() {
    this.last.opened();
    this.last.heard();
    await settled();
  }

  /** An event comes on the newest connection. */
  async send(id, fields = {}) {
    const event = readEvent(JSON.stringify({ id, type: "loop.log", ...fields }), this.clock.now);
    this.last.heard({ messages: [{ event, position: id }], position: id });
    await settled();
  }

  /** The newest connection ends. */
  async end(cause, facts = {}) {
    const { transport } = this.last.request;
    this.last.end(ended(transport, cause, `${cause} in a test`, facts));
    await settled();
  }

  /** The present wait comes to its end. */
  async waited() {
    await this.clock.pass(this.clock.next);
    await settled();
  }
}
