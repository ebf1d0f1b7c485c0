import assert from "node:assert/strict";
import { test } from "node:test";

import { canShare } from "../../proxyproof/origin/static/shared.js";
import { settled } from "./clock.js";
import { tabs } from "./tabs.js";

/** Three tabs, of which the first has led up to "e-1" and has gone. */
async function handedOver() {
  const { stage, open } = tabs();
  const [first, second, third] = [await open(), await open(), await open()];
  await stage.open();
  await stage.send("e-1");
  void first.stream.disconnect();
  await settled();
  await stage.open();
  return { stage, first, second, third };
}

test("seven tabs have one connection, and each gets every event", async () => {
  const { stage, open } = tabs();
  const all = [];
  for (let number = 0; number < 7; number += 1) all.push(await open());
  await stage.open();
  await stage.send("e-1");

  assert.equal(stage.made.length, 1);
  assert.deepEqual(all.map(({ events }) => events), Array.from({ length: 7 }, () => ["e-1"]));
  assert.deepEqual(new Set(all.map(({ stream }) => stream.status)), new Set(["open"]));
});

test("each tab picks its own loop; what belongs to none passes", async () => {
  const { stage, open } = tabs();
  const [a, b] = [await open({ loopId: "a" }), await open({ loopId: "b" })];
  await stage.open();
  await stage.send("e-1", { loopId: "a" });
  await stage.send("e-2", { loopId: "b" });
  await stage.send("e-3");

  assert.deepEqual([a.events, b.events], [["e-1", "e-3"], ["e-2", "e-3"]]);
  assert.equal(stage.last.request.url, "ws://app.test/api/ws");
});

test("when the tab that leads goes, the next one resumes after the last event", async () => {
  const { stage, first, second, third } = await handedOver();
  await stage.send("e-2");

  assert.equal(stage.last.request.lastEventId, "e-1");
  assert.equal(stage.live.length, 1);
  assert.deepEqual([first.events, second.events, third.events], [["e-1"], ["e-1", "e-2"], ["e-1", "e-2"]]);
});

test("the next tab resumes where the stream began if nothing was shared yet", async () => {
  const { stage, open } = tabs();
  const [first] = [await open(), await open()];
  stage.last.opened();
  stage.last.heard({ position: "e-9" });
  await settled();
  void first.stream.disconnect();
  await settled();

  assert.equal(stage.last.request.lastEventId, "e-9");
});

test("what is shared again after a change of the lead is taken once", async () => {
  const { stage, second, third } = await handedOver();
  await stage.send("e-1");
  await stage.send("e-2");

  assert.deepEqual([second.events, third.events], [["e-1", "e-2"], ["e-1", "e-2"]]);
});

test("a tab that comes late is told the status, and misses nothing from there on", async () => {
  const { stage, open } = tabs();
  await open();
  await stage.open();
  await stage.send("e-1");
  const late = await open();
  await stage.send("e-2");

  assert.equal(late.stream.status, "open");
  assert.deepEqual(late.events, ["e-2"]);
});

test("a tab that was not given something is told so", async () => {
  const { stage, open } = tabs();
  await open();
  const other = await open({ resumeFrom: "e-0" });
  await stage.open();
  await stage.send("e-5");

  assert.deepEqual(other.events, ["gap", "e-5"]);
});

test("a gap of the origin is told once", async () => {
  const { stage, open } = tabs();
  await open();
  const other = await open({ resumeFrom: "e-0" });
  await stage.open();
  const event = { id: "", type: "gap", data: { type: "gap" }, raw: "{}", at: 0 };
  stage.last.heard({ messages: [{ event, position: null }] });
  await settled();

  assert.deepEqual(other.events, ["gap"]);
});

test("a tab that came late and then leads resumes from where the others are", async () => {
  const { stage, open } = tabs();
  const first = await open();
  await stage.open();
  await stage.send("e-1");
  await open();
  void first.stream.disconnect();
  await settled();

  assert.equal(stage.last.request.lastEventId, "e-1");
});

test("the end of the session is told to all, and a new tab is reason to try again", async () => {
  const { stage, open } = tabs();
  const [first, second] = [await open(), await open()];
  await stage.open();
  await stage.end("closed", { code: 4401 });
  assert.deepEqual([first.stream.status, second.stream.status], ["unauthorized", "unauthorized"]);
  await open();

  assert.equal(stage.made.length, 2);
});

test("a tab that is looked at wakes the one that leads", async () => {
  const { stage, open } = tabs();
  await open();
  const other = await open();
  await stage.end("unreachable");
  assert.equal(stage.made.length, 1);
  other.page.wake();
  await settled();

  assert.equal(stage.made.length, 2);
});

test("a tab that never led leaves without a trace", async () => {
  const { stage, open } = tabs();
  const first = await open();
  const second = await open();
  await stage.open();
  await second.stream.disconnect();
  await stage.send("e-1");

  assert.deepEqual([first.events, second.events, second.stream.status], [["e-1"], [], "closed"]);
  assert.equal(second.page, null);
});

test("a tab that is left at once takes no part", async () => {
  const { stage, open } = tabs();
  const { stream } = await open();
  await stream.disconnect();
  stream.connect();
  void stream.disconnect();
  await settled();

  assert.deepEqual([stage.made.length, stream.status], [1, "closed"]);
});

test("what is under way to a tab that leaves is not delivered", async () => {
  const { stage, open } = tabs();
  await open();
  const second = await open();
  await stage.open();
  void stage.send("e-1");
  void second.stream.disconnect();
  await settled();

  assert.deepEqual(second.events, []);
});

test("a tab that leads and leaves closes its own share alone", async () => {
  const { stage, open } = tabs();
  const [first, second] = [await open(), await open()];
  await stage.open();
  await first.stream.disconnect();
  await settled();

  assert.equal(first.stream.status, "closed");
  assert.deepEqual(second.statuses, ["connecting", "connecting", "open", "connecting"]);
});

for (const [place, number] of [["that leads", 0], ["that listens", 1]]) {
  test(`after the login a tab ${place} begins anew by connect`, async () => {
    const { stage, open } = tabs();
    const all = [await open(), await open()];
    await stage.open();
    await stage.send("e-1");
    await stage.end("closed", { code: 4401 });
    all[number].stream.connect();
    await settled();
    await stage.open();

    assert.equal(stage.last.request.lastEventId, "e-1");
    assert.deepEqual(all.map(({ stream }) => stream.status), ["open", "open"]);
  });
}

test("a tab that leaves after the end of the session still says that it has ended", async () => {
  const { stage, open } = tabs();
  const all = [await open(), await open()];
  await stage.open();
  await stage.end("closed", { code: 4401 });
  for (const { stream } of [...all].reverse()) await stream.disconnect();

  assert.deepEqual(all.map(({ stream }) => stream.status), ["unauthorized", "unauthorized"]);
});

test("a tab that comes back may be told so twice", async () => {
  const { stage, open } = tabs();
  const { stream } = await open();
  await stream.disconnect();
  stream.connect();
  stream.connect();
  await settled();

  assert.equal(stage.live.length, 1);
});

test("a browser without locks cannot share", () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });

  assert.equal(canShare(), false);
  if (before) Object.defineProperty(globalThis, "navigator", before);
});
