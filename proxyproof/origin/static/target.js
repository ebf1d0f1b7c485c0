/**
 * Where a stream is: the URLs of one application's streams.
 *
 * @typedef {import("./ending.js").TransportName} TransportName
 *
 * @typedef {object} Request
 * @property {TransportName} transport
 * @property {string} url
 * @property {string | null} lastEventId what it asks to resume after.
 */

const STREAM_PATH = /^(.*)\/api\/(?:ws|events|loops\/([^/]+)\/events)\/?$/;

/** The streams of one application, or one stream elsewhere. */
export class Target {
  #url;
  #own;
  #base;

  /**
   * @param {string} url `http(s)`, `ws(s)` or relative to `base`: the address of the application,
   *   one of its streams (`/api/ws`, `/api/events`, `/api/loops/{id}/events`), or any other
   *   stream, which is used as it is. Its query goes with every request.
   * @param {string | null} loopId the one loop to receive; null: all.
   * @param {string} [base] what a relative URL is relative to: the page.
   * @throws {TypeError} no URL, or one of another scheme.
   */
  constructor(url, loopId, base) {
    this.#url = new URL(url, base);
    if (!/^(?:http|ws)s?:$/.test(this.#url.protocol)) {
      throw new TypeError(`${url} is no stream URL: expected http, https, ws or wss`);
    }
    const match = STREAM_PATH.exec(this.#url.pathname);
    this.#own = match !== null || this.#url.pathname.endsWith("/");
    this.#base = match?.[1] ?? this.#url.pathname.replace(/\/$/, "");
    this.loopId = loopId ?? (match?.[2] ? decodeURIComponent(match[2]) : null);
  }

  /**
   * The transports that lead to this target, the preferred one first.
   *
   * @returns {TransportName[]}
   */
  get transports() {
    if (this.#own) return ["websocket", "sse"];
    return this.#url.protocol.startsWith("ws") ? ["websocket"] : ["sse"];
  }

  /**
   * Say what to ask for, to receive the stream from just after `lastEventId`.
   *
   * @param {TransportName} transport
   * @param {string | null} lastEventId
   * @returns {Request}
   */
  request(transport, lastEventId) {
    const url = this.#address(transport);
    if (this.#own && transport === "websocket" && this.loopId !== null) {
      url.searchParams.append("loopId", this.loopId);
    }
    // Only fetch can send the field `Last-Event-ID`; the others say it in the query.
    if (lastEventId && transport !== "sse") url.searchParams.append("lastEventId", lastEventId);
    return { transport, url: url.href, lastEventId };
  }

  /** @param {TransportName} transport */
  #address(transport) {
    const url = new URL(this.#url);
    const secure = /^(?:https|wss):$/.test(url.protocol);
    const scheme = transport === "websocket" ? "ws" : "http";
    // The setter of `protocol` refuses to turn http into ws.
    const address = new URL(url.href.replace(/^\w+:/, `${scheme}${secure ? "s" : ""}:`));
    address.hash = "";
    if (this.#own) address.pathname = this.#base + this.#path(transport);
    return address;
  }

  /** @param {TransportName} transport */
  #path(transport) {
    if (transport === "websocket") return "/api/ws";
    return this.loopId === null
      ? "/api/events"
      : `/api/loops/${encodeURIComponent(this.loopId)}/events`;
  }
}
