import assert from "node:assert/strict";
import { test } from "node:test";

import { lagOf, Lags, shortLag } from "../../proxyproof/origin/static/page/lag.js";

function lags(...pairs) {
  const kept = new Lags();
  for (const [at, lag] of pairs) kept.add(at, lag);
  return kept;
}

test("before anything came there is nothing to draw", () => {
  assert.deepEqual(lags().drawn(1000), { path: "", worst: null, newest: null });
});

test("the worst of a half second is its bar, and the tallest fills the chart", () => {
  const drawn = lags([1000, 0.1], [1000.4, 0.4], [1000.49, 0.3], [1000.5, 0.2]).drawn(1000.5);

  assert.deepEqual(drawn, { path: "M118.5 40v-40M119.5 40v-20", worst: 0.4, newest: 0.2 });
});

test("what is older than a minute is neither drawn nor the worst", () => {
  const kept = lags([1000, 9], [1001, 0.1]);

  assert.equal(kept.drawn(1059.5).worst, 9);
  assert.deepEqual(kept.drawn(1060), { path: "M1.5 40v-40", worst: 0.1, newest: 0.1 });
  assert.equal(kept.drawn(1061).worst, null);
});

test("a page that is open for hours keeps a minute", () => {
  const kept = lags(...Array.from({ length: 10_000 }, (_, number) => [1000 + number / 2, 0.1]));

  assert.equal(kept.drawn(1000).path.match(/M/g).length, 120);
});

test("a millisecond is no trouble, and a clock that is behind draws the least", () => {
  assert.equal(lags([1000, 0.001]).drawn(1000).path, "M119.5 40v-4");
  assert.deepEqual(lags([1000, -3]).drawn(1000), { path: "M119.5 40v-1", worst: -3, newest: -3 });
});

for (const [timestamp, expected] of [
  ["1970-01-01T00:00:10.000000Z", 2.5],
  ["no time", null],
  [10, null],
  [undefined, null],
]) {
  test(`the lag of ${timestamp} at 12.5 s is ${expected}`, () => {
    assert.equal(lagOf(timestamp, 12.5), expected);
  });
}

for (const [seconds, expected] of [
  [0, "0 ms"],
  [0.0124, "12 ms"],
  [-0.25, "-250 ms"],
  [0.9994, "999 ms"],
  [0.9995, "1.0 s"],
  [99.4, "99.4 s"],
  [99.5, "2 min"],
]) {
  test(`${seconds} s are told as ${expected}`, () => {
    assert.equal(shortLag(seconds), expected);
  });
}
