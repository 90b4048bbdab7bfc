package client;

import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Drives a running server with stubs that protoc-gen-grpc-java generated: the RPCs a Java program would call and the failures it would
 * look for. Prints each failure, then "N passed, N failed". The argument is the port of the gRPC API.
 */
public final class Client {
  private static int passed;
  private static int failed;

  private Client() {}

  private static void check(String name, Object actual, Object expected) {
    if (Objects.equals(actual, expected)) {
      passed++;
    } else {
      failed++;
      System.out.println(name + ": got " + actual + ", not " + expected);
    }
  }

  public static void main(String[] args) throws InterruptedException {
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", Integer.parseInt(args[0])).usePlaintext().build();
    try {
      drive(channel);
    } catch (StatusRuntimeException failure) {
      failed++;
      System.out.println(failure);
    }
    channel.shutdown().awaitTermination(5, TimeUnit.SECONDS);
    System.out.println(passed + " passed, " + failed + " failed");
    System.exit(failed == 0 ? 0 : 1);
  }

  private static tensorflow.serving.Model.ModelSpec spec(String signature) {
    return tensorflow.serving.Model.ModelSpec.newBuilder().setName("half_plus_two").setSignatureName(signature).build();
  }

  private static tensorflow.serving.Predict.PredictRequest predictRequest(float... values) {
    var shape = tensorflow.TensorShape.TensorShapeProto.newBuilder();
    shape.addDim(tensorflow.TensorShape.TensorShapeProto.Dim.newBuilder().setSize(values.length));
    var tensor = tensorflow.Tensor.TensorProto.newBuilder().setDtype(tensorflow.Types.DataType.DT_FLOAT).setTensorShape(shape);
    for (float value : values) tensor.addFloatVal(value);
    return tensorflow.serving.Predict.PredictRequest.newBuilder().setModelSpec(spec("")).putInputs("x", tensor.build()).build();
  }

  private static tensorflow.serving.InputOuterClass.Input examples(float... values) {
    var list = tensorflow.serving.InputOuterClass.ExampleList.newBuilder();
    for (float value : values) {
      var floats = tensorflow.FeatureOuterClass.FloatList.newBuilder().addValue(value);
      var feature = tensorflow.FeatureOuterClass.Feature.newBuilder().setFloatList(floats).build();
      var features = tensorflow.FeatureOuterClass.Features.newBuilder().putFeature("x", feature);
      list.addExamples(tensorflow.ExampleOuterClass.Example.newBuilder().setFeatures(features));
    }
    return tensorflow.serving.InputOuterClass.Input.newBuilder().setExampleList(list).build();
  }

  private static void drive(ManagedChannel channel) {
    var predictions = tensorflow.serving.PredictionServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    var models = tensorflow.serving.ModelServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);

    var answer = predictions.predict(predictRequest(1, 2, 5));
    check("predict", answer.getOutputsOrThrow("y").getFloatValList(), List.of(2.5f, 3f, 4.5f));
    check("predict's version", answer.getModelSpec().getVersion().getValue(), 123L);
    check(
        "predict, compressed",
        predictions.withCompression("gzip").predict(predictRequest(1, 2, 5)).getOutputsOrThrow("y").getFloatValList(),
        List.of(2.5f, 3f, 4.5f));
    var classes =
        predictions.classify(
            tensorflow.serving.Classification.ClassificationRequest.newBuilder()
                .setModelSpec(spec("classify_with_labels"))
                .setInput(examples(1, 3))
                .build());
    check("classify", classes.getResult().getClassifications(1).getClasses(0).getLabel(), "3.0");
    var values =
        predictions.regress(
            tensorflow.serving.RegressionOuterClass.RegressionRequest.newBuilder()
                .setModelSpec(spec("regress_x_to_y"))
                .setInput(examples(1, 3))
                .build());
    check("regress", values.getResult().getRegressions(1).getValue(), 3.5f);
    var status =
        models.getModelStatus(
            tensorflow.serving.GetModelStatus.GetModelStatusRequest.newBuilder().setModelSpec(spec("")).build());
    check(
        "status",
        status.getModelVersionStatus(0).getState(),
        tensorflow.serving.GetModelStatus.ModelVersionStatus.State.AVAILABLE);
    check(
        "health",
        HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance()).getStatus(),
        ServingStatus.SERVING);

    try {
      predictions.predict(
          tensorflow.serving.Predict.PredictRequest.newBuilder()
              .setModelSpec(tensorflow.serving.Model.ModelSpec.newBuilder().setName("m"))
              .build());
      check("unknown model", "an answer", Status.Code.NOT_FOUND);
    } catch (StatusRuntimeException failure) {
      check("unknown model", failure.getStatus().getCode(), Status.Code.NOT_FOUND);
      check("unknown model's text", failure.getStatus().getDescription(), "Servable not found for request: Latest(m)");
    }
    try {
      predictions.withDeadlineAfter(1, TimeUnit.NANOSECONDS).predict(predictRequest(1));
      check("deadline", "an answer", Status.Code.DEADLINE_EXCEEDED);
    } catch (StatusRuntimeException failure) {
      check("deadline", failure.getStatus().getCode(), Status.Code.DEADLINE_EXCEEDED);
    }
  }
}
