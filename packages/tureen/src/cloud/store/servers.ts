import { toStatusError } from "../../core/status-error.js";
import type { Log } from "../../serving/log.js";
import type { Database } from "../database/database.js";

/** Milliseconds between signs of life. */
const beatMs = 2000;
/** A server that has given no sign for so long is taken for dead: it may have missed some while the database restarted. */
export const lifeSeconds = 12;

/** A server among those that share a database. */
export interface ServerPresence {
  leave(): Promise<void>;
}

/**
 * Lets the other servers of a database know that this one, by the name of `id` that no other ever has, lives; `onBeat` is called with every sign of
 * life.
 *
 * An embedded database has one server: all that were before are gone.
 */
export async function joinServers(
  database: Database,
  id: string,
  log: Log,
  onBeat: () => Promise<void>,
): Promise<ServerPresence> {
  if (database.isEmbedded) await database.query("DELETE FROM tureen_servers");
  const beat = async (): Promise<void> => {
    await database.query(
      "INSERT INTO tureen_servers (id, seen) VALUES ($1, now()) ON CONFLICT (id) DO UPDATE SET seen = now()",
      [id],
    );
  };
  await beat();
  let isReachable = true;
  let beating: Promise<void> = Promise.resolve();
  let isBeating = false;
  const timer = setInterval(() => {
    if (isBeating) return;
    isBeating = true;
    beating = (async () => {
      try {
        await beat();
        await onBeat();
        isReachable = true;
      } catch (error) {
        if (isReachable) log.warning("cloud", toStatusError(error).message);
        isReachable = false;
      } finally {
        isBeating = false;
      }
    })();
  }, beatMs);
  return {
    async leave() {
      clearInterval(timer);
      await beating;
      // A database that is away lets the sign of life grow old instead.
      await database.query("DELETE FROM tureen_servers WHERE id = $1", [id]).catch(() => {});
    },
  };
}
