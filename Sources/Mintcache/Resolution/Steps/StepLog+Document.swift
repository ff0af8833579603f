import EventLoops

extension StepLog {
    /// The steps as JSON: `steps`, and `omitted_steps` when there were too many.
    var members: [(String, JSONNode)] {
        let (steps, omitted) = steps
        let list: (String, JSONNode) = ("steps", .array(steps.map { $0.document(since: start) }))
        return omitted > 0 ? [list, ("omitted_steps", .integer(omitted))] : [list]
    }
}

extension ResolutionStep {
    /// - Parameter start: of the first step.
    fileprivate func document(since start: MonotonicTime) -> JSONNode {
        .object(
            [
                ("step", .string(kind.rawValue)), ("source", .string(source)),
                ("at_ms", .milliseconds(self.start - start)), ("duration_ms", .milliseconds(duration)),
                ("outcome", .string(outcome)),
            ] + details.map { ($0.name, $0.value) })
    }
}
