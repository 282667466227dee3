"""The gate `latency`: whether the service answers in time when many use it at once."""
