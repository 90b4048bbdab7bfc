import { collectionKeys } from "../../graph/collections.js";
import type { Graph, Operation } from "../../graph/graph.js";
import type { Variable } from "../../graph/variable.js";
import type { Session } from "../../runtime/session.js";
import { fixtureFolder, type RecordedLayer, recordedValue } from "./test-fixtures.js";

/** Brings a recorded layer's variables and tables to life in a session. */
export function initializeLayer(graph: Graph, session: Session, recorded: RecordedLayer): void {
  const variables = graph.getCollection<Variable>(collectionKeys.globalVariables);
  for (const variable of variables) {
    session.run([], new Map([[variable.initialValue, recordedValue(recorded.variables![variable.name]!)]]), [
      variable.initializer,
    ]);
  }
  const tables = graph.getCollection<Operation>(collectionKeys.tableInitializers);
  if (tables.length > 0) session.run([], new Map(), tables, { fileRoot: fixtureFolder });
}
