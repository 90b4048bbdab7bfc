#!/usr/bin/env node
import "../dist/cli/tensorflow_model_server.js";
