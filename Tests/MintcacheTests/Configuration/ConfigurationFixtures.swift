@testable import Mintcache

func configuration(_ yaml: String, _ environment: [String: String] = [:]) throws -> LoadedConfiguration {
    try LoadedConfiguration.parse(yaml, file: "m.yaml", environment: environment)
}

/// What is wrong with a file, each problem as an operator sees it; empty for a valid one.
func problems(_ yaml: String, _ environment: [String: String] = [:]) -> [String] {
    do throws(InvalidConfiguration) {
        _ = try LoadedConfiguration.parse(yaml, file: "m.yaml", environment: environment)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}
