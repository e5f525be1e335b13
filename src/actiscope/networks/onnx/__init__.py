"""Networks that ONNX Runtime runs. Import the modules here on use: they load the engine."""
