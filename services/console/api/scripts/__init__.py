"""The JSON addresses under `/v1/`."""
