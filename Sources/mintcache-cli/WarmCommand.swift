import ArgumentParser
import Mintcache

struct WarmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warm", abstract: "Fetch tokens into the caches of the running proxy.",
        discussion: """
            Give CAIP-19 tokens, or --file, or --chain and --contract with --supply, --archive, or --from and --to. Exits \
            with 1 when one failed. docs/warming.md tells more.
            """
    )

    @OptionGroup var file: ConfigurationOption
    @OptionGroup var selection: TokenSelection
    @Flag(help: "What the archive holds, of the contract or of all; no upstream is asked.") var archive = false
    @Flag(help: "Fetch what is fresh, too.") var refresh = false
    @Flag(help: "Count and estimate; fetch nothing.") var dryRun = false
    @Option(help: "Try the failed tokens of a job again.") var retry: String?
    @Flag(help: "List the jobs.") var list = false
    @Option(help: "Cancel a job.") var cancel: String?
    @Flag(help: "Print the job's identifier and do not wait for its end.") var detach = false
    @Flag(help: "Print JSON and nothing else.") var json = false

    func validate() throws {
        let others = [archive, retry != nil, list, cancel != nil].count { $0 }
        guard others <= 1 else { throw ValidationError("Give one of --archive, --retry, --list and --cancel.") }
        let isOfOld = others == 1 && !archive
        guard !isOfOld || !(refresh || dryRun || selection.hasOptions) else {
            throw ValidationError("--retry, --list and --cancel take no options of a new job.")
        }
        try selection.check(isElsewhere: others == 1, others: ", or --archive")
        for name in [retry, cancel].compactMap({ $0 }) where !name.utf8.allSatisfy(\.isIdentifierByte) {
            throw ValidationError("\(Outline.printable(name)) is not the identifier of a job.")
        }
    }

    func run() async throws {
        let admin = try AdminConnection(file)
        if list { return try await show(admin) }
        if let cancel {
            let text = try await admin.delete("/admin/warm/\(cancel)")
            return print(json ? text : try WarmProgress(text).summary)
        }
        let answer =
            if let retry {
                try await admin.post("/admin/warm/\(retry)/retry", "")
            } else {
                try await admin.start(
                    selection, "/admin/warm",
                    selection.request(isRefresh: refresh, isDryRun: dryRun, isArchive: archive))
            }
        let identifier = try WarmProgress.identifier(in: answer)
        if detach { return print(json ? answer : identifier) }
        try await admin.follow(identifier, json: json)
    }

    private func show(_ admin: AdminConnection) async throws {
        let text = try await admin.get("/admin/warm")
        if json { return print(text) }
        for job in try WarmProgress.list(in: text) {
            let total = job.total.map { String($0) } ?? "?"
            print("\(job.identifier)  \(job.state)  \(job.done)/\(total), \(job.failed) failed  \(job.selection)")
        }
    }
}

extension UInt8 {
    fileprivate var isIdentifierByte: Bool { (48...57).contains(self) || (97...122).contains(self) }
}
