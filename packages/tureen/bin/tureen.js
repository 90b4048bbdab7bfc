#!/usr/bin/env node
import "../dist/cli/tureen.js";
