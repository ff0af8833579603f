import ArgumentParser
import EventLoops
import Mintcache

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Validate a configuration file and print what is in force, secrets masked.")

    @Argument(help: "The configuration file.")
    var file = "config/mintcache.yaml"

    func run() throws {
        do throws(InvalidConfiguration) {
            print(
                try LoadedConfiguration.load(file: file, environment: ProcessEnvironment.variables).effective,
                terminator: "")
        } catch {
            throw CommandFailure(code: 1, description: error.description)
        }
    }
}

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the archive's schema up to date.")

    @OptionGroup var file: ConfigurationOption

    func run() async throws {
        try await ArchiveMigration.run(try file.load().configuration.archive)
        print("the archive is up to date")
    }
}

struct ArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: "Look after the archive.", subcommands: [ArchiveReplayCommand.self])
}

struct ArchiveReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Offer the archive once more what it refused and set aside.")

    @OptionGroup var file: ConfigurationOption

    func run() async throws {
        print(try await ArchiveReplay.run(try file.load().configuration.archive).description)
    }
}

struct HealthcheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck", abstract: "Exit with 0 when the running proxy is ready to serve.")

    @OptionGroup var file: ConfigurationOption

    func run() async throws {
        let listen = try file.load().configuration.server.listen
        let loop = try EventLoop(label: "mintcache.healthcheck")
        let client = AdminClient(address: listen, token: "", on: loop)
        let answer = try await client.get("/readyz")
        guard answer.isSuccess else { throw CommandFailure(code: 1, description: answer.body) }
    }
}
