import Glibc

/// What the kernel tells of this process. Read off the loops: counting open descriptors takes its time.
struct ProcessUsage: Sendable {
    let processorSeconds: Double
    let residentBytes: Int
    /// Seconds since 1970.
    let startTime: Double
    let openDescriptors: Int
    let maximumDescriptors: Int

    static func read() -> ProcessUsage? {
        // proc_pid_stat(5). The second field is the program's name, in parentheses, and may hold anything.
        guard let stat = FileContents.text(at: "/proc/self/stat"), let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
            let start = Double(fields[19]), let pages = Int(fields[21])
        else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return ProcessUsage(
            processorSeconds: (user + system) / ticks, residentBytes: pages * sysconf(Int32(_SC_PAGESIZE)),
            startTime: now(CLOCK_REALTIME) - now(CLOCK_BOOTTIME) + start / ticks, openDescriptors: countDescriptors(),
            maximumDescriptors: Int(clamping: limit.rlim_cur))
    }

    private static func now(_ clock: clockid_t) -> Double {
        var value = timespec()
        clock_gettime(clock, &value)
        return Double(value.tv_sec) + Double(value.tv_nsec) / 1e9
    }

    private static func countDescriptors() -> Int {
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Two of the names are those of folders, and one descriptor is this listing's own.
        return max(0, count - 3)
    }
}
