import { randomBytes } from "node:crypto";
import type { Database } from "../database/database.js";
import { embeddedDatabase } from "../database/embedded-database.js";
import { postgresDatabase } from "../database/postgres-database.js";

/** A PostgreSQL server that may make databases; without it the tests have an embedded one. The interop tier sets it. */
const serverUrl = process.env["TUREEN_TEST_DATABASE_URL"];

/** The URL of an empty database of this test's own on that server; undefined where there is none. */
export async function testDatabaseUrl(): Promise<string | undefined> {
  if (serverUrl === undefined) return undefined;
  const name = `test_${randomBytes(8).toString("hex")}`;
  const server = postgresDatabase(serverUrl);
  try {
    await server.query(`CREATE DATABASE ${name}`);
  } finally {
    await server.close();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** An empty database of this test's own: embedded, or on that server. */
export async function testDatabase(): Promise<Database> {
  const url = await testDatabaseUrl();
  return url === undefined ? embeddedDatabase() : postgresDatabase(url);
}
