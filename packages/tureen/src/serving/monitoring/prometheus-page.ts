import { formatSixDigits } from "../rest/format-number.js";
import type { HistogramPoint, Metric } from "./metrics.js";

/** Where TensorFlow Serving has its page unless the monitoring configuration says otherwise. */
export const defaultPrometheusPath = "/monitoring/prometheus/metrics";

/**
 * The metrics in Prometheus' text format, to the byte as TensorFlow Serving prints them (util/prometheus_exporter.cc): `/` becomes `:` in
 * names, `# TYPE` lines stand alone and also where nothing was counted yet.
 */
export function prometheusPage(metrics: readonly Metric[]): string {
  const lines: string[] = [];
  for (const metric of metrics) {
    const name = metric.name.replace(/[^a-zA-Z0-9_]/g, ":");
    lines.push(`# TYPE ${name} ${metric.kind}`);
    if (metric.kind === "histogram") {
      for (const point of metric.points.values()) {
        histogramLines(name, labelText(metric.labelNames, point.labels), metric.limits, point, lines);
      }
    } else {
      const points = metric.kind === "counter" ? [...metric.points.values()] : metric.read();
      for (const { labels, value } of points) lines.push(`${name}{${labelText(metric.labelNames, labels)}} ${value}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function histogramLines(
  name: string,
  labels: string,
  limits: readonly number[],
  point: HistogramPoint,
  lines: string[],
): void {
  const prefix = labels === "" ? "" : `${labels},`;
  let count = 0;
  point.buckets.forEach((bucket, i) => {
    count += bucket;
    const limit = i < limits.length ? formatSixDigits(limits[i]!) : "+Inf";
    lines.push(`${name}_bucket{${prefix}le="${limit}"} ${count}`);
  });
  lines.push(`${name}_sum{${labels}} ${formatSixDigits(point.sum)}`, `${name}_count{${labels}} ${count}`);
}

function labelText(names: readonly string[], values: readonly string[]): string {
  return names
    .map((name, i) => `${name}="${(values[i] ?? "").replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`)
    .join(",");
}
