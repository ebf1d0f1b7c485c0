import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { EventStreamDecoder } from "../../proxyproof/origin/static/decoder.js";

// The Python decoder reads the same file: tests/proxyproof/client/test_decoder.py.
const SHARED = new URL("../vectors/event_stream.json", import.meta.url);
const { vectors } = JSON.parse(readFileSync(SHARED, "utf-8"));

const bytesOf = (vector) =>
  "hex" in vector ? new Uint8Array(Buffer.from(vector.hex, "hex")) : new TextEncoder().encode(vector.text);

function asVector(item) {
  if (item.kind === "comment") return { comment: item.text };
  if (item.kind === "retry") return { retry: item.milliseconds };
  return { event: { type: item.type, data: item.data, lastEventId: item.lastEventId } };
}

function decoded(chunks, initial = "") {
  const decoder = new EventStreamDecoder(initial);
  const items = chunks.flatMap((chunk) => decoder.feed(chunk));
  return { items: [...items, ...decoder.end()].map(asVector), last: decoder.lastEventId };
}

test("the file of vectors is not empty", () => {
  assert.ok(vectors.length > 30);
});

for (const vector of vectors) {
  const { name, items, lastEventId: last, initialLastEventId: initial } = vector;

  test(`${name}: comes out as the standard says`, () => {
    assert.deepEqual(decoded([bytesOf(vector)], initial), { items, last });
  });

  test(`${name}: comes out the same when split anywhere`, () => {
    const stream = bytesOf(vector).slice(0, 300);
    const whole = decoded([stream], initial);

    for (let at = 0; at <= stream.length; at += 1) {
      assert.deepEqual(decoded([stream.slice(0, at), stream.slice(at)], initial), whole);
    }
    assert.deepEqual(decoded(Array.from(stream, (byte) => Uint8Array.of(byte)), initial), whole);
  });
}

test("an event is dispatched at its last byte", () => {
  const decoder = new EventStreamDecoder();
  const feed = (text) => decoder.feed(new TextEncoder().encode(text)).map(asVector);

  assert.deepEqual(feed("data: a\r"), []);
  assert.deepEqual(feed("\r"), [{ event: { type: "message", data: "a", lastEventId: "" } }]);
  assert.deepEqual(feed("\n"), []);
});
