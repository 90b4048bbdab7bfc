import { existsSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../core/clock.js";
import { fileError, makeFolders } from "../core/file-system.js";
import { StatusError } from "../core/status-error.js";
import { decodeSummary, encodeSummary, type SummaryValue } from "./summary.js";
import { readTfRecordFileSync, TfRecordWriter } from "./tf-record-file.js";
import { WireReader, WireWriter } from "./wire-format.js";

/** `tensorflow.Event`: one record of an event file. */
export interface EventRecord {
  /** Seconds since the epoch. */
  readonly wallTime: number;
  /** The global step, 0 where there is none. */
  readonly step: number;
  /** Only in the first record of a file. */
  readonly fileVersion?: string;
  /** A serialized GraphDef. */
  readonly graphDef?: Uint8Array;
  /** A serialized MetaGraphDef. */
  readonly metaGraphDef?: Uint8Array;
  readonly summary?: readonly SummaryValue[];
  readonly sessionLog?: SessionLog;
}

/** `tensorflow.SessionLog`: that a session began, or wrote a checkpoint. */
export interface SessionLog {
  readonly status: "START" | "STOP" | "CHECKPOINT";
  readonly checkpointPath?: string;
}

/** `SessionLog.SessionStatus`, by number. */
const sessionStatuses: readonly (SessionLog["status"] | undefined)[] = [undefined, "START", "STOP", "CHECKPOINT"];

/** What the first record of every event file says. */
export const eventFileVersion = "brain.Event:2";

function eventHead(wallTime: number, step: number): WireWriter {
  return new WireWriter().doubleField(1, wallTime).integerField(2, step);
}

/** The bytes of an event. */
export function encodeEvent(event: EventRecord): Uint8Array {
  const writer = eventHead(event.wallTime, event.step);
  if (event.fileVersion !== undefined) writer.textField(3, event.fileVersion);
  if (event.graphDef !== undefined) writer.bytesField(4, event.graphDef);
  if (event.summary !== undefined) writer.bytesField(5, encodeSummary(event.summary));
  if (event.sessionLog !== undefined) writer.bytesField(7, encodeSessionLog(event.sessionLog));
  if (event.metaGraphDef !== undefined) writer.bytesField(9, event.metaGraphDef);
  return writer.finish();
}

function encodeSessionLog({ status, checkpointPath }: SessionLog): Uint8Array {
  const writer = new WireWriter().integerField(1, sessionStatuses.indexOf(status));
  if (checkpointPath !== undefined) writer.textField(2, checkpointPath);
  return writer.finish();
}

function decodeSessionLog(bytes: Uint8Array): SessionLog | undefined {
  const reader = new WireReader(bytes);
  let status: SessionLog["status"] | undefined;
  let checkpointPath: string | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 8) status = sessionStatuses[reader.varint()];
    else if (tag === 18) checkpointPath = reader.text();
    else reader.skip(tag);
  }
  return status === undefined ? undefined : { status, ...(checkpointPath === undefined ? {} : { checkpointPath }) };
}

/** An event of its bytes; DATA_LOSS for what is none. */
export function decodeEvent(bytes: Uint8Array): EventRecord {
  const event: { -readonly [K in keyof EventRecord]: EventRecord[K] } = { wallTime: 0, step: 0 };
  const reader = new WireReader(bytes);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 9) event.wallTime = reader.double();
    else if (tag === 16) event.step = reader.int64();
    else if (tag === 26) event.fileVersion = reader.text();
    else if (tag === 34) event.graphDef = reader.lengthPrefixed();
    else if (tag === 42) event.summary = decodeSummary(reader.lengthPrefixed());
    else if (tag === 58) {
      const sessionLog = decodeSessionLog(reader.lengthPrefixed());
      if (sessionLog !== undefined) event.sessionLog = sessionLog;
    } else if (tag === 74) event.metaGraphDef = reader.lengthPrefixed();
    else reader.skip(tag);
  }
  return event;
}

/** What an EventWriter takes. */
export interface EventWriterOptions {
  readonly clock?: Clock;
  /** The machine's name in the file's name; its own unless said. */
  readonly host?: string;
  /** Put at the end of the file's name, such as ".v2". */
  readonly suffix?: string;
  /** An event file of an earlier writer to go on with, where it still exists, instead of a new one. */
  readonly continueFile?: string;
  /** How long an event may wait in memory before the next one makes the writer flush; 120, as in TensorFlow, unless said. */
  readonly flushSeconds?: number;
}

