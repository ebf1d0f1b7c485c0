/** The stream over the browser's WebSocket (RFC 6455, WHATWG WebSockets). */

import { readEvent, textOrNull } from "../message.js";
import { Connection } from "./connection.js";
import { inquire } from "./inquiry.js";

/** @typedef {import("../ending.js").Ending} Ending */

const CUT_OFF = 1006;
const DECODER = new TextDecoder();

/** One WebSocket. */
export class WebSocketConnection extends Connection {
  /** @type {WebSocket | null} */
  #socket = null;
  #inquiry = new AbortController();
  /** @type {() => void} */
  #closed = () => {};

  /** @override */
  get canBeAsked() {
    return this.policy.ping !== null;
  }

  /**
   * A page can neither send nor see a ping of the protocol: the origin answers this command.
   *
   * @override
   */
  ask() {
    if (this.policy.ping !== null) this.#socket?.send(this.policy.ping);
  }

  /** @override */
  open() {
    const socket = new WebSocket(this.request.url);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.opened();
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = (event) => {
      this.#closed();
      void this.#ended(event);
    };
  }

  /**
   * Close the socket, and let the other side see it before anything else is opened.
   *
   * @param {Ending} ending
   * @returns {Promise<void>}
   * @override
   */
  release(ending) {
    this.#inquiry.abort();
    const socket = this.#socket;
    if (socket === null || socket.readyState === WebSocket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => {
      this.#closed = resolve;
      socket.close();
      // Nobody would answer the closing handshake of a dead connection.
      this.policy.after(ending.cause === "silent" ? 0 : this.policy.closeTimeout, resolve);
    });
  }

  /** @param {string | ArrayBuffer} data */
  #take(data) {
    const raw = typeof data === "string" ? data : DECODER.decode(data);
    const event = readEvent(raw, this.policy.clock());
    if (event.type === "connected") {
      // The greeting is no event, but may tell the position.
      return this.heard({ position: textOrNull(event.data.lastEventId) });
    }
    if (event.type === "pong") return this.heard();
    const position = textOrNull(event.data.id);
    return this.heard({ messages: [{ event, position }], position });
  }

  /** @param {CloseEvent} event */
  async #ended({ code, reason }) {
    if (this.isOver) return;
    if (!this.wasOpen) {
      const url = this.request.url.replace(/^ws/, "http");
      this.end(await inquire(this, url, this.#inquiry.signal));
    } else if (code === CUT_OFF) {
      this.end(this.ended("aborted", "cut off without a close frame", { code }));
    } else {
      this.end(this.ended("closed", `closed: ${code} ${reason}`.trimEnd(), { code }));
    }
  }
}
