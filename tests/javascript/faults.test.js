import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { assembled, FAULTS } from "../../proxyproof/origin/static/faults/index.js";
import { PARTS } from "../../proxyproof/origin/static/parts.js";
import { settled } from "./clock.js";
import { Stage } from "./stage.js";

const LISTED = new URL("../../proxyproof/origin/static/faults/faults.json", import.meta.url);

test("each fault is described, and each description has its fault", () => {
  const names = JSON.parse(readFileSync(LISTED, "utf-8")).map(({ name }) => name);

  assert.deepEqual(names, Object.keys(FAULTS));
});

for (const name of Object.keys(FAULTS)) {
  test(`${name} replaces one part and leaves the good ones as they are`, () => {
    const before = { ...PARTS };
    const parts = assembled(PARTS, [name]);
    const changed = Object.keys(PARTS).filter((part) => parts[part] !== PARTS[part]);

    assert.equal(changed.length, 1);
    assert.deepEqual({ ...PARTS }, before);
  });
}

test("an unknown fault is refused by name", () => {
  assert.throws(() => assembled(PARTS, ["js-none"]), /no fault js-none: expected js-no-backoff/);
});

const broken = (name, options = {}) => new Stage({ parts: assembled(PARTS, [name]), ...options });

async function lost(stage) {
  await stage.connect();
  await stage.open();
  await stage.send("e-1");
  await stage.send("e-2");
  await stage.end("aborted", { code: 1006 });
}

async function back(stage) {
  await lost(stage);
  await stage.waited();
}

test("js-no-backoff hammers", async () => {
  const stage = broken("js-no-backoff");
  await lost(stage);

  assert.ok(stage.clock.next <= 0.01);
});

for (const [name, resumes] of [
  ["js-forgets-last-id", null],
  ["js-duplicates-on-resume", "e-1"],
]) {
  test(`${name} resumes after ${resumes}`, async () => {
    const stage = broken(name);
    await back(stage);

    assert.equal(stage.last.request.lastEventId, resumes);
  });
}

test("js-forgets-id-on-switch forgets with the transport only", async () => {
  const stage = broken("js-forgets-id-on-switch");
  await back(stage);
  assert.equal(stage.last.request.lastEventId, "e-2");
  await stage.end("refused", { status: 426 });
  await stage.waited();

  assert.equal(stage.last.request.lastEventId, null);
});

test("js-skips-on-resume loses one event", async () => {
  const stage = broken("js-skips-on-resume");
  await back(stage);
  await stage.open();
  await stage.send("e-3");
  await stage.send("e-4");

  assert.deepEqual(stage.events.map(({ id }) => id), ["e-1", "e-2", "e-4"]);
});

test("js-forgets-filter asks for all loops when it comes back", async () => {
  const stage = broken("js-forgets-filter", { loopId: "a" });
  await back(stage);

  assert.match(stage.made[0].request.url, /loopId=a/);
  assert.doesNotMatch(stage.last.request.url, /loopId/);
});

test("js-double-connection keeps two", async () => {
  const stage = broken("js-double-connection");
  await back(stage);

  assert.equal(stage.live.length, 2);
});

test("js-leaves-connection-open leaves one behind, and the user can go on", async () => {
  const stage = broken("js-leaves-connection-open");
  await stage.connect();
  await stage.open();
  await stage.stream.disconnect();
  await stage.connect();

  assert.equal(stage.live.length, 2);
});

test("js-reconnects-after-close comes back unasked", async () => {
  const stage = broken("js-reconnects-after-close");
  await stage.connect();
  await stage.open();
  await stage.stream.disconnect();
  await settled();

  assert.equal(stage.live.length, 1);
});

for (const [name, facts, expected] of [
  ["js-ignores-unauthorized", { status: 401 }, "waiting"],
  ["js-dies-on-5xx", { status: 503 }, "closed"],
  ["js-never-reconnects", { status: 503 }, "closed"],
]) {
  test(`${name} makes ${facts.status} lead to ${expected}`, async () => {
    const stage = broken(name);
    await stage.connect();
    await stage.end("refused", facts);

    assert.equal(stage.stream.status, expected);
  });
}

test("js-never-falls-back tries websocket again", async () => {
  const stage = broken("js-never-falls-back");
  await stage.connect();
  await stage.end("refused", { status: 426 });
  await stage.waited();

  assert.equal(stage.last.request.transport, "websocket");
});

test("js-stuck-on-fallback never returns", async () => {
  const stage = broken("js-stuck-on-fallback", { policy: { watchdogSeconds: null } });
  await stage.connect();
  await stage.end("refused", { status: 426 });
  await stage.waited();
  await stage.open();
  await stage.clock.pass(10_000);

  assert.equal(stage.made.length, 2);
});

test("js-no-watchdog takes no silence for death", async () => {
  const stage = broken("js-no-watchdog", { transport: "sse" });
  await stage.connect();
  await stage.open();
  await stage.clock.pass(10_000);

  assert.equal(stage.stream.status, "open");
});

test("js-deaf-to-the-page does not hear that the browser is offline", async () => {
  const stage = broken("js-deaf-to-the-page");
  await stage.connect();
  await stage.open();
  stage.page.interrupt("offline");
  await settled();

  assert.equal(stage.stream.status, "open");
});

test("js-status-stuck-open hides a loss", async () => {
  const stage = broken("js-status-stuck-open");
  await lost(stage);

  assert.equal(stage.stream.status, "open");
});
