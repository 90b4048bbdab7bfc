/** The checks of the interop tier in the order of the data's way. `python` scripts run in the TensorFlow environment, `node` ones with tsx. */
export const checks = [
  { name: "protos", python: ["interop/protos/compare_descriptors.py"] },
  { name: "formats", python: ["interop/formats/check_written.py"] },
  { name: "goldens", python: ["interop/fixtures/check_goldens.py"] },
  { name: "checkpoints", python: ["interop/estimator/check_checkpoints.py"] },
  { name: "crash", node: ["interop/estimator/crash.mjs"] },
  { name: "exports", python: ["interop/exports/check_exports.py"] },
  { name: "shared-models", node: ["interop/shared-models/check.ts"] },
  { name: "served-models", node: ["interop/shared-models/check-server.ts"] },
  { name: "fuzz", node: ["interop/saved-model/fuzz.ts"] },
  { name: "serving", node: ["interop/serving/check.ts"] },
  { name: "connections", node: ["interop/serving/check-connections.ts"] },
  { name: "swaps", node: ["interop/serving/check-swaps.ts"] },
  { name: "clients", node: ["interop/clients/check.ts"] },
  { name: "inference-protocol", node: ["interop/serving/check.ts", "--inference"] },
  { name: "main-job", python: ["interop/examples/check_main_job.py"] },
  { name: "cloud", node: ["interop/cloud/check.ts"] },
];
