private import CLinux

/// How the process's memory is managed (mallopt(3)).
public enum ProcessMemory {
    /// Limits how many arenas glibc allocates from. Call before other threads start.
    public static func limitArenas(to count: Int32) {
        clinux_limit_arenas(count)
    }
}
