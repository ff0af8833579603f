/// What a flight for a contract brought.
enum ContractLanding: Sendable {
    case fetched(ContractCopy)
    case held(FoundContract)
    case problem(Problem)

    var copy: ContractCopy? {
        switch self {
        case .fetched(let copy): copy
        case .held(let found): found.copy
        case .problem: nil
        }
    }
}
