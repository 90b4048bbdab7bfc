import type { DriftReport, ReportedFeature } from "../../serving/drift/drift-report.js";
import { duration, short } from "./format.js";
import { Table } from "./table.js";

/** More features are not shown: the farthest come first. */
const mostShown = 30;

/** How the requests to a version differ from what it was trained on. */
export function Drift({ drift }: { drift: DriftReport }) {
  const { features, rows, seconds, samplingRate, skippedRows, trainingRows } = drift;
  return (
    <>
      <h3>Requests beside training data</h3>
      {features.length === 0 && <p class="soft">No request has been compared yet.</p>}
      <p class="soft">
        {`${short(rows)} rows within the last ${duration(seconds)} (${short(samplingRate * 100)} % of the requests) beside ${short(trainingRows)} in training`}
        {skippedRows > 0 && ` · ${short(skippedRows)} rows passed over`}
      </p>
      {features.length > 0 && (
        <Table head={["feature", "state", "stability index (by chance)", "missing", "mean", "new values"]}>
          {features.slice(0, mostShown).map(featureRow)}
        </Table>
      )}
      {features.length > mostShown && <p class="soft">{`and ${features.length - mostShown} more`}</p>}
    </>
  );
}

function featureRow({ name, state, index, noise, missing, mean, newValues }: ReportedFeature) {
  return (
    <tr key={name}>
      <td>{name}</td>
      <td>
        <span class={`state drift-${state}`}>{state}</span>
      </td>
      <td>
        {short(index)} <span class="soft">{`(${short(noise)})`}</span>
      </td>
      <td>{`${percent(missing[0])} → ${percent(missing[1])}`}</td>
      <td>{mean === undefined ? "–" : `${short(mean[0])} → ${short(mean[1])}`}</td>
      <td>{newValues.slice(0, 3).join(", ")}</td>
    </tr>
  );
}

function percent(share: number): string {
  return `${short(share * 100)} %`;
}
