import pg from "pg";
import { StatusError } from "../../core/status-error.js";
import type { Database, Queryable, Row } from "./database.js";

/** A connection that the network swallowed must not keep a caller for ever; far more than any statement here takes. */
const statementMs = 60_000;
const connectMs = 10_000;
/** SQLSTATE classes after which the same statement can succeed: connections, shutdown and start, too many clients, deadlocks. */
const passing = /^(08|57P|53|40)/;

/** A PostgreSQL server, by its connection URL; connections are made as they are needed. */
export function postgresDatabase(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    connectionTimeoutMillis: connectMs,
    query_timeout: statementMs,
    keepAlive: true,
  });
  // A connection that breaks is replaced by the pool; the events must be listened to all the same, or they end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const on = (target: pg.Pool | pg.PoolClient): Queryable => ({
    query: async <R extends Row>(sql: string, parameters: readonly unknown[] = []) =>
      (await reaching(target.query<R>(sql, [...parameters]))).rows,
  });
  return {
    ...on(pool),
    isEmbedded: false,
    async transaction(work) {
      const client = await reaching(pool.connect());
      const connection = on(client);
      let isBroken = false;
      try {
        await connection.query("BEGIN");
        const result = await work(connection);
        await connection.query("COMMIT");
        return result;
      } catch (error) {
        await client.query("ROLLBACK").catch(() => {
          isBroken = true;
        });
        throw error;
      } finally {
        client.release(isBroken);
      }
    },
    async script(sql) {
      const client = await reaching(pool.connect());
      let isBroken = true;
      try {
        await reaching(client.query(sql));
        isBroken = false;
      } finally {
        // A script that fails may leave its own transaction open, which nobody else must get.
        client.release(isBroken);
      }
    },
    close: () => pool.end(),
  };
}

/** UNAVAILABLE instead of what the driver says where the server is at fault and not the statement. */
async function reaching<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const isStatement = error instanceof pg.DatabaseError && !passing.test(error.code ?? "");
    if (isStatement) throw error;
    throw new StatusError("UNAVAILABLE", `The database cannot be reached: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
