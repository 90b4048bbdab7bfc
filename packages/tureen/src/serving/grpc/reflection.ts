import { type DescFile, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { Server } from "@grpc/grpc-js";
import { file_tensorflow_serving_apis_model_service } from "@tureen/protos/gen/tensorflow_serving/apis/model_service_pb";
import { file_tensorflow_serving_apis_prediction_service } from "@tureen/protos/gen/tensorflow_serving/apis/prediction_service_pb";
import { file_grpc_health_v1_health } from "@tureen/protos/gen/grpc/health/v1/health_pb";

/**
 * Adds gRPC server reflection (v1 and v1alpha), so that grpcurl and its like need no .proto files.
 *
 * TensorFlow Serving has none; it changes nothing for clients that do not ask.
 */
export async function addReflection(server: Server): Promise<void> {
  const { ReflectionService } = await import("@grpc/reflection");
  const files = new Map<string, DescFile>();
  const collect = (file: DescFile): void => {
    if (files.has(file.name)) return;
    files.set(file.name, file);
    for (const dependency of file.dependencies) collect(dependency);
  };
  collect(file_tensorflow_serving_apis_prediction_service);
  collect(file_tensorflow_serving_apis_model_service);
  collect(file_grpc_health_v1_health);
  const fileDescriptorProtos = [...files.values()].map((file) =>
    Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)),
  );
  // The library reads nothing but the descriptors of a package definition's entries.
  const definition = { reflected: { format: "Protocol Buffer 3 DescriptorProto", type: {}, fileDescriptorProtos } };
  new ReflectionService(definition as unknown as ConstructorParameters<typeof ReflectionService>[0]).addToServer(server);
}
