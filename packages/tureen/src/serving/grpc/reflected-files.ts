import type { DescFile } from "@bufbuild/protobuf";
import { file_grpc_health_v1_health } from "@tureen/protos/gen/grpc/health/v1/health_pb";
import { file_inference_grpc_inference_service } from "@tureen/protos/gen/inference/grpc_inference_service_pb";
import { file_tensorflow_serving_apis_model_service } from "@tureen/protos/gen/tensorflow_serving/apis/model_service_pb";
import { file_tensorflow_serving_apis_prediction_service } from "@tureen/protos/gen/tensorflow_serving/apis/prediction_service_pb";

/** The files whose services reflection shows; those that they import come along. */
export const reflectedFiles: readonly DescFile[] = Object.freeze([
  file_tensorflow_serving_apis_prediction_service,
  file_tensorflow_serving_apis_model_service,
  file_inference_grpc_inference_service,
  file_grpc_health_v1_health,
]);
