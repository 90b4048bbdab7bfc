/** A row as the driver gives it: columns by name. */
export type Row = Readonly<Record<string, unknown>>;

/** What runs statements; `$1` and so on stand for the parameters. */
export interface Queryable {
  query<R extends Row = Row>(sql: string, parameters?: readonly unknown[]): Promise<readonly R[]>;
}

/** A PostgreSQL database: embedded in the process or a server. */
export interface Database extends Queryable {
  /** Runs statements that take effect together or not at all. */
  transaction<T>(work: (database: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
