import EventLoops
import Tokens
import Yams

/// Reads, checks and prints configuration files.
public struct LoadedConfiguration: Sendable {
    public let configuration: Configuration
    /// The configuration in force as YAML, defaults filled in and secrets masked.
    public let effective: String

    /// The same file with a configuration that a program changed afterwards.
    public func replacing(_ configuration: Configuration) -> LoadedConfiguration {
        LoadedConfiguration(configuration: configuration, effective: effective)
    }

    /// Reads a file. Throws every problem found, each with its line and column.
    ///
    /// - Parameter further: chains that a program adds to those of the file.
    public static func load(
        file: String, environment: [String: String], adding further: [Configuration.Chain] = []
    ) throws(InvalidConfiguration) -> LoadedConfiguration {
        guard let text = FileContents.text(at: file) else {
            let problem = ConfigurationProblem(file: file, line: 1, column: 1, key: "", message: "cannot be read")
            throw InvalidConfiguration(problems: [problem])
        }
        return try parse(text, file: file, environment: environment, adding: further)
    }

    /// Reads YAML text; `file` names it in problems.
    public static func parse(
        _ text: String, file: String, environment: [String: String], adding further: [Configuration.Chain] = []
    ) throws(InvalidConfiguration) -> LoadedConfiguration {
        let log = ReadingLog(file: file, environment: environment)
        var root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            Self.report(error, in: text, to: log)
            throw InvalidConfiguration(problems: log.problems)
        }
        let reader = MappingReader(root, path: [], log: log)
        let configuration = Configuration(reading: reader, adding: further)
        reader.finish()
        guard log.problems.isEmpty else {
            let sorted = log.problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
            throw InvalidConfiguration(problems: sorted)
        }
        return LoadedConfiguration(configuration: configuration, effective: EffectiveConfiguration.text(log.settings))
    }

    private static func report(_ error: any Error, in text: String, to log: ReadingLog) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            log.report("is not valid YAML: \(problem)", at: mark, key: "")
        case .duplicatedKeysInMapping(let names, let context):
            log.report("is given more than once, here first", at: context.mark, key: names.first ?? "")
        case .reader(let problem, let offset, _, _):
            let lines = text.prefix(offset ?? 0).split(separator: "\n", omittingEmptySubsequences: false)
            let column = (lines.last?.unicodeScalars.count ?? 0) + 1
            log.report("is not valid YAML: \(problem)", line: lines.count, column: column, key: "")
        case _:
            log.report("is not valid YAML", at: nil, key: "")
        }
    }
}

/// Prints settings as nested YAML.
enum EffectiveConfiguration {
    static func text(_ settings: [ReadingLog.Setting]) -> String {
        var lines: [String] = []
        var open: [String] = []
        for setting in settings {
            let parents = Array(setting.path.dropLast())
            var shared = 0
            while shared < min(open.count, parents.count), open[shared] == parents[shared] { shared += 1 }
            for depth in shared..<parents.count {
                lines.append(String(repeating: "  ", count: depth) + "\(parents[depth]):")
            }
            open = parents
            lines.append(String(repeating: "  ", count: parents.count) + "\(setting.path.last ?? ""): \(setting.text)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
