import type { Http2Server, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Server } from "@grpc/grpc-js";

/** What a grpc-js 1.14 server keeps of each address that it listens on. Nothing public names it; the version is pinned. */
interface ServerInternals {
  readonly commonServerOptions: Http2StreamResetOptions;
  readonly http2Servers: ReadonlyMap<Http2Server, { readonly sessions: ReadonlySet<ServerHttp2Session> }>;
  readonly onStreamOpened: (stream: ServerHttp2Stream) => void;
}

/** Options of Node's HTTP/2 servers that grpc-js does not pass on. */
interface Http2StreamResetOptions {
  streamResetBurst?: number;
  streamResetRate?: number;
}

/** Cancelled calls that a connection may have at once, and for each second. */
const streamResets = 100_000;

/**
 * Has connections live on when a client cancels many calls; before the server is bound.
 *
 * Node's own limit, 33 a second after 1,000, is for servers that work on for calls that nobody waits for. gRPC's clients reset a stream at each
 * deadline: a server under load that kept them waiting would lose their connections too, with all calls on them. Here a cancelled call leaves
 * the queues at once, and costs less than one that is answered.
 */
export function allowStreamResets(server: Server): void {
  const options = (server as unknown as ServerInternals).commonServerOptions;
  options.streamResetBurst = streamResets;
  options.streamResetRate = streamResets;
}

/** The HTTP/2 servers under a gRPC server: one an address. */
export function http2ServersOf(server: Server): readonly Http2Server[] {
  return [...(server as unknown as ServerInternals).http2Servers.keys()];
}

/** The connections of a gRPC server, now and later: without channelz, grpc-js forgets to end them in forceShutdown. */
export function openSessions(server: Server): () => readonly ServerHttp2Session[] {
  const sets = [...(server as unknown as ServerInternals).http2Servers.values()].map(({ sessions }) => sessions);
  return () => sets.flatMap((sessions) => [...sessions]);
}

/** What tells the library that a call has begun on a connection, which counts for `grpc.max_connection_idle_ms`. */
export function noteOpenedStream(server: Server): (stream: ServerHttp2Stream) => void {
  const internals = server as unknown as ServerInternals;
  return (stream) => internals.onStreamOpened(stream);
}
