/** A row as the driver gives it: columns by name. */
export type Row = Readonly<Record<string, unknown>>;

/** What runs statements; `$1` and so on stand for the parameters. */
export interface Queryable {
  query<R extends Row = Row>(sql: string, parameters?: readonly unknown[]): Promise<readonly R[]>;
}

/** A PostgreSQL database: embedded in the process or a server. UNAVAILABLE where the server cannot be reached or goes away. */
export interface Database extends Queryable {
  /** Whether no other process can have it open. */
  readonly isEmbedded: boolean;
  /** Runs statements that take effect together or not at all. */
  transaction<T>(work: (database: Queryable) => Promise<T>): Promise<T>;
  /** Runs several statements, separated by semicolons, that have no parameters. */
  script(sql: string): Promise<void>;
  close(): Promise<void>;
}
