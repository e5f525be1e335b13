"""Networks that ONNX Runtime runs. Import the modules here on use: they load the engine."""

import os

# From version 1.29 on it tells its makers else what it runs, as soon as it is loaded.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
