import { dirname } from "node:path";
import { PGlite, type Transaction } from "@electric-sql/pglite";
import { makeFolders } from "../../core/file-system.js";
import type { Database, Queryable, Row } from "./database.js";

/** PostgreSQL within this process, its files in a folder; in memory without one. One process at a time may have it open. */
export async function embeddedDatabase(folder?: string): Promise<Database> {
  if (folder !== undefined) makeFolders(dirname(folder));
  const engine = await PGlite.create(folder === undefined ? "memory://" : folder);
  const on = (target: PGlite | Transaction): Queryable => ({
    query: async <R extends Row>(sql: string, parameters: readonly unknown[] = []) =>
      (await target.query<R>(sql, [...parameters])).rows,
  });
  return {
    ...on(engine),
    isEmbedded: true,
    transaction: (work) => engine.transaction((transaction) => work(on(transaction))),
    script: async (sql) => {
      try {
        await engine.exec(sql);
      } catch (error) {
        // The script may have left its own transaction open.
        await engine.exec("ROLLBACK");
        throw error;
      }
    },
    close: () => engine.close(),
  };
}
