import CUring

/// CPUs that this process may run on. Where the kernel does not tell, one: too few threads are slow, too many contend.
func availableProcessors() -> Int { max(1, Int(zerver_available_processors())) }
