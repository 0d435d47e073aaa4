import Glibc

/// CPUs that this process may run on: what `taskset`, a cpuset or a container leaves of the machine's.
///
/// `sched_getaffinity(2)` refuses a mask that is smaller than the kernel's; a machine of more than 1,024 CPUs therefore
/// counts all that are online.
func availableProcessors() -> Int {
  var mask = cpu_set_t()
  guard sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &mask) == 0 else {
    return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }
  let count = withUnsafeBytes(of: &mask) { bytes in bytes.reduce(0) { $0 + $1.nonzeroBitCount } }
  return max(1, count)
}
