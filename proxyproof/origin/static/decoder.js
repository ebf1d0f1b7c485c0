/**
 * Server-Sent Events, decoded: bytes in, events out, no input or output of its own.
 *
 * WHATWG HTML 9.2.5 (grammar) and 9.2.6 (interpretation). The result does not depend on how the
 * bytes are cut into chunks, and a line counts as soon as its end is seen: a CR is not held back
 * for the LF that may follow it.
 *
 * @typedef {{ kind: "event", type: string, data: string, lastEventId: string }} ServerSentEvent
 * @typedef {{ kind: "comment", text: string }} Comment never shown by EventSource, yet a sign of
 *   life.
 * @typedef {{ kind: "retry", milliseconds: number }} Retry the reconnection time that the server
 *   asks for.
 * @typedef {ServerSentEvent | Comment | Retry} Item
 */

const LINE_END = /\r\n|\r|\n/g;
const DIGITS = /^[0-9]+$/;
// A longer wait than 30 000 years is the same to everyone; beyond, numbers lose their last digits.
const LONGEST_RETRY = 1e15;

/** Decoder of one event stream. */
export class EventStreamDecoder {
  /** @type {string[]} */
  #data = [];
  /** @type {string[]} */
  #line = [];
  #type = "";
  #id;
  #afterCr = false;
  // Node.js 24 takes two byte order marks away if the first comes in pieces: here, one is.
  #text = new TextDecoder("utf-8", { ignoreBOM: true });
  #atBeginning = true;

  /**
   * @param {string} [lastEventId] where the previous connection stopped. Browsers carry it over,
   *   so that an event without an id does not make them forget the one before.
   */
  constructor(lastEventId = "") {
    this.lastEventId = lastEventId;
    this.#id = lastEventId;
  }

  /**
   * Take the next bytes and return what they complete, in order.
   *
   * @param {Uint8Array} chunk
   * @returns {Item[]}
   */
  feed(chunk) {
    const items = [];
    for (const line of this.#lines(this.#decode(chunk))) {
      const item = this.#interpret(line);
      if (item !== null) items.push(item);
    }
    return items;
  }

  /**
   * Take the end of the stream: an unfinished event is discarded (9.2.6).
   *
   * @returns {Item[]}
   */
  end() {
    return [];
  }

  /** @param {Uint8Array} chunk */
  #decode(chunk) {
    const text = this.#text.decode(chunk, { stream: true });
    const start = this.#atBeginning && text.startsWith("\uFEFF") ? 1 : 0;
    if (text !== "") this.#atBeginning = false;
    return text.slice(start);
  }

  /** @param {string} text */
  #lines(text) {
    if (text === "") return [];
    let start = this.#afterCr && text[0] === "\n" ? 1 : 0;
    const lines = [];
    LINE_END.lastIndex = start;
    for (let end = LINE_END.exec(text); end !== null; end = LINE_END.exec(text)) {
      lines.push(this.#line.join("") + text.slice(start, end.index));
      this.#line = [];
      start = LINE_END.lastIndex;
    }
    if (start < text.length) this.#line.push(text.slice(start));
    this.#afterCr = text.endsWith("\r");
    return lines;
  }

  /**
   * @param {string} line
   * @returns {Item | null}
   */
  #interpret(line) {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return { kind: "comment", text: line.slice(1) };
    if (colon < 0) return this.#field(line, "");
    const value = line.slice(colon + 1);
    return this.#field(line.slice(0, colon), value.startsWith(" ") ? value.slice(1) : value);
  }

  /**
   * @param {string} name
   * @param {string} value
   * @returns {Retry | null}
   */
  #field(name, value) {
    if (name === "event") this.#type = value;
    if (name === "data") this.#data.push(value);
    if (name === "id" && !value.includes("\0")) this.#id = value;
    if (name !== "retry" || !DIGITS.test(value)) return null;
    return { kind: "retry", milliseconds: Math.min(Number(value), LONGEST_RETRY) };
  }

  /** @returns {ServerSentEvent | null} */
  #dispatch() {
    this.lastEventId = this.#id;
    const [type, data] = [this.#type, this.#data];
    [this.#type, this.#data] = ["", []];
    // One empty data line puts an LF into the buffer, which is therefore not empty.
    if (data.length === 0) return null;
    const { lastEventId } = this;
    return { kind: "event", type: type || "message", data: data.join("\n"), lastEventId };
  }
}
