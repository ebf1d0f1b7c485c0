/** The page at `/`: does the stream live? It joins the store of the client with the document. */

import { goToLogin } from "../login.js";
import { createEvents } from "../use-events.js";
import { Announcer } from "./announcer.js";
import { Application } from "./application.js";
import { DrillControls } from "./drill.js";
import { element, onPress, write } from "./elements.js";
import { EventList } from "./event-list.js";
import { lagOf, Lags, shortLag } from "./lag.js";
import { LoopControls } from "./loops.js";
import { StatusCard } from "./status.js";

/**
 * @typedef {import("../message.js").JsonObject} JsonObject
 * @typedef {import("../use-events.js").EventsOptions} EventsOptions
 * @typedef {import("../use-events.js").Snapshot} Snapshot
 * @typedef {import("./event-list.js").Shown} Shown
 */

const KEPT = 200; // events in the list
const TICK = 500; // milliseconds between two drawings of the chart while nothing comes
const TOKEN = "proxyproof.case";

// Whoever presses "Restore" wants to see the return, and not in a minute.
const POLICY = { returnSeconds: 5, returnCap: 60 };

class Page {
  #query = new URLSearchParams(location.search);
  #announcer = new Announcer(element("said", HTMLElement));
  #application = new Application(token(this.#query));
  #status = new StatusCard();
  #drill = new DrillControls(this.#application, this.#announcer);
  #loops = new LoopControls(this.#application, this.#announcer, () => this.#turn());
  #list = new EventList(element("events", HTMLOListElement), element("empty", HTMLElement));
  #lags = new Lags();
  /** @type {WeakMap<JsonObject, Shown>} */
  #shown = new WeakMap();
  #count = 0;
  #heldAt = 0;
  #hold = element("hold", HTMLButtonElement);
  #wanted = element("wanted", HTMLSelectElement);
  #store = createEvents(this.#options());
  #said = "";

  async begin() {
    this.#store.subscribe(() => this.#render(this.#store.getSnapshot()));
    onPress(this.#status.button, () => this.#press());
    onPress(this.#hold, () => this.#toggleHold());
    onPress(element("clear", HTMLButtonElement), () => this.#store.clearEvents());
    this.#wanted.addEventListener("change", () => this.#turn());
    setInterval(() => this.#draw(), TICK);
    const asked = [this.#greet(), this.#drill.begin(), this.#loops.begin(this.#query.get("loop"))];
    await Promise.allSettled(asked);
    this.#turn();
  }

  /** @returns {EventsOptions} */
  #options() {
    const transport = /** @type {NonNullable<EventsOptions["transport"]>} */ (this.#wanted.value);
    return {
      url: this.#application.url,
      loopId: this.#loops.chosen,
      transport,
      maxEvents: KEPT,
      policy: POLICY,
      onEvent: (data) => this.#take(data),
      onStatusChange: (status) => this.#turned(status),
    };
  }

  /** Turn to the loop and the transport that are chosen. */
  #turn() {
    const loop = this.#loops.chosen;
    const url = new URL(location.href);
    if (loop === null) url.searchParams.delete("loop");
    else url.searchParams.set("loop", loop);
    history.replaceState(null, "", url); // the login leads back to the same view
    this.#status.reset();
    this.#count = 0;
    this.#store.update(this.#options());
    this.#store.connect();
  }

  async #greet() {
    const { user } = await this.#application.whoami();
    write(element("user", HTMLElement), user ?? "nobody is logged in");
    element("logout", HTMLAnchorElement).hidden = user === null;
  }

  #press() {
    const { status } = this.#store.getSnapshot();
    if (status === "unauthorized") location.reload();
    else if (status === "closed") this.#store.connect();
    else this.#store.disconnect();
  }

  /** @param {JsonObject} data */
  #take(data) {
    const now = Date.now() / 1000;
    const lag = lagOf(data.timestamp, now);
    this.#shown.set(data, { data, lag });
    this.#count += 1;
    if (lag !== null) this.#lags.add(now, lag);
    if (typeof data.loopId !== "string") return;
    if (data.type === "loop.created") this.#loops.appeared(data.loopId);
    if (data.type === "loop.deleted") this.#loops.vanished(data.loopId);
  }

  /** @param {Snapshot["status"]} status */
  #turned(status) {
    if (status === "unauthorized" && document.visibilityState === "visible") goToLogin();
    if (status === "open") this.#drill.refresh();
  }

  /** @param {Snapshot} snapshot */
  #render(snapshot) {
    const { status, transport, reason, events } = snapshot;
    const said = [status, transport, reason].join();
    if (said !== this.#said) this.#announcer.tell(this.#status.show(snapshot));
    this.#said = said;
    write(element("count", HTMLElement), this.#count.toLocaleString("en"));
    if (this.#isHeld && events.length > 0) this.#tellHeld();
    else this.#fill(events);
  }

  /** @param {readonly JsonObject[]} events */
  #fill(events) {
    this.#list.show(events.map((data) => this.#shown.get(data) ?? { data, lag: null }));
    const older = this.#count > KEPT ? `the newest ${KEPT}` : "newest first";
    write(element("kept", HTMLElement), older);
  }

  get #isHeld() {
    return this.#hold.getAttribute("aria-pressed") === "true";
  }

  #toggleHold() {
    this.#hold.setAttribute("aria-pressed", String(!this.#isHeld));
    this.#heldAt = this.#count;
    if (this.#isHeld) this.#tellHeld();
    else this.#fill(this.#store.getSnapshot().events);
  }

  #tellHeld() {
    const more = (this.#count - this.#heldAt).toLocaleString("en");
    write(element("kept", HTMLElement), `held; ${more} more came`);
  }

  #draw() {
    if (document.hidden) return;
    const { path, worst, newest } = this.#lags.drawn(Date.now() / 1000);
    const said = worst === null ? "no events" : `at most ${shortLag(worst)}`;
    const chart = element("chart", SVGSVGElement);
    element("bars", SVGPathElement).setAttribute("d", path);
    chart.setAttribute("aria-label", `Lag in the last minute: ${said}`);
    write(element("scale", HTMLElement), said);
    write(element("lag", HTMLElement), newest === null ? "–" : shortLag(newest));
  }
}

/**
 * The case to which the origin books what this tab does: so that it can cut the streams of this tab.
 *
 * @param {URLSearchParams} query
 */
function token(query) {
  const given = query.get("case") ?? sessionStorage.getItem(TOKEN);
  const own = given ?? `page-${Math.random().toString(36).slice(2)}`;
  sessionStorage.setItem(TOKEN, own);
  return own;
}

await new Page().begin();
