import assert from "node:assert/strict";
import { test } from "node:test";

import { Watchdog } from "../../proxyproof/origin/static/watchdog.js";
import { Clock } from "./clock.js";

function watched({ canBeAsked = true, policy = {} } = {}) {
  const clock = new Clock();
  const seen = { asked: [], dead: [] };
  const watchdog = new Watchdog(
    clock.policy({ watchdogSeconds: 30, wakeSeconds: 5, ...policy }),
    canBeAsked ? () => seen.asked.push(clock.now - 1000) : null,
    () => seen.dead.push(clock.now - 1000),
  );
  watchdog.start();
  return { clock, watchdog, seen };
}

test("a connection is asked half-way and dead when it does not answer", async () => {
  const { clock, seen } = watched();
  await clock.pass(31);

  assert.deepEqual(seen, { asked: [15], dead: [30] });
});

test("a connection that answers lives", async () => {
  const { clock, watchdog, seen } = watched();
  for (let turn = 0; turn < 4; turn += 1) {
    await clock.pass(15);
    watchdog.feed();
  }

  assert.deepEqual(seen, { asked: [15, 30, 45, 60], dead: [] });
});

test("a connection that cannot be asked is dead after the whole silence", async () => {
  const { clock, seen } = watched({ canBeAsked: false });
  await clock.pass(31);

  assert.deepEqual(seen.dead, [30]);
});

test("a late timer of a hidden page condemns nobody who was not asked", async () => {
  const { clock, watchdog, seen } = watched();
  clock.now += 60;
  await clock.pass(0);
  assert.equal(seen.asked.length, 1);
  await clock.pass(4);
  watchdog.feed();
  await clock.pass(10);

  assert.deepEqual(seen.dead, []);
});

test("after a sleep the answer is due soon", async () => {
  const { clock, seen } = watched();
  clock.now += 3600;
  await clock.pass(5);

  assert.deepEqual(seen.dead, [3605]);
});

test("a doubted connection has to answer soon", async () => {
  const { clock, watchdog, seen } = watched();
  await clock.pass(2);
  watchdog.doubt();
  watchdog.doubt();
  await clock.pass(5);

  assert.deepEqual(seen, { asked: [2], dead: [7] });
});

test("without a watchdog, or after its end, nobody is condemned", async () => {
  const off = watched({ policy: { watchdogSeconds: null } });
  off.watchdog.doubt();
  await off.clock.pass(1000);
  const stopped = watched();
  stopped.watchdog.stop();
  await stopped.clock.pass(1000);

  assert.deepEqual(off.seen, { asked: [], dead: [] });
  assert.deepEqual(stopped.seen, { asked: [], dead: [] });
});
