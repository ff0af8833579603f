import Foundation

/// PostgreSQL's programs, and the freshly made cluster that every test server is a copy of: making one takes seconds.
struct PostgresPrograms: Sendable {
    private static let template = Task { try await makeTemplate() }

    private let folders: [String]
    /// The server refuses to run as root.
    let user: String?

    init() throws {
        let base = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
        folders = versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(base)/\($0)/bin" }
        user = geteuid() != 0 ? nil : getpwnam("postgres") != nil ? "postgres" : "nobody"
        for name in ["initdb", "postgres", "psql"] {
            _ = try Executable.find(name, package: "postgresql", extra: folders)
        }
    }

    func command(_ name: String, _ arguments: [String]) throws -> ChildProcess.Command {
        let path = try Executable.find(name, package: "postgresql", extra: folders)
        let environment = ["LC_ALL": "C", "TZ": "UTC"]
        return ChildProcess.Command(path, arguments, environment: environment, directory: "/", user: user)
    }

    /// Puts a new cluster into `data` inside a folder, which then belongs to the account that runs the server.
    func copyCluster(to folder: TemporaryDirectory) async throws {
        let template = try await Self.template.value
        try give(folder.path)
        let copy = try Executable.find("cp", package: "coreutils")
        let arguments = ["-R", "--reflink=auto", template.file("data"), folder.file("data")]
        _ = try await ChildProcess.run(ChildProcess.Command(copy, arguments, directory: "/", user: user))
        chmod(folder.file("data"), 0o700)
    }

    private static func makeTemplate() async throws -> TemporaryDirectory {
        let programs = try PostgresPrograms()
        let folder = try TemporaryDirectory()
        try programs.give(folder.path)
        let arguments = [
            "-D", folder.file("data"), "-U", PostgresServer.user, "--auth=trust", "--encoding=UTF8", "--no-locale",
            "--no-sync", "--no-instructions",
        ]
        _ = try await ChildProcess.run(programs.command("initdb", arguments), within: .seconds(120))
        return folder
    }

    /// Makes a file or folder belong to the account that runs the server.
    func give(_ path: String) throws {
        guard let user else { return }
        guard let account = getpwnam(user), chown(path, account.pointee.pw_uid, account.pointee.pw_gid) == 0
        else { throw TestSupportError("cannot give \(path) to \(user)") }
    }
}
