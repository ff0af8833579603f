import Foundation

/// The arguments of posix_spawn(3) for one process.
struct Launch: Sendable {
    private let arguments: [String]
    private let environment: [String]
    private let output: String
    private let errors: String

    init(_ command: ChildProcess.Command, output: String, errors: String) throws {
        let setpriv = try Executable.find("setpriv", package: "util-linux")
        var arguments: [String] = []
        if let user = command.user {
            arguments += [setpriv, "--reuid=\(user)", "--regid=\(user)", "--clear-groups", "--"]
        }
        // In a step of its own: a change of user clears the parent-death signal (prctl(2)).
        arguments += [setpriv, "--pdeathsig", "KILL", "--"]
        if let directory = command.directory {
            arguments += [try Executable.find("env", package: "coreutils"), "--chdir=\(directory)"]
        }
        arguments.append(command.path)
        self.arguments = arguments + command.arguments
        environment = ProcessInfo.processInfo.environment.merging(command.environment) { $1 }.map { "\($0)=\($1)" }
        self.output = output
        self.errors = errors
    }

    /// The error number, 0 for none, and the process id.
    func spawn() -> (code: Int32, identifier: Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        for descriptor in Self.openDescriptors where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var identifier: Int32 = 0
        let code = Self.withCStrings(arguments) { arguments in
            Self.withCStrings(environment) { environment in
                posix_spawn(&identifier, self.arguments[0], &actions, &attributes, arguments, environment)
            }
        }
        return (code, identifier)
    }

    /// What a child would inherit where nobody said otherwise, such as the locks of whoever runs the tests. Closing one
    /// that is gone by then does no harm.
    private static var openDescriptors: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
        defer {
            for index in strings.indices { free(list[index]) }
            list.deallocate()
        }
        for (index, string) in strings.enumerated() { list[index] = strdup(string) }
        list[strings.count] = nil
        return body(list)
    }
}
