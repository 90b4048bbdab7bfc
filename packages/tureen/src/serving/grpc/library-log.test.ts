import { experimental, logVerbosity, Server, ServerCredentials } from "@grpc/grpc-js";
import { afterEach, describe, expect, it, vi } from "vitest";
import { lineLog } from "../log.js";
import { logLibrary } from "./library-log.js";

describe("logLibrary", () => {
  afterEach(() => vi.restoreAllMocks());

  it("gives the library's lines the server's form, and leaves out what an error tells again", async () => {
    const printed = vi.spyOn(console, "error").mockReturnValue();
    const lines: string[] = [];
    logLibrary(lineLog((line) => lines.push(line)));
    const bind = (address: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const credentials = ServerCredentials.createInsecure();
        new Server().bindAsync(address, credentials, (error, port) => (error === null ? resolve(port) : reject(error)));
      });
    await expect(bind("unix:/no/such/folder/socket")).rejects.toThrow(/no\/such\/folder/);
    experimental.log(logVerbosity.ERROR, "a line");
    expect(lines).toEqual([expect.stringMatching(/: E serving\/grpc\] a line\n$/)]);
    expect(printed).not.toHaveBeenCalled();
  });
});
