#!/bin/sh
# The entry point of the container. The server takes the shell's place, so that the platform's SIGTERM reaches it.

# Vertex AI names port and routes in the environment, and the folder of the one model.
if [ -n "${AIP_HTTP_PORT:-}" ]; then
  exec tensorflow_model_server --port=8500 --rest_api_port="$AIP_HTTP_PORT" \
    --predict_route="${AIP_PREDICT_ROUTE:-/predict}" --health_route="${AIP_HEALTH_ROUTE:-/health}" \
    --model_name="${MODEL_NAME:=model}" --model_base_path="${AIP_STORAGE_URI:-${MODEL_BASE_PATH:=/models}/$MODEL_NAME}" "$@"
fi

# SageMaker starts the image with `serve` and unpacks the model under /opt/ml/model: bare, by version, or by name and version.
if [ "${1:-}" = serve ]; then
  shift
  base=${SM_MODEL_DIR:-/opt/ml/model}
  for folder in "$base"/export/Servo "$base"/*; do
    [ -n "$(find "$folder" -mindepth 2 -maxdepth 2 -name 'saved_model.pb*' -print -quit 2>/dev/null)" ] && base=$folder && break
  done
  exec tensorflow_model_server --port=8500 --rest_api_port="${SAGEMAKER_BIND_TO_PORT:-8080}" \
    --predict_route=/invocations --health_route=/ping \
    --model_name="${SAGEMAKER_TFS_DEFAULT_MODEL_NAME:-model}" --model_base_path="$base" "$@"
fi

# Everywhere else: tensorflow/serving's conventions.
exec tensorflow_model_server --port=8500 --rest_api_port=8501 \
  --model_name="${MODEL_NAME:=model}" --model_base_path="${MODEL_BASE_PATH:=/models}/${MODEL_NAME}" "$@"
