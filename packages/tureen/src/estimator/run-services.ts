import { type Clock, systemClock } from "../core/clock.js";
import type { Graph } from "../graph/graph.js";
import { currentGraph } from "../graph/scope.js";
import { EventWriters, RunEventWriters } from "./event-writers.js";
import { type Logger, stderrLogger } from "./log.js";

/** What the hooks of one run share: where they report, what time it is, and one event file a folder. */
export interface RunServices {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly writers: RunEventWriters;
}

/** A graph belongs to one run, so hooks find the run's services through the graph that is current in `begin`. */
const servicesOfGraphs = new WeakMap<Graph, RunServices>();

/** Gives the hooks of a graph's run their services. */
export function provideRunServices(graph: Graph, services: RunServices): void {
  servicesOfGraphs.set(graph, services);
}

/** The services of a graph's run; those of a graph that no Estimator made log to stderr. */
export function runServices(graph: Graph = currentGraph()): RunServices {
  let services = servicesOfGraphs.get(graph);
  if (services === undefined) {
    const clock = systemClock;
    services = { logger: stderrLogger(), clock, writers: new RunEventWriters(new EventWriters(clock)) };
    servicesOfGraphs.set(graph, services);
  }
  return services;
}
