import type { Http2Server, ServerHttp2Session } from "node:http2";

/** How long a connection may be silent before it is asked, and how long it may take to answer, in milliseconds. */
export interface SilenceLimits {
  readonly askAfterMs: number;
  readonly answerWithinMs: number;
}

/**
 * A minute: often enough that connections whose client is gone cannot pile up, seldom enough that thousands of idle ones cost next to nothing. The
 * second number is gRPC's default for its keep-alive.
 */
export const usualSilence: SilenceLimits = Object.freeze({ askAfterMs: 60_000, answerWithinMs: 20_000 });

/**
 * Ends connections that say nothing and do not answer a ping: those of clients that vanished, and those that Node leaves open for ever, with
 * nobody told, after HTTP/2 frames that nghttp2 refuses (node:http2 of Node 20). Calls that were under way on them end with them.
 */
export function endSilentConnections(server: Http2Server, { askAfterMs, answerWithinMs }: SilenceLimits): void {
  server.on("session", (session: ServerHttp2Session) => {
    session.setTimeout(askAfterMs, () => {
      if (session.destroyed) return;
      const timer = setTimeout(() => session.destroy(), answerWithinMs);
      timer.unref();
      try {
        if (!session.ping(() => clearTimeout(timer))) session.destroy();
      } catch {
        // Too many pings under way, or a session that takes no more frames.
        session.destroy();
      }
    });
  });
}
