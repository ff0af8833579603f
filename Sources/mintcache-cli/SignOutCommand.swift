import ArgumentParser
import Mintcache
import Tokens

struct SignOutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-out", abstract: "End all sessions of a wallet, on every instance.")

    @OptionGroup var file: ConfigurationOption
    @Argument(help: "The wallet's address.") var wallet: String
    @Flag(help: "Print the answer as JSON.") var json = false

    func validate() throws {
        do throws(IdentifierError) {
            _ = try ContractAddress(parsing: wallet)
        } catch {
            throw ValidationError("This is no wallet's address: \(error.detail).")
        }
    }

    func run() async throws {
        let text = try await AdminConnection(file).delete("/admin/sessions/\(wallet)")
        print(json ? text : Outline(try AdminConnection.root(of: text)).text)
    }
}
