import assert from "node:assert/strict";
import { test } from "node:test";

import { goToLogin } from "../../proxyproof/origin/static/login.js";
import { listenToPage } from "../../proxyproof/origin/static/page-signals.js";

function page(visibilityState = "visible") {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState });
  const heard = [];
  const hearer = { wake: () => heard.push("wake"), interrupt: (detail) => heard.push(detail) };
  const end = listenToPage(hearer, window, document);
  return { window, document, heard, end };
}

for (const [where, type, expected] of [
  ["window", "online", ["wake"]],
  ["window", "pageshow", ["wake"]],
  ["document", "resume", ["wake"]],
  ["document", "visibilitychange", ["wake"]],
  ["window", "offline", ["the browser is offline"]],
  ["window", "pagehide", ["the page was put aside"]],
]) {
  test(`${type} is told as ${expected[0]}`, () => {
    const all = page();
    all[where].dispatchEvent(new Event(type));

    assert.deepEqual(all.heard, expected);
  });
}

test("a page that becomes hidden wakes nobody", () => {
  const { document, heard } = page("hidden");
  document.dispatchEvent(new Event("visibilitychange"));

  assert.deepEqual(heard, []);
});

test("after the end nothing is told", () => {
  const { window, document, heard, end } = page();
  end();
  window.dispatchEvent(new Event("online"));
  document.dispatchEvent(new Event("visibilitychange"));

  assert.deepEqual(heard, []);
});

test("without a page there is nothing to hear", () => {
  assert.doesNotThrow(listenToPage({ wake: assert.fail, interrupt: assert.fail }));
});

test("the page is loaded anew once, and again when that is long ago", () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  let [now, loaded] = [1000, 0];
  const go = () => goToLogin({ storage, location: { reload: () => (loaded += 1) }, clock: () => now });

  assert.deepEqual([go(), go(), loaded], [true, false, 1]);
  now += 30;
  assert.deepEqual([go(), loaded], [true, 2]);
  now -= 1000; // the clock was set back
  assert.deepEqual([go(), loaded], [true, 3]);
});
