import ArgumentParser
import Mintcache

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Print every metric with its labels and meaning, as Markdown.")

    func run() {
        print(MetricsReference.markdown, terminator: "")
    }
}
