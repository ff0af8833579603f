import ArgumentParser
import Glibc
import Mintcache

/// The program's entry: arguments in, exit codes out. 0 success, 1 the operation failed, 2 wrong usage, 78 invalid
/// configuration.
@main
struct MintcacheCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mintcache",
        abstract: "A caching reverse proxy for NFT metadata.",
        version: Version.text(environment: ProcessEnvironment.variables),
        subcommands: [
            ServeCommand.self, CheckCommand.self, MigrateCommand.self, ArchiveCommand.self, WarmCommand.self,
            RefreshCommand.self, PurgeCommand.self, ExplainCommand.self, EntriesCommand.self,
            SignOutCommand.self, StatsCommand.self, MetricsCommand.self, HealthcheckCommand.self,
        ]
    )

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            fail(failure.description, code: failure.code)
        } catch let error as StartupError {
            fail("mintcache: \(error)", code: 1)
        } catch let invalid as InvalidConfiguration {
            fail(invalid.description, code: 78)
        } catch {
            let code = exitCode(for: error)
            if code == .success { exit(withError: error) }
            fail(fullMessage(for: error), code: 2)
        }
    }

    private static func fail(_ message: String, code: Int32) -> Never {
        StandardError.write(message + "\n")
        Glibc.exit(code)
    }
}

/// An operation that failed, with its exit code.
struct CommandFailure: Error, CustomStringConvertible {
    let code: Int32
    let description: String
}

/// The configuration file that most commands read.
struct ConfigurationOption: ParsableArguments {
    /// Where a checkout and an image keep it.
    private static let usual = ["config/mintcache.yaml", "/etc/mintcache/mintcache.yaml"]

    @Option(name: .long, help: "The configuration file; config/mintcache.yaml or /etc/mintcache/mintcache.yaml.")
    var config: String?

    /// - Parameter further: chains beside those of the file.
    func load(adding further: [Configuration.Chain] = []) throws(InvalidConfiguration) -> LoadedConfiguration {
        let file = config ?? Self.usual.first { access($0, R_OK) == 0 } ?? Self.usual[0]
        return try LoadedConfiguration.load(
            file: file, environment: ProcessEnvironment.variables, adding: further)
    }
}

enum ProcessEnvironment {
    static var variables: [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { result[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return result
    }
}
