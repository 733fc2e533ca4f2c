"""Live machines: each file reads one source, such as the caches of the running Linux kernel or its trace of allocations."""
