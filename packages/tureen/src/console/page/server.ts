import type { ConsoleData } from "../console-data.js";

/** Where the token of an access file is kept: this tab alone, until it is closed. */
const tokenKey = "tureen-token";

/** Whether the server asks who is there. */
export class NeedsToken extends Error {
  /** Whether there was a token, which the server does not know. */
  readonly hadToken: boolean;

  constructor(hadToken: boolean) {
    super("The server wants a token that it knows.");
    this.hadToken = hadToken;
  }
}

/** Whether the server answered, but with a refusal. */
export class Refused extends Error {}

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
  if (response.status === 401) throw new NeedsToken(token !== null);
  return response;
}

/** What the page shows. */
export async function consoleData(): Promise<ConsoleData> {
  const response = await ask("/console/data");
  if (!response.ok) throw new Refused(await refusalOf(response));
  return (await response.json()) as ConsoleData;
}

/** What a refusal says: the error of a JSON body, else its status. */
export async function refusalOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return (JSON.parse(text) as { readonly error: string }).error;
  } catch {
    return `HTTP ${response.status}`;
  }
}

/** A failed request as the page tells of it: browsers have all sorts of texts for a server that is not there. */
export function problemText(error: unknown): string {
  return error instanceof NeedsToken || error instanceof Refused ? error.message : "The server does not answer.";
}
