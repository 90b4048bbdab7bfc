import { workerData } from "node:worker_threads";
import { type StatusCodeName, toStatusError } from "../../core/status-error.js";
import { encodeElement } from "../../data/element-bytes.js";
import type { Cursor } from "../../data/stage.js";
import { stageOfRecipe } from "../../data/stage-of-recipe.js";
import type { Structure } from "../../data/structure.js";
import { graphFromBytes } from "../../graph/graph-def.js";
import { ortPartitioner } from "../../runtime/ort/index.js";
import { Session, type SplitCallable } from "../../runtime/session.js";
import { leafAt } from "../leaf-at.js";
import {
  type AheadMessage,
  type AheadWorkerData,
  leastDepth,
  mostDepth,
  mostReadyBytes,
  word,
} from "./ahead-protocol.js";
import { areNumbers, packValues } from "./batch-values.js";
import { unpackRecipe } from "./packed-recipe.js";

const { port, words, graph, tables, request, digest, recipe, paths, useOnnxRuntime } = workerData as AheadWorkerData;

/** While nothing happens the thread looks up this often, in milliseconds. */
const patience = 1000;

const parts = prepare();
if (parts === undefined) Atomics.store(words, word.ready, -1);
else work(parts);

/** The part of the request that this thread does; undefined where it is not that of the training thread. */
function prepare(): SplitCallable | undefined {
  try {
    const session = new Session(graphFromBytes(graph), useOnnxRuntime ? { partitioner: ortPartitioner() } : {});
    if (tables.length > 0) session.run([], new Map(), tables, { fileRoot: "/" });
    const split = session.split(session.callable(request));
    return split?.digest === digest ? split : undefined;
  } catch {
    return undefined;
  }
}

function work({ ahead }: SplitCallable): void {
  Atomics.store(words, word.ready, 1);
  const start = waitForStart();
  /** Batches from `first` on, which the trainer may want as they are. */
  const held: Structure[] = [];
  /** Bytes of the last message with a batch. */
  let batchBytes = 0;
  let first = start;
  let hasEnded = false;
  let cursor: Cursor | undefined;
  const produce = (): AheadMessage => {
    if (cursor === undefined) {
      cursor = stageOfRecipe(unpackRecipe(recipe)).open();
      if (cursor.skip !== undefined) cursor.skip(start);
      else for (let i = 0; i < start; i++) pull(cursor);
    }
    const element = pull(cursor);
    if (element === undefined) return { end: true };
    held.push(element);
    const feeds = paths.map((path) => leafAt(element, path));
    const values = ahead(feeds);
    if (values !== undefined && areNumbers(values)) return packValues(values, feeds[0]?.shape[0] ?? -1);
    return { element: encodeElement(element) };
  };
  for (;;) {
    const seen = Atomics.load(words, word.wake);
    const taken = start + Atomics.load(words, word.taken);
    const wanted = Atomics.exchange(words, word.wanted, 0) - 1;
    if (wanted >= first) send({ element: encodeElement(held[wanted - first]!) });
    // The batch that was taken last may still be asked for.
    while (first < taken - 1 && held.length > 0) {
      held.shift();
      first++;
    }
    const ready = first + held.length - taken;
    if (hasEnded || ready >= mostDepth || (ready >= leastDepth && ready * batchBytes >= mostReadyBytes)) {
      // Several at a time: going to sleep and waking cost as much as making a small batch.
      Atomics.store(words, word.low, ready >> 1);
      Atomics.store(words, word.waits, 1);
      Atomics.wait(words, word.wake, seen, patience);
      Atomics.store(words, word.waits, 0);
      continue;
    }
    let message: AheadMessage;
    try {
      message = produce();
    } catch (error) {
      // It is the error of the batch whose turn it is, and the last thing that the input gives.
      const { code, message: text } = toStatusError(error);
      message = { code: code as StatusCodeName, message: text };
    }
    if (message instanceof ArrayBuffer) batchBytes = message.byteLength;
    else if ("element" in message) batchBytes = message.element.byteLength;
    hasEnded = !(message instanceof ArrayBuffer || "element" in message);
    send(message);
  }
}

/** Waits for the training thread's word where to begin. */
function waitForStart(): number {
  for (;;) {
    const start = Atomics.load(words, word.start) - 1;
    if (start >= 0) return start;
    Atomics.wait(words, word.start, 0, patience);
  }
}

function pull(cursor: Cursor): Structure | undefined {
  // A recipe's stages never wait.
  return cursor.next() as Structure | undefined;
}

function send(message: AheadMessage): void {
  if (message instanceof ArrayBuffer) port.postMessage(message, [message]);
  else port.postMessage(message, "element" in message ? [message.element.buffer] : []);
  Atomics.add(words, word.sent, 1);
  Atomics.notify(words, word.sent);
}
