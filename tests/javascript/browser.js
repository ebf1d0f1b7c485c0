/** Stand-ins for what a browser has and Node.js has not, put into the place of globals. */

/** Put a global into place; each file of tests has a process of its own. */
export function place(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

/** A WebSocket whose other side is the test. */
export class FakeWebSocket {
  static CLOSED = 3;
  static made = [];

  constructor(url) {
    this.url = url;
    this.readyState = 0;
    this.sent = [];
    FakeWebSocket.made.push(this);
  }

  send(text) {
    this.sent.push(text);
  }

  close() {
    this.readyState = 2;
  }

  open() {
    this.readyState = 1;
    this.onopen();
  }

  message(data) {
    this.onmessage({ data: typeof data === "string" ? data : JSON.stringify(data) });
  }

  closed(code, reason = "") {
    this.readyState = 3;
    this.onclose({ code, reason });
  }
}

/** An EventSource whose other side is the test. */
export class FakeEventSource {
  static made = [];

  constructor(url, options) {
    this.url = url;
    this.options = options;
    this.isClosed = false;
    FakeEventSource.made.push(this);
  }

  close() {
    this.isClosed = true;
  }
}

/** `fetch` that gives the prepared answers in order, and keeps what was asked. */
export function fakeFetch(...answers) {
  const asked = [];
  const fetch = async (url, options) => {
    asked.push({ url, ...options });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { fetch, asked };
}

/** The answer that a page sees of a redirect which it does not follow. */
export const OPAQUE_REDIRECT = { type: "opaqueredirect", status: 0 };

/** An event stream, and the hand that writes it. */
export function eventStream(fields = {}) {
  let writer;
  const body = new ReadableStream({ start: (controller) => (writer = controller) });
  const response = new Response(body, { headers: { "Content-Type": "text/event-stream", ...fields } });
  const write = (text) => writer.enqueue(new TextEncoder().encode(text));
  return { response, write, end: () => writer.close(), cut: () => writer.error(new TypeError("cut")) };
}
