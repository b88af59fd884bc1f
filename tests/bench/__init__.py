"""Speed, delay and memory, beside references measured in the same run on the same machine."""
