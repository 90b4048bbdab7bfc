import pg from "pg";
import type { Database, Queryable, Row } from "./database.js";

/** A PostgreSQL server, by its connection URL; connections are made as they are needed. */
export function postgresDatabase(url: string): Database {
  const pool = new pg.Pool({ connectionString: url });
  // A connection that breaks while nobody uses it is replaced by the pool; the event must be listened to all the same.
  pool.on("error", () => {});
  const on = (target: pg.Pool | pg.PoolClient): Queryable => ({
    query: async <R extends Row>(sql: string, parameters: readonly unknown[] = []) =>
      (await target.query<R>(sql, [...parameters])).rows,
  });
  return {
    ...on(pool),
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query("BEGIN");
        const result = await work(on(client));
        await client.query("COMMIT");
        return result;
      } catch (error) {
        await client.query("ROLLBACK").catch(() => {});
        throw error;
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}
