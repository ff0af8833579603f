import ArgumentParser
import Mintcache
import Tokens

struct EntriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "entries", abstract: "Show where a token is held, how old it is and how long it lasts.",
        discussion: "Exits with 1 when no tier holds it.")

    @OptionGroup var file: ConfigurationOption
    @OptionGroup var token: TokenArgument
    @Flag(help: "Print the answer as JSON.") var json = false

    func run() async throws {
        let admin = try AdminConnection(file)
        let text = try await admin.get("/admin/entries/\(try token.path)")
        let root = try AdminConnection.root(of: text)
        print(json ? text : Outline(root).text)
        guard root["held"]?.boolean == true else {
            throw CommandFailure(code: 1, description: "mintcache: no tier holds the token")
        }
    }
}
