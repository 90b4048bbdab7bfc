/**
 * The generated TensorFlow, TensorFlow Serving and gRPC health messages, each under its own name: `GraphDef` is the type,
 * `GraphDefSchema` what `create`, `fromBinary`, `toBinary` and `toJson` of `@bufbuild/protobuf` take. Names are unique over
 * all files but for `StatusProto`: that name is TensorFlow Serving's; TensorFlow's own is `CoreStatusProto`.
 *
 * Importing this entry parses every embedded descriptor. What must start fast imports a generated file on its own
 * (`@tureen/protos/gen/tensorflow/core/framework/graph_pb`) or a hand-written codec (`@tureen/protos/tensor-proto`).
 */

export * from "./gen/grpc/health/v1/health_pb.js";
export * from "./gen/tensorflow/core/example/example_pb.js";
export * from "./gen/tensorflow/core/example/feature_pb.js";
export * from "./gen/tensorflow/core/framework/allocation_description_pb.js";
export * from "./gen/tensorflow/core/framework/attr_value_pb.js";
export * from "./gen/tensorflow/core/framework/cost_graph_pb.js";
export * from "./gen/tensorflow/core/framework/full_type_pb.js";
export * from "./gen/tensorflow/core/framework/function_pb.js";
export * from "./gen/tensorflow/core/framework/graph_debug_info_pb.js";
export * from "./gen/tensorflow/core/framework/graph_pb.js";
export * from "./gen/tensorflow/core/framework/node_def_pb.js";
export * from "./gen/tensorflow/core/framework/op_def_pb.js";
export * from "./gen/tensorflow/core/framework/resource_handle_pb.js";
export * from "./gen/tensorflow/core/framework/step_stats_pb.js";
export * from "./gen/tensorflow/core/framework/summary_pb.js";
export * from "./gen/tensorflow/core/framework/tensor_description_pb.js";
export * from "./gen/tensorflow/core/framework/tensor_pb.js";
export * from "./gen/tensorflow/core/framework/tensor_shape_pb.js";
export * from "./gen/tensorflow/core/framework/tensor_slice_pb.js";
export * from "./gen/tensorflow/core/framework/types_pb.js";
export * from "./gen/tensorflow/core/framework/variable_pb.js";
export * from "./gen/tensorflow/core/framework/versions_pb.js";
export * from "./gen/tensorflow/core/kernels/boosted_trees/boosted_trees_pb.js";
export * from "./gen/tensorflow/core/protobuf/cluster_pb.js";
export * from "./gen/tensorflow/core/protobuf/composite_tensor_variant_pb.js";
export * from "./gen/tensorflow/core/protobuf/config_pb.js";
export * from "./gen/tensorflow/core/protobuf/control_flow_pb.js";
export * from "./gen/tensorflow/core/protobuf/debug_pb.js";
export * from "./gen/tensorflow/core/protobuf/fingerprint_pb.js";
export * from "./gen/tensorflow/core/protobuf/meta_graph_pb.js";
export * from "./gen/tensorflow/core/protobuf/named_tensor_pb.js";
export * from "./gen/tensorflow/core/protobuf/queue_runner_pb.js";
export * from "./gen/tensorflow/core/protobuf/rewriter_config_pb.js";
export * from "./gen/tensorflow/core/protobuf/saved_model_pb.js";
export * from "./gen/tensorflow/core/protobuf/saved_object_graph_pb.js";
export * from "./gen/tensorflow/core/protobuf/saver_pb.js";
export * from "./gen/tensorflow/core/protobuf/struct_pb.js";
export * from "./gen/tensorflow/core/protobuf/tensor_bundle_pb.js";
export * from "./gen/tensorflow/core/protobuf/trackable_object_graph_pb.js";
export * from "./gen/tensorflow/core/protobuf/verifier_config_pb.js";
export * from "./gen/tensorflow/core/util/event_pb.js";
export * from "./gen/tensorflow/core/util/saved_tensor_slice_pb.js";
export * from "./gen/tensorflow/python/training/checkpoint_state_pb.js";
export * from "./gen/tensorflow_serving/apis/classification_pb.js";
export * from "./gen/tensorflow_serving/apis/get_model_metadata_pb.js";
export * from "./gen/tensorflow_serving/apis/get_model_status_pb.js";
export * from "./gen/tensorflow_serving/apis/inference_pb.js";
export * from "./gen/tensorflow_serving/apis/input_pb.js";
export * from "./gen/tensorflow_serving/apis/logging_pb.js";
export * from "./gen/tensorflow_serving/apis/model_management_pb.js";
export * from "./gen/tensorflow_serving/apis/model_pb.js";
export * from "./gen/tensorflow_serving/apis/model_service_pb.js";
export * from "./gen/tensorflow_serving/apis/predict_pb.js";
export * from "./gen/tensorflow_serving/apis/prediction_log_pb.js";
export * from "./gen/tensorflow_serving/apis/prediction_service_pb.js";
export * from "./gen/tensorflow_serving/apis/regression_pb.js";
export * from "./gen/tensorflow_serving/apis/session_service_pb.js";
export * from "./gen/tensorflow_serving/apis/status_pb.js";
export * from "./gen/tensorflow_serving/config/file_system_storage_path_source_pb.js";
export * from "./gen/tensorflow_serving/config/log_collector_config_pb.js";
export * from "./gen/tensorflow_serving/config/logging_config_pb.js";
export * from "./gen/tensorflow_serving/config/model_server_config_pb.js";
export * from "./gen/tensorflow_serving/config/monitoring_config_pb.js";
export * from "./gen/tensorflow_serving/config/platform_config_pb.js";
export * from "./gen/tensorflow_serving/config/ssl_config_pb.js";
export * from "./gen/tensorflow_serving/servables/tensorflow/saved_model_bundle_source_adapter_pb.js";
export * from "./gen/tensorflow_serving/servables/tensorflow/session_bundle_config_pb.js";
export * from "./gen/tsl/protobuf/coordination_config_pb.js";
export * from "./gen/tsl/protobuf/error_codes_pb.js";
export * from "./gen/tsl/protobuf/histogram_pb.js";
export * from "./gen/tsl/protobuf/rpc_options_pb.js";
export {
  type StatusProto as CoreStatusProto,
  StatusProtoSchema as CoreStatusProtoSchema,
} from "./gen/tsl/protobuf/status_pb.js";
