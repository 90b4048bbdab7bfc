/**
 * The metadata entry and header of request ids.
 *
 * On its own, because transports always need it and the watch of requests, with the tracing library behind it, seldom.
 */
export const requestIdHeader = "x-request-id";
