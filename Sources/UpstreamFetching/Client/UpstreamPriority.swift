/// Whether what a task fetches may wait for what others fetch.
public enum UpstreamPriority {
    /// Set for work that nobody waits for: it leaves a part of each host's places free, and stands behind all others in
    /// the lines for them.
    @TaskLocal public static var isBackground = false
}
