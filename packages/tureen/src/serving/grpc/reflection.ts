import type { EventEmitter } from "node:events";
import { type DescFile, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { handleBidiStreamingCall, Server, ServerDuplexStream, ServiceDefinition } from "@grpc/grpc-js";
import { byteMethod } from "./unary.js";

const versions = ["v1", "v1alpha"] as const;
const method = "ServerReflectionInfo";

/** What the library registers for one version of the protocol. */
interface Registered {
  readonly definition: ServiceDefinition;
  readonly handler: (stream: MessageStream) => void;
}

/** The part of a gRPC stream that the library uses, on messages. */
interface MessageStream {
  on(event: string, listener: (message: unknown) => void): unknown;
  write(message: object): void;
  end(): void;
}

/**
 * Adds gRPC server reflection (v1 and v1alpha), so that grpcurl and its like need no .proto files.
 *
 * TensorFlow Serving has none; it changes nothing for clients that do not ask. The library and its descriptors, which take a tenth of a
 * second, are loaded by the first who does.
 */
export function addReflection(server: Server): void {
  let loaded: Promise<ReadonlyMap<string, Registered>> | undefined;
  for (const version of versions) {
    const name = `grpc.reflection.${version}.ServerReflection`;
    const handler: handleBidiStreamingCall<Uint8Array, Uint8Array> = (call) => {
      loaded ??= loadReflection();
      loaded.then(
        (services) => attach(call, services.get(name)!),
        (error: Error) => call.destroy(error),
      );
    };
    const definition = { ...byteMethod(`/${name}/${method}`), requestStream: true, responseStream: true };
    server.addService({ [method]: definition }, { [method]: handler });
  }
}

/** Lets the library's handler, which wants messages, work on a call of bytes. */
function attach(call: ServerDuplexStream<Uint8Array, Uint8Array>, { definition, handler }: Registered): void {
  const { requestDeserialize, responseSerialize } = definition[method]!;
  handler({
    on: (event, listener) =>
      (call as EventEmitter).on(event, (message: Uint8Array | undefined) =>
        listener(message === undefined ? message : requestDeserialize(Buffer.from(message))),
      ),
    write: (message) => {
      call.write(responseSerialize(message));
    },
    end: () => {
      call.end();
    },
  });
}

async function loadReflection(): Promise<ReadonlyMap<string, Registered>> {
  const { ReflectionService } = await import("@grpc/reflection");
  const { reflectedFiles } = await import("./reflected-files.js");
  const files = new Map<string, DescFile>();
  const collect = (file: DescFile): void => {
    if (files.has(file.name)) return;
    files.set(file.name, file);
    for (const dependency of file.dependencies) collect(dependency);
  };
  for (const file of reflectedFiles) collect(file);
  const fileDescriptorProtos = [...files.values()].map((file) =>
    Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)),
  );
  // The library reads nothing but the descriptors of a package definition's entries.
  const packageDefinition = {
    reflected: { format: "Protocol Buffer 3 DescriptorProto", type: {}, fileDescriptorProtos },
  };
  const services = new Map<string, Registered>();
  const registrar = {
    addService: (
      definition: ServiceDefinition,
      implementation: Readonly<Record<string, Registered["handler"]>>,
    ): void => {
      const [, name] = definition[method]!.path.split("/");
      services.set(name!, { definition, handler: implementation[method]! });
    },
  };
  const service = new ReflectionService(
    packageDefinition as unknown as ConstructorParameters<typeof ReflectionService>[0],
  );
  service.addToServer(registrar as unknown as Server);
  return services;
}
