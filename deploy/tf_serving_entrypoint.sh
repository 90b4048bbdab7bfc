#!/bin/sh
# The entry point of the container, with tensorflow/serving's conventions. The server takes the shell's place, so that the platform's SIGTERM
# reaches it.
exec tensorflow_model_server --port=8500 --rest_api_port=8501 \
  --model_name="${MODEL_NAME:=model}" --model_base_path="${MODEL_BASE_PATH:=/models}/${MODEL_NAME}" "$@"
