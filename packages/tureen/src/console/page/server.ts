import type { ConsoleData } from "../console-data.js";

/** Where the token of an access file is kept: this tab alone, until it is closed. */
const tokenKey = "tureen-token";

/** Whether the server asks who is there. */
export class NeedsToken extends Error {}

/** Keeps a token for the requests that follow. */
export function setToken(token: string): void {
  sessionStorage.setItem(tokenKey, token);
}

/** Asks the server that the page came from. */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const token = sessionStorage.getItem(tokenKey);
  const headers = new Headers(init.headers);
  if (token !== null) headers.set("Authorization", `Bearer ${token}`);
  const response = await fetch(path, { ...init, headers });
  if (response.status === 401) throw new NeedsToken();
  return response;
}

/** What the page shows. */
export async function consoleData(): Promise<ConsoleData> {
  return (await (await ask("/console/data")).json()) as ConsoleData;
}
