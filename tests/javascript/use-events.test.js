import assert from "node:assert/strict";
import { test } from "node:test";

import { createEvents } from "../../proxyproof/origin/static/use-events.js";
import { place } from "./browser.js";
import { settled } from "./clock.js";
import { Stage } from "./stage.js";

/** A store whose streams are made of the stage's fake transports. */
function staged(options = {}) {
  const stage = new Stage();
  const frames = [];
  const whole = {
    url: "http://app.test/",
    parts: stage.parts,
    policy: stage.clock.policy(),
    schedule: (act) => frames.push(act),
    listen: () => () => {},
    ...options,
  };
  const store = createEvents(whole);
  const frame = () => frames.splice(0).forEach((act) => act());
  return { stage, store, frame, options: whole };
}

async function connected(options) {
  const all = staged(options);
  all.store.connect();
  await settled();
  await all.stage.open();
  return all;
}

const ids = ({ events }) => events.map(({ id }) => id);

test("nothing is opened before connect, and the snapshot says closed", async () => {
  const { stage, store } = staged();
  await settled();

  assert.equal(stage.made.length, 0);
  assert.deepEqual({ ...store.getSnapshot() }, { events: [], status: "closed", transport: null, reason: "" });
});

test("events reach the snapshot once a frame, and the callback at once", async () => {
  const seen = [];
  let changes = 0;
  const { stage, store, frame } = await connected({ onEvent: ({ id }) => seen.push(id) });
  store.subscribe(() => (changes += 1));
  await stage.send("e-1");
  await stage.send("e-2");
  assert.deepEqual([seen, ids(store.getSnapshot()), changes], [["e-1", "e-2"], [], 0]);
  frame();

  assert.deepEqual([ids(store.getSnapshot()), changes], [["e-1", "e-2"], 1]);
});

test("the snapshot is the same object while nothing changes", async () => {
  const { store, stage, frame } = await connected();
  const before = store.getSnapshot();
  frame();
  assert.equal(store.getSnapshot(), before);
  await stage.send("e-1");
  frame();

  assert.notEqual(store.getSnapshot(), before);
});

test("the newest events are kept", async () => {
  const { stage, store, frame } = await connected({ maxEvents: 3 });
  for (let number = 1; number <= 9; number += 1) await stage.send(`e-${number}`);
  frame();

  assert.deepEqual(ids(store.getSnapshot()), ["e-7", "e-8", "e-9"]);
});

test("a change of the status shows what came before it", async () => {
  const told = [];
  const { stage, store } = await connected({ onStatusChange: (status) => told.push(status) });
  await stage.send("e-1");
  await stage.end("aborted");

  const { status, reason } = store.getSnapshot();
  assert.deepEqual([status, reason, ids(store.getSnapshot())], ["waiting", "aborted in a test", ["e-1"]]);
  assert.deepEqual(told, ["connecting", "open", "waiting"]);
});

test("text that is no JSON object is shown all the same", async () => {
  const { stage, store, frame } = await connected();
  const event = { id: "", type: "message", data: {}, raw: "hello", at: 0 };
  stage.last.heard({ messages: [{ event, position: null }] });
  frame();

  assert.deepEqual(store.getSnapshot().events, [{ id: "", type: "message", data: "hello" }]);
});

test("clearEvents forgets also what is not shown yet", async () => {
  const { stage, store, frame } = await connected();
  await stage.send("e-1");
  store.clearEvents();
  frame();

  assert.deepEqual(ids(store.getSnapshot()), []);
});

test("another loop means no event of the old one, and one connection at a time", async () => {
  const { stage, store, options, frame } = await connected({ loopId: "a" });
  await stage.send("e-1");
  const old = stage.last;
  let letGo = () => {};
  old.release = () => new Promise((resolve) => (letGo = resolve));
  store.update({ ...options, loopId: "b" });
  store.connect();
  await settled();
  old.heard({ messages: [{ event: { id: "e-2", data: { id: "e-2" } }, position: "e-2" }] });
  frame();
  assert.deepEqual([stage.made.length, ids(store.getSnapshot())], [1, []]);
  letGo();
  await settled();

  assert.equal(stage.made.length, 2);
  assert.equal(stage.last.request.url, "ws://app.test/api/ws?loopId=b");
});

test("another loop shows nothing of the old one, not even what was not shown yet", async () => {
  const { stage, store, options, frame } = await connected({ loopId: "a" });
  await stage.send("e-1");
  store.update({ ...options, loopId: "b" });
  frame();

  assert.deepEqual(ids(store.getSnapshot()), []);
});

test("loops that are passed by quickly open nothing", async () => {
  const { stage, store, options } = await connected({ loopId: "a" });
  for (const loopId of ["b", "c", "d"]) {
    store.update({ ...options, loopId });
    store.connect();
  }
  await settled();

  assert.deepEqual(stage.made.map(({ request }) => new URL(request.url).search), ["?loopId=a", "?loopId=d"]);
});

test("other callbacks for the same stream change no connection", async () => {
  const seen = [];
  const { stage, store, options } = await connected();
  store.update({ ...options, onEvent: ({ id }) => seen.push(id) });
  await stage.send("e-1");

  assert.deepEqual([stage.made.length, seen], [1, ["e-1"]]);
});

test("a page that is hidden, and has no frames, shows what came all the same", async (context) => {
  place("requestAnimationFrame", () => {});
  const { stage, store } = await connected({ schedule: undefined });
  context.mock.timers.enable({ apis: ["setTimeout"] });
  await stage.send("e-1");
  context.mock.timers.tick(249);
  assert.deepEqual(ids(store.getSnapshot()), []);
  context.mock.timers.tick(1);

  assert.deepEqual(ids(store.getSnapshot()), ["e-1"]);
});

test("a page that is seen shows what came in its next frame", async () => {
  let frame = () => {};
  place("requestAnimationFrame", (act) => (frame = act));
  const { stage, store } = await connected({ schedule: undefined });
  await stage.send("e-1");
  frame();

  assert.deepEqual(ids(store.getSnapshot()), ["e-1"]);
});