/** How many names the writer tries where the folder has a file of this second already. */
const maxNames = 1000;

/**
 * Writes an event file that TensorBoard reads: `events.out.tfevents.<seconds, ten digits>.<host>` in a folder that is made where it is missing.
 *
 * Where that file exists, a number is added to the name instead of writing over it. The first record tells the version and is on disk at once;
 * later ones are buffered until `flush`, `close` or `flushSeconds`.
 */
export class EventWriter {
  readonly path: string;
  private readonly writer: TfRecordWriter;
  private readonly clock: Clock;
  private readonly flushMilliseconds: number;
  private lastFlush: number;

  constructor(directory: string, options: EventWriterOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.flushMilliseconds = (options.flushSeconds ?? 120) * 1000;
    const seconds = Math.floor(this.clock.now() / 1000);
    const name = `events.out.tfevents.${String(seconds).padStart(10, "0")}.${options.host ?? hostname()}`;
    try {
      makeFolders(directory);
    } catch (error) {
      throw fileError(error, directory);
    }
    const { continueFile } = options;
    const continues = continueFile !== undefined && existsSync(continueFile);
    this.writer = continues
      ? new TfRecordWriter(continueFile, { mode: "append" })
      : createFile(join(directory, name), options.suffix ?? "");
    this.path = this.writer.path;
    this.lastFlush = this.clock.monotonic();
    if (continues) return;
    this.add(encodeEvent({ wallTime: seconds, step: 0, fileVersion: eventFileVersion }));
    this.flush();
  }

  /** Adds values at a step. */
  addSummary(values: readonly SummaryValue[], step: number): void {
    this.addSummaryBytes(encodeSummary(values), step);
  }

  /** Adds a serialized `tensorflow.Summary`, such as a summary op gives. */
  addSummaryBytes(summary: Uint8Array, step: number): void {
    this.add(eventHead(this.now(), step).bytesField(5, summary).finish());
  }

  /** Adds scalars by tag, as TensorFlow 1 and the Estimator write them. */
  addScalars(scalars: Readonly<Record<string, number>>, step: number): void {
    this.addSummary(
      Object.entries(scalars).map(([tag, simpleValue]) => ({ tag, simpleValue })),
      step,
    );
  }

  /** Adds a serialized GraphDef, for TensorBoard's graph page. */
  addGraphDef(graphDef: Uint8Array, step = 0): void {
    this.add(encodeEvent({ wallTime: this.now(), step, graphDef }));
  }

  /** Adds a serialized MetaGraphDef. */
  addMetaGraphDef(metaGraphDef: Uint8Array, step = 0): void {
    this.add(encodeEvent({ wallTime: this.now(), step, metaGraphDef }));
  }

  /** Adds that a session began or wrote a checkpoint. */
  addSessionLog(sessionLog: SessionLog, step = 0): void {
    this.add(encodeEvent({ wallTime: this.now(), step, sessionLog }));
  }

  /** Hands everything so far to the operating system, so that readers see it. */
  flush(): void {
    this.writer.flush();
    this.lastFlush = this.clock.monotonic();
  }

  /** Flushes and closes; closing twice does nothing, adding afterwards is FAILED_PRECONDITION. */
  close(): void {
    this.writer.close();
  }

  private now(): number {
    return this.clock.now() / 1000;
  }

  private add(event: Uint8Array): void {
    this.writer.write(event);
    if (this.clock.monotonic() - this.lastFlush >= this.flushMilliseconds) this.flush();
  }
}

function createFile(path: string, suffix: string): TfRecordWriter {
  for (let i = 0; ; i++) {
    try {
      return new TfRecordWriter(`${path}${i === 0 ? "" : `.${i}`}${suffix}`, { mode: "create" });
    } catch (error) {
      if (!(error instanceof StatusError && error.code === "ALREADY_EXISTS") || i === maxNames) throw error;
    }
  }
}

/** The events of a file, in order. A record that is cut short by a writer still at work ends them, or is DATA_LOSS, as `readTfRecords` says. */
export function* readEvents(path: string): Generator<EventRecord, void> {
  for (const record of readTfRecordFileSync(path)) yield decodeEvent(record);
}

/** The paths of a folder's event files, by name, which is by time; empty where there is no folder. */
export function eventFiles(directory: string): string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    const failure = fileError(error, directory);
    if (failure.code === "NOT_FOUND") return [];
    throw failure;
  }
  return names
    .filter((name) => name.includes("tfevents"))
    .sort()
    .map((name) => join(directory, name));
}
