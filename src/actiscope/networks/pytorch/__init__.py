"""Networks that PyTorch runs. Import the modules here on use: they load the engine."""
