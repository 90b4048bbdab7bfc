// Command client drives a running server with stubs that protoc-gen-go generated: every RPC a Go program would call, compressed too, and
// the failures it would look for. Prints each failure, then "N passed, N failed".
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"reflect"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	example "tureen.example/client/gen/tensorflow/core/example"
	framework "tureen.example/client/gen/tensorflow/core/framework"
	serving "tureen.example/client/gen/tensorflow_serving/apis"
)

var passed, failed int

func check(name string, actual, expected any) {
	if reflect.DeepEqual(actual, expected) {
		passed++
		return
	}
	failed++
	fmt.Printf("%s: got %v, not %v\n", name, actual, expected)
}

func must[T any](value T, err error) T {
	if err != nil {
		failed++
		fmt.Println(err)
		var zero T
		return zero
	}
	return value
}

func spec(signature string) *serving.ModelSpec {
	return &serving.ModelSpec{Name: "half_plus_two", SignatureName: signature}
}

func floats(values ...float32) *framework.TensorProto {
	dim := &framework.TensorShapeProto_Dim{Size: int64(len(values))}
	return &framework.TensorProto{
		Dtype:       framework.DataType_DT_FLOAT,
		TensorShape: &framework.TensorShapeProto{Dim: []*framework.TensorShapeProto_Dim{dim}},
		FloatVal:    values,
	}
}

func examples(values ...float32) *serving.Input {
	list := &serving.ExampleList{}
	for _, value := range values {
		feature := &example.Feature{Kind: &example.Feature_FloatList{FloatList: &example.FloatList{Value: []float32{value}}}}
		list.Examples = append(list.Examples, &example.Example{
			Features: &example.Features{Feature: map[string]*example.Feature{"x": feature}},
		})
	}
	return &serving.Input{Kind: &serving.Input_ExampleList{ExampleList: list}}
}

func main() {
	address := flag.String("grpc", "", "host and port of the gRPC API")
	flag.Parse()
	connection, err := grpc.NewClient(*address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	predictions := serving.NewPredictionServiceClient(connection)
	models := serving.NewModelServiceClient(connection)

	request := &serving.PredictRequest{ModelSpec: spec(""), Inputs: map[string]*framework.TensorProto{"x": floats(1, 2, 5)}}
	if answer := must(predictions.Predict(ctx, request)); answer != nil {
		check("predict", answer.Outputs["y"].FloatVal, []float32{2.5, 3, 4.5})
		check("predict's version", answer.ModelSpec.GetVersion().GetValue(), int64(123))
		check("predict's signature", answer.ModelSpec.SignatureName, "serving_default")
	}
	if answer := must(predictions.Predict(ctx, request, grpc.UseCompressor(gzip.Name))); answer != nil {
		check("predict, compressed", answer.Outputs["y"].FloatVal, []float32{2.5, 3, 4.5})
	}
	filtered := &serving.PredictRequest{ModelSpec: spec(""), Inputs: request.Inputs, OutputFilter: []string{"y"}}
	if answer := must(predictions.Predict(ctx, filtered)); answer != nil {
		check("predict, filtered", len(answer.Outputs), 1)
	}
	if answer := must(predictions.Classify(ctx, &serving.ClassificationRequest{ModelSpec: spec("classify_with_labels"), Input: examples(1, 3)})); answer != nil {
		rows := answer.Result.Classifications
		check("classify", []any{len(rows), rows[1].Classes[0].Label, rows[1].Classes[0].Score}, []any{2, "3.0", float32(3.5)})
	}
	if answer := must(predictions.Regress(ctx, &serving.RegressionRequest{ModelSpec: spec("regress_x_to_y"), Input: examples(1, 3)})); answer != nil {
		check("regress", answer.Result.Regressions[1].Value, float32(3.5))
	}
	tasks := []*serving.InferenceTask{
		{ModelSpec: spec("regress_x_to_y"), MethodName: "tensorflow/serving/regress"},
		{ModelSpec: spec("classify_x_to_y"), MethodName: "tensorflow/serving/classify"},
	}
	if answer := must(predictions.MultiInference(ctx, &serving.MultiInferenceRequest{Tasks: tasks, Input: examples(4)})); answer != nil {
		check("multi inference", answer.Results[0].GetRegressionResult().Regressions[0].Value, float32(4))
	}
	metadataRequest := &serving.GetModelMetadataRequest{ModelSpec: spec(""), MetadataField: []string{"signature_def"}}
	if answer := must(predictions.GetModelMetadata(ctx, metadataRequest)); answer != nil {
		signatures := &serving.SignatureDefMap{}
		check("metadata unpacks", answer.Metadata["signature_def"].UnmarshalTo(signatures), error(nil))
		check("metadata", signatures.SignatureDef["serving_default"].GetMethodName(), "tensorflow/serving/predict")
	}
	if answer := must(models.GetModelStatus(ctx, &serving.GetModelStatusRequest{ModelSpec: spec("")})); answer != nil {
		check("status", answer.ModelVersionStatus[0].State, serving.ModelVersionStatus_AVAILABLE)
	}
	if answer := must(grpc_health_v1.NewHealthClient(connection).Check(ctx, &grpc_health_v1.HealthCheckRequest{})); answer != nil {
		check("health", answer.Status, grpc_health_v1.HealthCheckResponse_SERVING)
	}

	_, err = predictions.Predict(ctx, &serving.PredictRequest{ModelSpec: &serving.ModelSpec{Name: "m"}})
	check("unknown model", []any{status.Code(err), status.Convert(err).Message()}, []any{codes.NotFound, "Servable not found for request: Latest(m)"})
	pinned := &serving.ModelSpec{
		Name:          "half_plus_two",
		VersionChoice: &serving.ModelSpec_Version{Version: wrapperspb.Int64(9)},
	}
	_, err = predictions.Predict(ctx, &serving.PredictRequest{ModelSpec: pinned, Inputs: request.Inputs})
	check("unknown version", status.Convert(err).Message(), "Servable not found for request: Specific(half_plus_two, 9)")
	late, stop := context.WithTimeout(ctx, time.Nanosecond)
	defer stop()
	_, err = predictions.Predict(late, request)
	check("deadline", status.Code(err), codes.DeadlineExceeded)

	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}
